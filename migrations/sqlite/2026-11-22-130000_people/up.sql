-- People: where names came from, pictures. Twin of the PostgreSQL migration of this name: same tables, columns, order and nullability.

-- The Identity whose vendor told the name, none when the person typed it; the language of the first Login.
ALTER TABLE users ADD COLUMN name_from TEXT;
ALTER TABLE users ADD COLUMN locale TEXT;

-- One picture a User. identity_id is none when the person sent it.
CREATE TABLE pictures (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id),
    id TEXT NOT NULL UNIQUE,
    media_type TEXT NOT NULL,
    bytes BLOB NOT NULL,
    identity_id TEXT REFERENCES identities (id),
    source_hash TEXT,
    updated_at BIGINT NOT NULL
);
CREATE INDEX pictures_identity ON pictures (identity_id) WHERE identity_id IS NOT NULL;

-- Over the ended ones too: what Logins say of a person can be found and taken out.
DROP INDEX logins_subject;
CREATE INDEX logins_subject ON logins (proof_subject) WHERE proof_subject IS NOT NULL;
