-- A row that breaks a rule stops this, and names the constraint: mend the row, then migrate again.
ALTER TABLE projects VALIDATE CONSTRAINT projects_time_bounds_check;
ALTER TABLE channels
    VALIDATE CONSTRAINT channels_status_check,
    VALIDATE CONSTRAINT channels_suspended_from_check;
