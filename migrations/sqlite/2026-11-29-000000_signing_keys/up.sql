-- What id tokens are signed with. The private part is sealed; a serial is given once, whichever node is faster.
CREATE TABLE signing_keys (
    kid TEXT NOT NULL PRIMARY KEY,
    algorithm TEXT NOT NULL,
    serial BIGINT NOT NULL,
    private TEXT NOT NULL,
    public TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    signs_from BIGINT NOT NULL,
    UNIQUE (algorithm, serial)
);
