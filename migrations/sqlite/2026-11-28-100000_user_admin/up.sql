-- Users as admins work with them: switched off, merged, searched. Twin of the PostgreSQL migration of this name: same tables, columns, order and nullability.

-- merged_into names the User that this one became part of; a User so marked has no Identity and no alias.
-- name_key is the name as the search compares it; of names from before only plain letters were lower-cased.
ALTER TABLE users ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE users ADD COLUMN disabled_at BIGINT;
ALTER TABLE users ADD COLUMN merged_into TEXT REFERENCES users (id);
ALTER TABLE users ADD COLUMN name_key TEXT;
UPDATE users SET name_key = lower(name) WHERE name IS NOT NULL;
CREATE INDEX users_order ON users (created_at, id);
CREATE INDEX users_name ON users (name_key, created_at, id) WHERE name_key IS NOT NULL;
CREATE INDEX users_disabled ON users (created_at, id) WHERE disabled_at IS NOT NULL;
CREATE INDEX users_merged ON users (merged_into) WHERE merged_into IS NOT NULL;

-- user_at repeats when the User was created, so that the people of one namespace can be read in that order.
ALTER TABLE identities ADD COLUMN user_at BIGINT NOT NULL DEFAULT 0;
UPDATE identities SET user_at = (SELECT created_at FROM users WHERE users.id = identities.user_id);
CREATE INDEX identities_order ON identities (namespace, user_at, user_id);
CREATE INDEX identities_subject ON identities (subject);
CREATE INDEX aliases_value ON aliases (value);

-- Logins under way of one User.
CREATE INDEX logins_user_live ON logins (user_id) WHERE user_id IS NOT NULL AND ended_at IS NULL;

-- Which websites took a User over; sub is the id that the website was told, another one after a merge.
CREATE TABLE user_clients (
    user_id TEXT NOT NULL REFERENCES users (id),
    client_id TEXT NOT NULL,
    sub TEXT NOT NULL,
    user_at BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    logins BIGINT NOT NULL,
    PRIMARY KEY (user_id, client_id, sub)
);
CREATE INDEX user_clients_order ON user_clients (client_id, user_at, user_id);
INSERT INTO user_clients (user_id, client_id, sub, user_at, first_at, last_at, logins)
    SELECT g.user_id, g.client_id, g.user_id, u.created_at, min(g.created_at), max(g.created_at), count(*)
    FROM grants g JOIN users u ON u.id = g.user_id GROUP BY g.user_id, g.client_id, u.created_at;

-- A merge, as long as it can be undone. moved is a JSON document of our own ids and of hashes.
CREATE TABLE user_merges (
    id TEXT NOT NULL PRIMARY KEY,
    winner TEXT NOT NULL REFERENCES users (id),
    loser TEXT NOT NULL REFERENCES users (id),
    admin_id TEXT NOT NULL,
    merged_at BIGINT NOT NULL,
    undo_until BIGINT NOT NULL,
    moved TEXT NOT NULL
);
CREATE INDEX user_merges_winner ON user_merges (winner);
CREATE INDEX user_merges_loser ON user_merges (loser);
CREATE INDEX user_merges_end ON user_merges (undo_until);

-- Two Users that a vendor says are one person: an alias of user_id belongs to other_id.
CREATE TABLE merge_offers (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    other_id TEXT NOT NULL REFERENCES users (id),
    namespace TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    dismissed_at BIGINT,
    UNIQUE (user_id, other_id)
);
CREATE INDEX merge_offers_other ON merge_offers (other_id);
CREATE INDEX merge_offers_order ON merge_offers (created_at, id) WHERE dismissed_at IS NULL;

-- A grant is written when a website takes a User over. The use is noted by the database itself: a statement of
-- its own would be one more in every login.
CREATE TRIGGER grants_use AFTER INSERT ON grants
BEGIN
    INSERT INTO user_clients (user_id, client_id, sub, user_at, first_at, last_at, logins)
    SELECT p.id, NEW.client_id, NEW.user_id, p.created_at, NEW.created_at, NEW.created_at, 1
    FROM users u JOIN users p ON p.id = COALESCE(u.merged_into, u.id) WHERE u.id = NEW.user_id
    ON CONFLICT (user_id, client_id, sub) DO UPDATE SET
        last_at = max(user_clients.last_at, excluded.last_at), logins = user_clients.logins + 1;
END;
