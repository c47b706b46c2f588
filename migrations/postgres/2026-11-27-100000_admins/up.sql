-- Admins, how they prove who they are, and where they are logged in. Twin of the SQLite migration of this name: same tables, columns, order and nullability.

-- totp is sealed; totp_step is the last step whose code was used; clients is a JSON list.
CREATE TABLE admins (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    role TEXT NOT NULL,
    clients TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    password_hash TEXT NOT NULL,
    totp TEXT NOT NULL,
    totp_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_login_at BIGINT
);

-- Used ones are deleted.
CREATE TABLE admin_recovery_codes (
    hash TEXT NOT NULL PRIMARY KEY,
    admin_id TEXT NOT NULL REFERENCES admins (id)
);
CREATE INDEX admin_recovery_codes_admin ON admin_recovery_codes (admin_id);

-- One-time links; used ones are deleted. admin_id is whose credentials it renews; role and clients are for somebody new.
CREATE TABLE admin_links (
    hash TEXT NOT NULL PRIMARY KEY,
    admin_id TEXT REFERENCES admins (id),
    role TEXT,
    clients TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE admin_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    admin_id TEXT NOT NULL REFERENCES admins (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    proven_at BIGINT NOT NULL,
    address TEXT,
    browser TEXT
);
CREATE INDEX admin_sessions_admin ON admin_sessions (admin_id);

ALTER TABLE audit_events ADD COLUMN admin_id TEXT;
