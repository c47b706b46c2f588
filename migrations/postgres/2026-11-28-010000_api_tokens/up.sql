-- API tokens of admins. Twin of the SQLite migration of this name: same tables, columns, order and nullability.

-- scope, clients and networks are JSON lists; no clients means all, no networks means from anywhere.
CREATE TABLE api_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    admin_id TEXT NOT NULL REFERENCES admins (id),
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    clients TEXT,
    networks TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_tokens_admin ON api_tokens (admin_id);
