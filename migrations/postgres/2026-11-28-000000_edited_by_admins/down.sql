ALTER TABLE providers DROP COLUMN created_at;
ALTER TABLE providers DROP COLUMN version;
ALTER TABLE clients DROP COLUMN created_at;
ALTER TABLE clients DROP COLUMN version;
