-- The first schema. Ids and JSON are TEXT, moments are epoch milliseconds, secrets are hashes.
-- Sort keys are COLLATE "C", the order SQLite has. Twin of the SQLite migration of this name: same tables, columns, order and nullability.

CREATE TABLE installation (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    key_id TEXT NOT NULL
);

CREATE TABLE clients (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    client_type TEXT NOT NULL,
    secret_hashes TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    origins TEXT NOT NULL,
    providers TEXT NOT NULL,
    min_assurance TEXT NOT NULL,
    logo_media_type TEXT,
    logo BYTEA,
    accent TEXT,
    enabled BOOLEAN NOT NULL,
    managed_by_file BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE providers (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    config TEXT NOT NULL,
    secrets TEXT NOT NULL,
    position INTEGER NOT NULL,
    enabled BOOLEAN NOT NULL,
    managed_by_file BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE identities (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    namespace TEXT NOT NULL,
    subject TEXT NOT NULL,
    alias_mark TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (namespace, subject)
);
CREATE INDEX identities_user ON identities (user_id);

CREATE TABLE aliases (
    namespace TEXT NOT NULL,
    value TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (namespace, value)
);
CREATE INDEX aliases_user ON aliases (user_id);

-- A Login's steps are columns of its row. ended_at repeats the stage in a form that an index can use.
CREATE TABLE logins (
    id TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    scene TEXT NOT NULL UNIQUE,
    image_token TEXT NOT NULL UNIQUE,
    browser_hash TEXT NOT NULL,
    stage TEXT NOT NULL,
    version BIGINT NOT NULL,
    reason TEXT,
    challenge_type TEXT NOT NULL,
    challenge_value TEXT,
    private TEXT,
    redirect_uri TEXT,
    site TEXT NOT NULL,
    code_challenge TEXT NOT NULL,
    requester TEXT NOT NULL,
    proof_namespace TEXT,
    proof_subject TEXT,
    proof_detail TEXT,
    companion_hash TEXT,
    user_id TEXT,
    code_hash TEXT,
    code_expires_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX logins_companion ON logins (companion_hash) WHERE companion_hash IS NOT NULL;
CREATE UNIQUE INDEX logins_code ON logins (code_hash) WHERE code_hash IS NOT NULL;
CREATE INDEX logins_live ON logins (expires_at) WHERE ended_at IS NULL;
CREATE INDEX logins_ended ON logins (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE grants (
    id TEXT NOT NULL PRIMARY KEY,
    login_id TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX grants_user ON grants (user_id);

CREATE TABLE access_tokens (
    hash TEXT NOT NULL PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES grants (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX access_tokens_grant ON access_tokens (grant_id);
CREATE INDEX access_tokens_end ON access_tokens (expires_at);

CREATE TABLE audit_events (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    address TEXT,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    client_id TEXT,
    provider TEXT,
    user_id TEXT,
    outcome TEXT NOT NULL,
    detail TEXT
);
CREATE INDEX audit_events_order ON audit_events (at, id);
CREATE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_events is append-only';
END
$$;
CREATE TRIGGER audit_events_keep BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_refuse();
CREATE TRIGGER audit_events_stay BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse();
