ALTER TABLE contacts
    DROP CONSTRAINT IF EXISTS contacts_ninth_digit_check,
    DROP CONSTRAINT IF EXISTS contacts_merged_into_check,
    DROP COLUMN IF EXISTS merged_into;
COMMENT ON COLUMN contacts.phone IS 'Digits and + only; unique among the live contacts of the project.';
