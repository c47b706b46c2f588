DROP TRIGGER audit_events_stay;
CREATE TRIGGER audit_events_stay BEFORE DELETE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit_events is append-only');
END;
DROP TABLE audit_cuts;
DROP TABLE audit_checkpoints;
DROP INDEX audit_links_until;
DROP INDEX audit_events_admin;
DROP INDEX audit_events_address;
DROP INDEX audit_events_user;
DROP INDEX audit_events_target;
DROP INDEX audit_events_client;
DROP INDEX audit_events_action;
DROP INDEX audit_events_order;
CREATE INDEX audit_events_order ON audit_events (at, id);
