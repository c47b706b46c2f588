//! A database as after a busy month: a million Logins, the same ones each time.
//!
//! Rows are made inside the database, by arithmetic on their number; nothing is random.

use saoma_core::Timestamp;
use saoma_store::raw::Raw;

/// Logins.
pub const ROWS: i64 = 1_000_000;
/// People.
const USERS: i64 = 50_000;
/// Milliseconds between two Logins: a million in thirty days.
const STEP: i64 = 2_592;
/// When the month is over: now.
pub const END: Timestamp = Timestamp(1_796_000_000_000);

/// Spreads numbers over ids, so that neighbours in time are none in an index of ids.
fn spread(prefix: &str, number: &str) -> String {
    format!("'{prefix}_000' || CAST(1000000000000000000 + ({number} * 982451653) % 1000000007 AS TEXT)")
}

/// The User of a number.
pub fn user(number: &str) -> String {
    spread("usr", number)
}

fn numbers(count: i64) -> String {
    format!(
        "WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    )
}

fn logins(is_sqlite: bool) -> String {
    let begun = format!("({} - ({ROWS} - i) * {STEP})", END.0);
    let stage = "CASE WHEN i * 7919 % 100 < 70 THEN 'redeemed' WHEN i * 7919 % 100 < 85 THEN 'expired'
        WHEN i * 7919 % 100 < 92 THEN 'denied' WHEN i * 7919 % 100 < 96 THEN 'cancelled'
        WHEN i * 7919 % 100 < 97 THEN 'conflict' ELSE 'failed' END";
    let reason = "CASE WHEN i * 7919 % 100 < 70 THEN NULL WHEN i * 7919 % 100 < 85 THEN
        CASE WHEN i % 7 = 0 THEN 'not_confirmed_in_time' ELSE 'not_scanned_in_time' END
        WHEN i * 7919 % 100 < 92 THEN 'declined_on_phone' WHEN i * 7919 % 100 < 96 THEN 'cancelled_by_browser'
        WHEN i * 7919 % 100 < 97 THEN 'second_subject' WHEN i % 997 = 0 THEN 'unreal_person' ELSE 'vendor_failed' END";
    let client = "CASE WHEN i * 31 % 100 < 50 THEN 'c0' WHEN i * 31 % 100 < 75 THEN 'c1'
        WHEN i * 31 % 100 < 90 THEN 'c2' WHEN i * 31 % 100 < 98 THEN 'c3' ELSE 'c4' END";
    let provider = "CASE WHEN i * 17 % 10 < 5 THEN 'mini' WHEN i * 17 % 10 < 8 THEN 'service'
        WHEN i * 17 % 10 < 9 THEN 'website' ELSE 'chat' END";
    let browser = "CASE WHEN i % 20011 = 0 THEN 'Opera' WHEN i * 13 % 10 < 5 THEN 'Chrome' WHEN i * 13 % 10 < 8 THEN 'Safari' ELSE 'Firefox' END";
    let network = "(i * 2654435 % 16777216)";
    let hex = if is_sqlite {
        format!("printf('%06x', {network})")
    } else {
        format!("lpad(to_hex({network}), 6, '0')")
    };
    let was_scanned = "i * 7919 % 100 < 70 OR i % 7 = 0";
    let took = "(2000 + i * 37 % 23000)";
    format!(
        "{numbers}
        INSERT INTO logins (id, client_id, provider, scene, image_token, browser_hash, stage, version, reason, challenge_type,
            site, code_challenge, requester, user_id, created_at, updated_at, expires_at, ended_at, shown_at, scanned_at,
            confirmed_at, vendor_answer, address_key, browser, cleared_at)
        SELECT {id}, {client}, {provider}, {id} || '~', {id} || '~', '', {stage}, 4, {reason}, 'qr_image', '{{}}', '',
            '{{\"address\":\"10.0.0.1\",\"browser\":\"' || {browser} || ', Windows\",\"region\":null}}',
            CASE WHEN i * 7919 % 100 < 70 THEN {user} ELSE NULL END, {begun}, {begun} + 40000, {begun} + 120000, {begun} + 40000,
            {begun} + 300, CASE WHEN {was_scanned} THEN {begun} + {took} / 2 ELSE NULL END,
            CASE WHEN i * 7919 % 100 < 70 THEN {begun} + {took} ELSE NULL END,
            CASE WHEN i * 7919 % 100 < 97 THEN NULL ELSE '{{\"at\":1,\"step\":\"begin\",\"problem\":\"vendor_misconfigured\",\"code\":40164}}' END,
            '00000000000000000000ffff0a' || {hex}, {browser}, {begun} + 86400000
        FROM n",
        numbers = numbers(ROWS),
        id = spread("lgn", "i"),
        user = user(&format!("(i * 7 % {USERS} + 1)")),
    )
}

/// Fills an empty, migrated database.
pub async fn fill(raw: &mut Raw, is_sqlite: bool) {
    let users = format!(
        "{} INSERT INTO users (id, name, created_at, updated_at) SELECT {}, 'Person ' || i, 0, 0 FROM n",
        numbers(USERS),
        user("i")
    );
    if is_sqlite {
        raw.execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA temp_store = MEMORY")
            .await
            .unwrap();
    }
    for sql in [users, logins(is_sqlite)] {
        raw.execute(&format!("BEGIN; {sql}; COMMIT")).await.unwrap();
    }
    // SQLite is left as it is: a server may run for months before anybody tells it how its tables look.
    if !is_sqlite {
        raw.execute("VACUUM ANALYZE").await.unwrap();
    }
}
