ALTER TABLE admin_links DROP COLUMN made_by;
