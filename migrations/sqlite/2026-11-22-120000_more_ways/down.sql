DROP TABLE push_notes;
DROP INDEX logins_asked;
DROP INDEX logins_subject;
DROP INDEX logins_push;
DROP INDEX logins_state;
ALTER TABLE logins DROP COLUMN asked_at;
ALTER TABLE logins DROP COLUMN push_key;
ALTER TABLE logins DROP COLUMN number;
ALTER TABLE logins DROP COLUMN state_hash;
