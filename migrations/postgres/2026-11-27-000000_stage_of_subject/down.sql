DROP INDEX logins_subject;
CREATE INDEX logins_subject ON logins (proof_subject) WHERE proof_subject IS NOT NULL;
