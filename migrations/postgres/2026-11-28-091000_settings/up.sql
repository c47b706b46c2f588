-- What owners set while the house runs. Twin of the SQLite migration of this name: same tables, columns, order and nullability.

CREATE TABLE settings (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
