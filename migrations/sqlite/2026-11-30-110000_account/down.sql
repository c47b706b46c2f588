DELETE FROM user_merges WHERE merged_by = 'person';
ALTER TABLE user_merges RENAME COLUMN merged_by TO admin_id;
