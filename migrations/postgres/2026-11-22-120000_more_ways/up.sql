-- Logins by redirect and by push. Twin of the SQLite migration of this name: same tables, columns, order and nullability.

ALTER TABLE logins ADD COLUMN state_hash TEXT;
ALTER TABLE logins ADD COLUMN number TEXT;
ALTER TABLE logins ADD COLUMN push_key TEXT;
ALTER TABLE logins ADD COLUMN asked_at BIGINT;
CREATE UNIQUE INDEX logins_state ON logins (state_hash) WHERE state_hash IS NOT NULL;
CREATE UNIQUE INDEX logins_push ON logins (provider, push_key) WHERE push_key IS NOT NULL;
CREATE INDEX logins_subject ON logins (proof_subject) WHERE ended_at IS NULL AND proof_subject IS NOT NULL;
CREATE INDEX logins_asked ON logins (asked_at) WHERE ended_at IS NULL AND asked_at IS NOT NULL;

-- Values that may come with one push only, and the push each came with.
CREATE TABLE push_notes (
    provider TEXT NOT NULL,
    value_hash TEXT NOT NULL,
    push_key TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (provider, value_hash)
);
CREATE INDEX push_notes_seen ON push_notes (seen_at);
