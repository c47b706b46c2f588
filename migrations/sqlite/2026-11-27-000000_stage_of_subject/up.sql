-- A push asks for the waiting Logins of its person, of whom many ended ones may be kept. Twin of the PostgreSQL migration of this name.

DROP INDEX logins_subject;
CREATE INDEX logins_subject ON logins (proof_subject, stage) WHERE proof_subject IS NOT NULL;
