-- Clients and Providers can be edited by admins: a version against lost updates. Twin of the SQLite migration of this name: same tables, columns, order and nullability.

ALTER TABLE clients ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE clients ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
UPDATE clients SET created_at = updated_at;
ALTER TABLE providers ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE providers ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
UPDATE providers SET created_at = updated_at;
