-- Back to Users that are neither switched off nor merged.
DROP TRIGGER grants_use;
DROP TABLE merge_offers;
DROP TABLE user_merges;
DROP TABLE user_clients;
DROP INDEX logins_user_live;
DROP INDEX aliases_value;
DROP INDEX identities_subject;
DROP INDEX identities_order;
ALTER TABLE identities DROP COLUMN user_at;
DROP INDEX users_merged;
DROP INDEX users_disabled;
DROP INDEX users_name;
DROP INDEX users_order;
ALTER TABLE users DROP COLUMN name_key;
ALTER TABLE users DROP COLUMN merged_into;
ALTER TABLE users DROP COLUMN disabled_at;
ALTER TABLE users DROP COLUMN version;
