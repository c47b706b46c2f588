DROP TABLE audit_heads;
DROP TABLE audit_links;
DROP INDEX audit_events_stream;
ALTER TABLE audit_events DROP COLUMN stream;
