-- A merged contact is a deleted one that says which contact survived; and no phone lacks its ninth digit
-- (ventros.values.Phone), or nobody would find it. Rows that are there already are checked by the next migration.
-- No foreign key: nothing looks for the merged ones, and they must not keep a survivor from being removed.
ALTER TABLE contacts
    ADD COLUMN IF NOT EXISTS merged_into uuid,
    DROP CONSTRAINT IF EXISTS contacts_merged_into_check,
    DROP CONSTRAINT IF EXISTS contacts_ninth_digit_check,
    ADD CONSTRAINT contacts_merged_into_check CHECK (
        merged_into IS NULL OR (deleted_at IS NOT NULL AND merged_into <> id)
    ) NOT VALID,
    ADD CONSTRAINT contacts_ninth_digit_check CHECK (phone !~ '^\+?55[1-9][1-9][6-9][0-9]{7}$') NOT VALID;
COMMENT ON COLUMN contacts.phone IS
    'Digits and + only, a Brazilian mobile with its ninth digit; unique among the live contacts of the project.';
COMMENT ON COLUMN contacts.merged_into IS
    'The contact that took over what belonged to this one, which is deleted since; NULL for the others.';
