-- Whose link it is: it ends when they lose what they made it with.
ALTER TABLE admin_links ADD COLUMN made_by TEXT;
