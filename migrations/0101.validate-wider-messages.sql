-- A row that breaks a bound stops this, and names the constraint: mend the row, then migrate again.
ALTER TABLE messages
    VALIDATE CONSTRAINT messages_content_type_check,
    VALIDATE CONSTRAINT messages_length_bounds_check,
    VALIDATE CONSTRAINT messages_time_bounds_check;
