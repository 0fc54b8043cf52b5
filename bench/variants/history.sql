-- Shipped, and the history of each version recorded, as `ventros history enable` does.
CREATE TRIGGER history AFTER INSERT OR UPDATE OR DELETE ON contacts
   FOR EACH ROW EXECUTE FUNCTION ventros_record_history();
CREATE TRIGGER history AFTER INSERT OR UPDATE OR DELETE ON sessions
   FOR EACH ROW EXECUTE FUNCTION ventros_record_history();
