DROP INDEX logins_subject;
CREATE INDEX logins_subject ON logins (proof_subject) WHERE ended_at IS NULL AND proof_subject IS NOT NULL;
DROP TABLE pictures;
ALTER TABLE users DROP COLUMN locale;
ALTER TABLE users DROP COLUMN name_from;
