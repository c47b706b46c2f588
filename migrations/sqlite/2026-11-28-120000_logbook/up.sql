-- The logbook and the statistics. Twin of the PostgreSQL migration of this name: same tables, columns, order and nullability.

-- When a Login reached its steps, the last failure of the vendor's part as JSON, the requester's address as 32 hexadecimal
-- digits and browser for filters. cleared_at is set once whatever could open or prove something has been taken out of the row.
ALTER TABLE logins ADD COLUMN shown_at BIGINT;
ALTER TABLE logins ADD COLUMN scanned_at BIGINT;
ALTER TABLE logins ADD COLUMN confirmed_at BIGINT;
ALTER TABLE logins ADD COLUMN vendor_answer TEXT;
ALTER TABLE logins ADD COLUMN address_key TEXT;
ALTER TABLE logins ADD COLUMN browser TEXT;
ALTER TABLE logins ADD COLUMN cleared_at BIGINT;

-- Lists are read newest first. Those by stage are over ended Logins only: they are written once, at the end. That by stage
-- alone says so in words of its own: a query that names a Client or a Provider as well cannot take it by mistake.
CREATE INDEX logins_order ON logins (created_at);
CREATE INDEX logins_user ON logins (user_id, created_at) WHERE user_id IS NOT NULL;
CREATE INDEX logins_address ON logins (address_key, created_at) WHERE address_key IS NOT NULL;
CREATE INDEX logins_browser ON logins (browser, created_at) WHERE browser IS NOT NULL;
CREATE INDEX logins_reason ON logins (reason, created_at) WHERE reason IS NOT NULL;
CREATE INDEX logins_stage ON logins (stage, created_at) WHERE ended_at > 0;
CREATE INDEX logins_client_stage ON logins (client_id, stage, created_at) WHERE ended_at IS NOT NULL;
CREATE INDEX logins_provider_stage ON logins (provider, stage, created_at) WHERE ended_at IS NOT NULL;
-- Every Login of a User is found by logins_user, those under way as well.
DROP INDEX logins_user_live;
DROP INDEX logins_ended;
CREATE INDEX logins_whole ON logins (ended_at) WHERE ended_at IS NOT NULL AND cleared_at IS NULL;

-- Hours of which nothing can change any more, counted. browser is empty where it is not known; the took columns count
-- confirmed Logins by their seconds from beginning to consent: below 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 45, 60, 120, more.
CREATE TABLE login_hours (
    hour BIGINT NOT NULL,
    client_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    browser TEXT NOT NULL,
    begun INTEGER NOT NULL,
    shown INTEGER NOT NULL,
    scanned INTEGER NOT NULL,
    confirmed INTEGER NOT NULL,
    redeemed INTEGER NOT NULL,
    denied INTEGER NOT NULL,
    expired INTEGER NOT NULL,
    conflict INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    seconds INTEGER NOT NULL,
    took_0 INTEGER NOT NULL,
    took_1 INTEGER NOT NULL,
    took_2 INTEGER NOT NULL,
    took_3 INTEGER NOT NULL,
    took_4 INTEGER NOT NULL,
    took_5 INTEGER NOT NULL,
    took_6 INTEGER NOT NULL,
    took_7 INTEGER NOT NULL,
    took_8 INTEGER NOT NULL,
    took_9 INTEGER NOT NULL,
    took_10 INTEGER NOT NULL,
    took_11 INTEGER NOT NULL,
    took_12 INTEGER NOT NULL,
    took_13 INTEGER NOT NULL,
    took_14 INTEGER NOT NULL,
    took_15 INTEGER NOT NULL,
    PRIMARY KEY (hour, client_id, provider, browser)
);

-- Hours before this moment are in login_hours.
CREATE TABLE statistics_head (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    until BIGINT NOT NULL
);
INSERT INTO statistics_head (id, until) VALUES (1, 0);
