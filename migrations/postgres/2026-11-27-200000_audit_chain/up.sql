-- The audit's chains. Twin of the SQLite migration of this name: same tables, columns, order and nullability.

ALTER TABLE audit_events ADD COLUMN stream TEXT COLLATE "C" NOT NULL DEFAULT 'logins:main';
CREATE INDEX audit_events_stream ON audit_events (stream, at, id);

-- A link covers one row, event_id, or all rows of its stream after the last link's time up to its own, until.
CREATE TABLE audit_links (
    stream TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    event_id TEXT,
    until BIGINT NOT NULL,
    mac TEXT NOT NULL,
    PRIMARY KEY (stream, seq)
);
CREATE UNIQUE INDEX audit_links_event ON audit_links (event_id) WHERE event_id IS NOT NULL;

-- Where each stream stands.
CREATE TABLE audit_heads (
    stream TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    until BIGINT NOT NULL,
    mac TEXT NOT NULL
);
