-- The audit as a list, its checkpoints and cuts. Twin of the SQLite migration of this name: same tables, columns, order and nullability.

-- By time, with what a list is filtered by and of which there are few values: looked at without reading the rows.
DROP INDEX audit_events_order;
CREATE INDEX audit_events_order ON audit_events (at, id, outcome, actor, provider);
CREATE INDEX audit_events_action ON audit_events (action, at, id, outcome, actor, client_id, provider);
CREATE INDEX audit_events_client ON audit_events (client_id, at, id, action, outcome, actor, provider)
    WHERE client_id IS NOT NULL;
-- What there are many values of.
CREATE INDEX audit_events_target ON audit_events (target, at, id);
CREATE INDEX audit_events_user ON audit_events (user_id, at, id) WHERE user_id IS NOT NULL;
CREATE INDEX audit_events_address ON audit_events (address, at, id) WHERE address IS NOT NULL;
CREATE INDEX audit_events_admin ON audit_events (admin_id, at, id) WHERE admin_id IS NOT NULL;
-- Which link covers a row.
CREATE INDEX audit_links_until ON audit_links (stream, until) WHERE event_id IS NULL;

-- Signed places of chains; row_count is how many rows there are after the one before.
CREATE TABLE audit_checkpoints (
    stream TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    until BIGINT NOT NULL,
    mac TEXT NOT NULL,
    at BIGINT NOT NULL,
    row_count BIGINT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (stream, seq)
);

-- Where retention cut a stream, signed as a cut: the chain begins after it.
CREATE TABLE audit_cuts (
    stream TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    until BIGINT NOT NULL,
    mac TEXT NOT NULL,
    at BIGINT NOT NULL,
    signature TEXT NOT NULL
);

-- A row may go once a cut covers it.
CREATE FUNCTION audit_events_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM audit_cuts c WHERE c.stream = OLD.stream AND OLD.at <= c.until)
        OR EXISTS (
            SELECT 1 FROM audit_links l JOIN audit_cuts c ON c.stream = l.stream
            WHERE l.event_id = OLD.id AND l.stream = OLD.stream AND l.seq <= c.seq)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit_events is append-only';
END
$$;
DROP TRIGGER audit_events_keep ON audit_events;
CREATE TRIGGER audit_events_keep BEFORE UPDATE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_refuse();
CREATE TRIGGER audit_events_go BEFORE DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_go();
