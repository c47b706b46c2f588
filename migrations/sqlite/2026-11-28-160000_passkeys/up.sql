-- Passkeys of admins. Twin of the PostgreSQL migration of this name: same tables, columns, order and nullability.

-- How many an admin has; kept with the rows below. totp is empty for who has a passkey instead of an app.
ALTER TABLE admins ADD COLUMN passkeys BIGINT NOT NULL DEFAULT 0;

-- hash is that of the credential's id; credential is sealed for this admin and this row.
CREATE TABLE admin_passkeys (
    id TEXT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    admin_id TEXT NOT NULL REFERENCES admins (id),
    name TEXT NOT NULL,
    credential TEXT NOT NULL,
    counter BIGINT NOT NULL,
    backup_eligible BOOLEAN NOT NULL,
    backed_up BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX admin_passkeys_admin ON admin_passkeys (admin_id);

-- What an authenticator was asked, until it answers or the time is over; taken ones are deleted. bound is the link or
-- the session it belongs to, empty at the door; admin_id may be of somebody who is not enrolled yet.
CREATE TABLE passkey_ceremonies (
    hash TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    bound TEXT NOT NULL,
    admin_id TEXT,
    state TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
