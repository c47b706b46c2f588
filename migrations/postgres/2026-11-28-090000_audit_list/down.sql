DROP TRIGGER audit_events_go ON audit_events;
DROP FUNCTION audit_events_go();
DROP TRIGGER audit_events_keep ON audit_events;
CREATE TRIGGER audit_events_keep BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_refuse();
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
