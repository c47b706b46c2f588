//! How the databases find Users among very many: every way of the list by an index of its own, never by
//! reading or sorting the whole table.
//!
//! Statements are written here as PostgreSQL was sent them, but for brackets and names of tables before
//! columns, which is checked; the one query tree sends SQLite the same.

use saoma_core::page::PageRequest;
use saoma_core::user::admin::UserFilter;
use saoma_store::raw::Raw;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use std::collections::BTreeSet;

/// The first page and a later one of each way, with the index it must take.
const WAYS: [(&str, &str); 10] = [
    (
        "SELECT created_at, id FROM users WHERE merged_into IS NULL ORDER BY created_at DESC, id DESC LIMIT $1",
        "users_order",
    ),
    (
        "SELECT created_at, id FROM users WHERE ((merged_into IS NULL AND created_at <= $1) AND (created_at < $2 OR id < $3)) \
            ORDER BY created_at DESC, id DESC LIMIT $4",
        "users_order",
    ),
    (
        "SELECT created_at, id FROM users WHERE ((merged_into IS NULL AND name_key >= $1) AND name_key < $2) \
            ORDER BY created_at DESC, id DESC LIMIT $3",
        "users_name",
    ),
    (
        "SELECT created_at, id FROM users WHERE (merged_into IS NULL AND disabled_at IS NOT NULL) \
            ORDER BY created_at DESC, id DESC LIMIT $1",
        "users_disabled",
    ),
    (
        "SELECT DISTINCT user_at, user_id FROM identities WHERE namespace = $1 ORDER BY user_at DESC, user_id DESC LIMIT $2",
        "identities_order",
    ),
    (
        "SELECT DISTINCT user_at, user_id FROM identities WHERE ((namespace = $1 AND user_at <= $2) AND (user_at < $3 OR user_id < $4)) \
            ORDER BY user_at DESC, user_id DESC LIMIT $5",
        "identities_order",
    ),
    (
        "SELECT DISTINCT user_at, user_id FROM user_clients WHERE client_id = $1 ORDER BY user_at DESC, user_id DESC LIMIT $2",
        "user_clients_order",
    ),
    ("SELECT user_id FROM identities WHERE subject = $1", "identities_subject"),
    ("SELECT user_id FROM aliases WHERE value = $1", "aliases_value"),
    ("UPDATE logins SET version = version + 1 WHERE user_id = $1 AND ended_at IS NULL", "logins_user"),
];

/// 20,000 Users, every hundredth switched off.
const MANY: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO users (id, name, name_key, created_at, updated_at, disabled_at)
    SELECT 'u' || i, 'Name' || i, 'name' || i, i, i, CASE i % 100 WHEN 0 THEN i ELSE NULL END FROM n;
    INSERT INTO identities (id, user_id, namespace, subject, alias_mark, created_at, user_at)
    SELECT 'i' || id, id, CASE created_at % 2 WHEN 0 THEN 'wechat:wx1' ELSE 'wechat:wx2' END, 's' || id, '', created_at, created_at FROM users;
    INSERT INTO aliases (namespace, value, user_id, created_at) SELECT 'wechat-union:main', 'v' || id, id, created_at FROM users;
    INSERT INTO user_clients (user_id, client_id, sub, user_at, first_at, last_at, logins)
    SELECT id, CASE created_at % 3 WHEN 0 THEN 'blog' ELSE 'shop' END, id, created_at, 1, 1, 1 FROM users;";

/// What our own connections have sent last.
const SENT: &str = "SELECT query AS line FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

async fn plan(raw: &mut Raw, is_sqlite: bool, sql: &str) -> String {
    if is_sqlite {
        return raw.plan(sql).await.unwrap().join("\n");
    }
    raw.execute("DEALLOCATE ALL").await.unwrap();
    raw.execute(&format!("PREPARE p AS {sql}")).await.unwrap();
    let values = ["'5000'", "'5000'", "'5000'", "'5000'", "'5000'"];
    let count = sql.matches('$').count();
    let values = if sql.contains("name_key") {
        vec!["'name1999'", "'name1999~'", "'51'"]
    } else {
        values[..count].to_vec()
    };
    raw.plan(&format!("EXECUTE p({})", values.join(", "))).await.unwrap().join("\n")
}

/// As both databases are sent it, without what differs in writing only.
fn bare(sql: &str) -> String {
    let plain = sql.replace(['"', '(', ')'], "").split_whitespace().collect::<Vec<_>>().join(" ");
    let tables = ["users.", "identities.", "aliases.", "user_clients."];
    tables.iter().fold(plain, |sql, table| sql.replace(table, ""))
}

every_database! {
    async fn no_user_is_looked_for_in_the_whole_table(db: &Database) {
        let _stores = db.stores().await;
        let mut raw = db.raw().await;
        raw.execute(MANY).await.unwrap();
        if !db.is_sqlite() {
            // An empty table, as that of Logins is here, is read whole whatever indexes it has.
            raw.execute("SET enable_seqscan = off").await.unwrap();
        }
        for analyzed in [false, true] {
            if analyzed || !db.is_sqlite() {
                raw.execute("ANALYZE").await.unwrap();
            }
            for (sql, index) in WAYS {
                let plan = plan(&mut raw, db.is_sqlite(), sql).await;
                assert!(plan.contains(index), "{index}: {sql}\n{plan}");
                assert!(!plan.contains("Seq Scan"), "{sql}\n{plan}");
                let may_sort = index == "users_name";
                assert!(may_sort || !plan.contains("USE TEMP B-TREE FOR ORDER BY"), "{sql}\n{plan}");
            }
        }
    }

    /// What is planned above is what a list sends; of an empty one nothing more is asked, so it was sent last.
    async fn the_list_sends_what_was_planned(db: &Database) {
        let stores = db.stores().await;
        if db.is_sqlite() {
            return;
        }
        let named = UserFilter::default;
        let filters = [
            named(),
            UserFilter { name: Some("name1".to_owned()), ..named() },
            UserFilter { disabled: Some(true), ..named() },
            UserFilter { namespace: Some("wechat:wx1".to_owned()), ..named() },
            UserFilter { client: Some("blog".parse().unwrap()), ..named() },
            UserFilter { subject: Some("nobody".to_owned()), ..named() },
            UserFilter { alias: Some("nobody".to_owned()), ..named() },
        ];
        let mut sent = BTreeSet::new();
        for filter in filters {
            for after in [None, Some("5.u5".to_owned())] {
                stores.users.list_users(&filter, &PageRequest { after, limit: 9 }).await.unwrap();
                sent.extend(db.lines(SENT).await.iter().map(|sql| bare(sql)));
            }
        }
        for (sql, _) in WAYS.iter().filter(|(sql, _)| sql.starts_with("SELECT")) {
            assert!(sent.contains(&bare(sql)), "{}\n{sent:#?}", bare(sql));
        }
    }
}
