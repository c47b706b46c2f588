ALTER TABLE audit_events DROP COLUMN admin_id;
DROP TABLE admin_sessions;
DROP TABLE admin_links;
DROP TABLE admin_recovery_codes;
DROP TABLE admins;
