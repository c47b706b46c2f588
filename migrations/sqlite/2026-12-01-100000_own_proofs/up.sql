-- A yes on the phone is to what the phone named. Only one to people's own page proves enough to change an account.
ALTER TABLE user_sessions ADD COLUMN own_auth_time BIGINT;

-- Authorizations that somebody signed on to are kept as long as they can be disowned; the others go soon.
CREATE INDEX authorizations_unsigned_end ON authorizations (expires_at) WHERE session_id IS NULL;
