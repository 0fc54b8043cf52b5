-- No writer, psql included, changes a versioned row without stepping its version by one. The test stands in
-- WHEN, so that a well-behaved update calls no function.
CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON agents FOR EACH ROW
    WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();
CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON billing_accounts FOR EACH ROW
    WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();
CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON broadcasts FOR EACH ROW
    WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();
CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON campaigns FOR EACH ROW
    WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();
CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON channels FOR EACH ROW
    WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();
CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON chats FOR EACH ROW
    WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();
CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON contact_lists FOR EACH ROW
    WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();
CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON contacts FOR EACH ROW
    WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();
CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON credentials FOR EACH ROW
    WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();
CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON pipeline_statuses FOR EACH ROW
    WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();
CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON pipelines FOR EACH ROW
    WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();
CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON projects FOR EACH ROW
    WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();
CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON sequences FOR EACH ROW
    WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();
CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON sessions FOR EACH ROW
    WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();
CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON webhook_subscriptions FOR EACH ROW
    WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();
