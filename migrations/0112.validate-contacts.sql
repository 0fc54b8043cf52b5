-- A row that breaks a rule stops this, and names the constraint: mend the row, then migrate again.
ALTER TABLE contacts
    VALIDATE CONSTRAINT contacts_merged_into_check,
    VALIDATE CONSTRAINT contacts_ninth_digit_check;
