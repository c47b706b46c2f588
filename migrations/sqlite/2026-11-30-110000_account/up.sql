-- People's own page: who has proven two accounts may make them one. Twin of the PostgreSQL migration of this name.

-- The id of an admin, or the word person.
ALTER TABLE user_merges RENAME COLUMN admin_id TO merged_by;
