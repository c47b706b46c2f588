DROP INDEX authorizations_unsigned_end;
ALTER TABLE user_sessions DROP COLUMN own_auth_time;
