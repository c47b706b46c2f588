-- What a Login reaches once it is confirmed. Those that are there are over before it matters.
ALTER TABLE logins ADD COLUMN assurance TEXT NOT NULL DEFAULT 'confirmed';
-- A consent that waits for the digits its phone shows.
ALTER TABLE logins ADD COLUMN code_back TEXT;
-- What it answers, when a website asked by OpenID Connect.
ALTER TABLE logins ADD COLUMN authorization_id TEXT;
CREATE INDEX logins_authorization ON logins (authorization_id) WHERE authorization_id IS NOT NULL;

-- A browser in which somebody is logged in here.
CREATE TABLE user_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    secret_hash TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES users (id),
    provider TEXT NOT NULL,
    assurance TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    browser TEXT,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX user_sessions_user ON user_sessions (user_id);
CREATE INDEX user_sessions_end ON user_sessions (expires_at);

-- What a website asked for by OpenID Connect, and how it is answered.
CREATE TABLE authorizations (
    id TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    code_challenge TEXT,
    request TEXT NOT NULL,
    browser_hash TEXT NOT NULL,
    user_id TEXT REFERENCES users (id),
    session_id TEXT,
    provider TEXT,
    assurance TEXT,
    auth_time BIGINT,
    consented_at BIGINT,
    code_hash TEXT UNIQUE,
    code_expires_at BIGINT,
    redeemed_at BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX authorizations_user ON authorizations (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX authorizations_end ON authorizations (expires_at);

-- What a User lets a website know without being asked again.
CREATE TABLE consents (
    user_id TEXT NOT NULL REFERENCES users (id),
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, client_id)
);

-- A grant comes from a Login or from an authorization, and says what for.
ALTER TABLE grants RENAME COLUMN login_id TO origin_id;
ALTER TABLE grants ADD COLUMN scope TEXT NOT NULL DEFAULT 'profile';
ALTER TABLE grants ADD COLUMN nonce TEXT;
ALTER TABLE grants ADD COLUMN session_id TEXT;
ALTER TABLE grants ADD COLUMN provider TEXT NOT NULL DEFAULT '';
ALTER TABLE grants ADD COLUMN assurance TEXT NOT NULL DEFAULT 'confirmed';
ALTER TABLE grants ADD COLUMN auth_time BIGINT NOT NULL DEFAULT 0;
CREATE INDEX grants_session ON grants (session_id) WHERE session_id IS NOT NULL;

-- What lasts when the person is gone. A used one stays as long as its family, so that a second use is noticed.
CREATE TABLE refresh_tokens (
    hash TEXT NOT NULL PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES grants (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX refresh_tokens_grant ON refresh_tokens (grant_id);
CREATE INDEX refresh_tokens_end ON refresh_tokens (expires_at);

-- What a website may do by OpenID Connect.
ALTER TABLE clients ADD COLUMN openid TEXT NOT NULL DEFAULT '{}';

-- What a back end asked for before the browser came.
CREATE TABLE pushed_requests (
    hash TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    parameters TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX pushed_requests_end ON pushed_requests (expires_at);

-- Secrets of the installation that never change, sealed.
CREATE TABLE kept_secrets (
    name TEXT NOT NULL PRIMARY KEY,
    sealed TEXT NOT NULL
);

-- Assertions by which websites proved who they are: each is good once.
CREATE TABLE spent_assertions (
    hash TEXT NOT NULL PRIMARY KEY,
    until BIGINT NOT NULL
);
CREATE INDEX spent_assertions_end ON spent_assertions (until);

-- Websites that are still to be told that somebody logged out. The person may be gone by then.
CREATE TABLE logout_notices (
    client_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, user_id, session_id)
);
CREATE INDEX logout_notices_due ON logout_notices (due_at);

-- Devices that wait for somebody to type their code (RFC 8628).
CREATE TABLE device_requests (
    device_hash TEXT NOT NULL PRIMARY KEY,
    user_hash TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    authorization_id TEXT UNIQUE,
    pause_seconds BIGINT NOT NULL,
    asked_at BIGINT,
    denied_at BIGINT,
    expires_at BIGINT NOT NULL
);
CREATE INDEX device_requests_end ON device_requests (expires_at);
