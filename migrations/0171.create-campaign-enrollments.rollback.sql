DROP TABLE IF EXISTS campaign_enrollments;
