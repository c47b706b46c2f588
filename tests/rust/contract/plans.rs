//! How the databases find a Login among very many: by indexes, never by reading the whole table.
//!
//! A statement is written here as PostgreSQL was sent it, which is checked; the one query tree sends
//! SQLite the same but for quotes.

use super::fixture::*;
use saoma_store::Stores;
use saoma_store::raw::Raw;
use saoma_tests::database::Database;
use saoma_tests::every_database;

const BY_PUSH: &str = "FROM ((logins LEFT OUTER JOIN identities ON ((identities.namespace = $1) AND (identities.subject = $2))) \
    LEFT OUTER JOIN users ON (users.id = identities.user_id)) \
    WHERE ((logins.provider = $3) AND ((logins.push_key = $4) OR (((((logins.proof_subject = $5) AND (logins.proof_namespace = $6)) \
    AND (logins.stage = $7)) AND (logins.ended_at IS NULL)) AND  NOT (EXISTS (SELECT push_notes.provider, push_notes.value_hash, \
    push_notes.push_key, push_notes.seen_at FROM push_notes WHERE ((push_notes.provider = $8) AND (push_notes.value_hash = $9))))))) \
    ORDER BY ((logins.push_key IS NOT NULL) AND (logins.push_key = $10)) DESC, logins.updated_at DESC, logins.id DESC LIMIT 1";
const BY_STATE: &str = "FROM logins WHERE (logins.state_hash = $1)";
const CLAIM: &str = "UPDATE logins SET asked_at = $1 WHERE (((((logins.state_hash = $2) AND (logins.provider = $3)) \
    AND (logins.stage = $4)) AND (logins.asked_at IS NULL)) AND (logins.expires_at > $5))";
const ASKED: &str = "FROM logins WHERE ((logins.ended_at IS NULL) AND (logins.asked_at < $1)) ORDER BY logins.asked_at LIMIT $2";

/// Of 20,000 Logins of 10,000 persons one in ten has not ended; every second was decided by a push; 10,000 values are spent.
pub(super) const MANY: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO logins (id, client_id, provider, scene, image_token, browser_hash, stage, version, challenge_type,
        site, code_challenge, requester, proof_namespace, proof_subject, proof_detail, created_at, updated_at, expires_at,
        ended_at, state_hash, push_key, asked_at)
    SELECT 'l' || i, 'shop', 'mini', 's' || i, 't' || i, 'b', CASE i % 10 WHEN 0 THEN 'scanned' ELSE 'denied' END, 1,
        'qr_image', '{}', 'c', '{}', 'wechat:wx1', 'p' || (i % 10000), '{}', i, i, i, CASE i % 10 WHEN 0 THEN NULL ELSE i END,
        'h' || i, CASE i % 2 WHEN 0 THEN NULL ELSE 'k' || i END, CASE i % 100 WHEN 0 THEN i ELSE NULL END
    FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
    INSERT INTO push_notes (provider, value_hash, push_key, seen_at) SELECT 'mini', 'v' || i, 'k', i FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
    INSERT INTO users (id, created_at, updated_at) SELECT 'u' || i, i, i FROM n;
    INSERT INTO identities (id, user_id, namespace, subject, alias_mark, created_at)
    SELECT 'i' || id, id, 'wechat:wx1', 'p' || id, '', created_at FROM users;";

/// What our own connections have sent last.
pub(super) const SENT: &str = "SELECT replace(query, '\"', '') AS line FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// The steps for a statement whose values are not known yet, as one text.
pub(super) async fn plan(raw: &mut Raw, is_sqlite: bool, sql: &str) -> String {
    if is_sqlite || !sql.contains('$') {
        return raw.plan(sql).await.unwrap().join("\n");
    }
    raw.execute("DEALLOCATE ALL; SET plan_cache_mode = force_generic_plan").await.unwrap();
    raw.execute(&format!("PREPARE p AS {sql}")).await.unwrap();
    // Several values are one parameter, an array.
    let value = |number| if sql.contains(&format!("ANY(${number})")) { "'{1}'" } else { "'1'" };
    let values: Vec<_> = (1..=sql.matches('$').count()).map(value).collect();
    let values = values.join(", ");
    raw.plan(&format!("EXECUTE p({values})")).await.unwrap().join("\n")
}

async fn send(stores: &Stores, sql: &str) {
    let store = &stores.logins;
    let mini = "mini".parse().unwrap();
    match sql {
        BY_PUSH => drop(store.find_login_by_push(&mini, "k", &hash(), &identity("p", None)).await.unwrap()),
        BY_STATE => drop(store.find_login_by_state(&hash()).await.unwrap()),
        CLAIM => drop(store.claim_login(&hash(), &mini, NOW).await.unwrap()),
        _ => drop(store.list_asked_logins(saoma_core::Timestamp(0), 1).await.unwrap()),
    }
}

every_database! {
    async fn no_login_is_looked_for_in_the_whole_table(db: &Database) {
        let stores = db.stores().await;
        let mut raw = db.raw().await;
        raw.execute(MANY).await.unwrap();
        let find = |from: &str| format!("SELECT * {from}");
        let statements = [
            (BY_PUSH, find(BY_PUSH), &["logins_push", "logins_subject", "identities", "users", "push_notes"][..]),
            (BY_STATE, find(BY_STATE), &["logins_state"]),
            (CLAIM, CLAIM.to_owned(), &["logins_state"]),
            (ASKED, find(ASKED), &["logins_asked"]),
        ];
        // SQLite may run for months before it is told how its tables look; PostgreSQL looks by itself.
        for analyzed in [false, true] {
            if analyzed || !db.is_sqlite() {
                raw.execute("ANALYZE").await.unwrap();
            }
            for (part, sql, indexes) in &statements {
                let plan = plan(&mut raw, db.is_sqlite(), sql).await;
                assert!(!plan.contains("SCAN") && !plan.contains("Seq Scan"), "{plan}");
                for index in *indexes {
                    assert!(plan.contains(index), "{index}: {plan}");
                }
                if !db.is_sqlite() {
                    send(&stores, part).await;
                    let sent = raw.lines(SENT).await.unwrap();
                    assert!(sent.iter().any(|sent| sent.contains(part)), "{part}: {sent:?}");
                }
            }
        }
    }
}
