DROP TABLE IF EXISTS sequence_enrollments;
