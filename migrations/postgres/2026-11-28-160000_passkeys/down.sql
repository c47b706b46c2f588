DROP TABLE passkey_ceremonies;
DROP TABLE admin_passkeys;
ALTER TABLE admins DROP COLUMN passkeys;
