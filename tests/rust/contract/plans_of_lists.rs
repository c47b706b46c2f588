//! How the databases read the logbook and count Logins: an index has each list in its order, so that a page
//! costs a page, however many Logins there are.

use super::fixture::*;
use super::logbook::filters;
use super::plans::{MANY, SENT, plan};
use saoma_core::Timestamp;
use saoma_core::id::UserId;
use saoma_core::logbook::LogbookQuery;
use saoma_core::page::PageRequest;
use saoma_store::Stores;
use saoma_store::raw::Raw;
use saoma_tests::database::Database;
use saoma_tests::every_database;

const AFTER: &str = "AND (logins.created_at <= $8)) AND ((logins.created_at < $9) OR (logins.id < $10)))";
const ORDER: &str = "ORDER BY logins.created_at DESC, logins.id DESC LIMIT $11";

/// Conditions as the lists write them, and the index that has them in order. `AFTER` follows.
const LISTS: [(&str, &str); 12] = [
    (
        "(((((logins.client_id = $1) AND (logins.ended_at IS NOT NULL)) AND (logins.stage = $2))",
        "logins_client_stage",
    ),
    (
        "(((((logins.provider = $1) AND (logins.ended_at IS NOT NULL)) AND (logins.stage = $2))",
        "logins_provider_stage",
    ),
    (
        "((((((logins.client_id = $1) AND (logins.ended_at IS NOT NULL)) AND (logins.stage = $2)) AND (((logins.provider || $3)) = $4))",
        "logins_client_stage",
    ),
    ("(((ended_at > 0 AND (logins.stage = $1))", "logins_stage"),
    (
        "((((((logins.client_id = $1) AND (logins.ended_at IS NOT NULL)) AND (logins.stage = $2)) AND (logins.created_at >= $3))",
        "logins_client_stage",
    ),
    ("(((logins.reason = $1)", "logins_reason"),
    ("(((logins.user_id = $1)", "logins_user"),
    (
        "(((((logins.user_id = $1) AND (((logins.browser || $2)) = $3)) AND (((logins.client_id || $4)) = $5))",
        "logins_user",
    ),
    ("(((logins.address_key = $1)", "logins_address"),
    ("((((logins.address_key = $1) AND (((logins.browser || $2)) = $3))", "logins_address"),
    ("(((((logins.address_key || $1)) BETWEEN $2 AND $3)", "logins_order"),
    ("(((logins.browser = $1)", "logins_browser"),
];

/// Those that go on are few: found by that, however deep in the list the page is.
const LIVE: &str = "SELECT * FROM logins WHERE ((((logins.client_id = $1) AND (logins.ended_at IS NULL)) AND ((logins.created_at + $2) <= $3)) \
    AND (((logins.created_at + $4) < $5) OR (logins.id < $6))) ORDER BY (logins.created_at + $7) DESC, logins.id DESC LIMIT $8";

/// The other statements, whole, and their indexes.
const OTHERS: [(&str, &str); 8] = [
    (LIVE, "logins_live"),
    ("SELECT * FROM logins ORDER BY logins.created_at DESC, logins.id DESC LIMIT 51", "logins_order"),
    ("SELECT min(logins.created_at) FROM logins WHERE (logins.created_at >= $1)", "logins_order"),
    (
        "SELECT client_id, provider, COUNT(*) FROM logins WHERE created_at >= 7200 AND created_at < 7300 GROUP BY 1, 2",
        "logins_order",
    ),
    (
        "SELECT logins.created_at FROM logins WHERE ((((logins.provider = $1) AND (logins.stage = $2)) AND (logins.ended_at IS NOT NULL)) \
        AND (((logins.client_id || $3) = $4) OR $5)) ORDER BY logins.created_at DESC LIMIT 1",
        "logins_provider_stage",
    ),
    (
        "SELECT logins.id FROM logins WHERE ((logins.ended_at < $1) AND (logins.cleared_at IS NULL)) ORDER BY logins.ended_at LIMIT $2",
        "logins_whole",
    ),
    (
        "SELECT logins.id FROM logins WHERE ((logins.created_at < $1) AND (logins.cleared_at IS NOT NULL)) ORDER BY logins.created_at LIMIT $2",
        "logins_order",
    ),
    ("SELECT hour, SUM(begun) FROM login_hours WHERE hour >= 1 AND hour < 2 GROUP BY hour", "login_hours"),
];

/// Every end, twenty Clients, four Providers, and values for each filter; a year of counted hours.
const VARIED: &str = "
    UPDATE logins SET client_id = 'c' || (created_at % 20), provider = 'p' || (created_at % 4),
        stage = CASE created_at % 6 WHEN 0 THEN 'redeemed' WHEN 1 THEN 'denied' WHEN 2 THEN 'expired'
            WHEN 3 THEN 'cancelled' WHEN 4 THEN 'conflict' ELSE 'failed' END,
        reason = 'r' || (created_at % 11), user_id = 'u' || (created_at % 999), address_key = 'a' || (created_at % 997),
        browser = 'b' || (created_at % 13), cleared_at = CASE WHEN created_at < 9000 THEN 1 ELSE NULL END
    WHERE ended_at IS NOT NULL;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
    INSERT INTO login_hours SELECT i, 'shop', 'mini', '', 1,1,1,1,1,1,1,1,1,1,1, 1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1 FROM n;";

/// The steps for values that nothing matches, as PostgreSQL takes them for a list: it is planned anew each time.
async fn planned_for_values(raw: &mut Raw, sql: &str) -> String {
    let values = sql.matches('$').count();
    let with_values = (1..=values).rev().fold(sql.to_owned(), |sql, number| {
        let value = match (number + 4).saturating_sub(values) {
            // The mark's moment twice, its id, and how many; each value before it is a text.
            1 | 2 => "19000",
            3 => "'x'",
            4 => "51",
            _ => "'none'",
        };
        sql.replace(&format!("${number}"), value)
    });
    raw.plan(&with_values.replace(">= 'none'", ">= 5")).await.unwrap().join("\n")
}

/// Reads every list that the contract knows, so that what was sent can be looked at.
async fn sent(stores: &Stores, raw: &mut Raw) -> Vec<String> {
    let mut all = Vec::new();
    for filter in filters(&UserId::generate(entropy())) {
        let query = LogbookQuery { filter, within: None };
        let page = PageRequest { after: Some("5.x".to_owned()), limit: 7 };
        stores.logbook.list_attempts(&query, &page).await.unwrap();
        all.extend(raw.lines(SENT).await.unwrap());
    }
    stores.logins.clear_ended_logins(Timestamp(0), 1).await.unwrap();
    all.extend(raw.lines(SENT).await.unwrap());
    all
}

/// With its values numbered from one.
fn numbered(sql: &str) -> String {
    let mut parts = sql.split('$');
    let first = parts.next().unwrap().to_owned();
    parts.enumerate().fold(first, |all, (number, part)| {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        format!("{all}${}{rest}", number + 1)
    })
}

/// Without the numbers of the values, which depend on what else is asked for.
fn unnumbered(sql: &str) -> String {
    sql.chars().filter(|c| !c.is_ascii_digit()).collect()
}

every_database! {
    async fn every_list_is_read_in_the_order_of_an_index(db: &Database) {
        let stores = db.stores().await;
        let mut raw = db.raw().await;
        if !db.is_sqlite() {
            let sent: Vec<String> = sent(&stores, &mut raw).await.iter().map(|sql| unnumbered(sql)).collect();
            for (condition, _) in LISTS {
                let part = unnumbered(&format!("FROM logins WHERE {condition} {AFTER} {ORDER}"));
                assert!(sent.iter().any(|sent| sent.contains(&part)), "{part}");
            }
        }
        raw.execute(MANY).await.unwrap();
        raw.execute(VARIED).await.unwrap();
        let list = |condition| numbered(&format!("SELECT * FROM logins WHERE {condition} {AFTER} {ORDER}"));
        let lists = LISTS.map(|(condition, index)| (list(condition), index));
        let others = OTHERS.map(|(sql, index)| (sql.to_owned(), index));
        for analyzed in [false, true] {
            if analyzed || !db.is_sqlite() {
                raw.execute("ANALYZE").await.unwrap();
            }
            for (sql, index) in lists.iter().chain(&others) {
                // Of so few rows PostgreSQL rather looks at all, where no index answers.
                if sql.contains("BETWEEN") && !db.is_sqlite() {
                    continue;
                }
                let plan = match sql.contains("<=") && sql != LIVE && !db.is_sqlite() {
                    true => planned_for_values(&mut raw, sql).await,
                    false => plan(&mut raw, db.is_sqlite(), sql).await,
                };
                assert!(plan.contains(index), "{index}: {sql}\n{plan}");
                // Ties at one millisecond are put in order by id; nothing else is sorted.
                let sorts = plan.contains("TEMP B-TREE FOR ORDER BY") || plan.contains("->  Sort");
                // Of values that nothing matches PostgreSQL expects a row or none, and would sort those.
                let few = sql.as_str() == LIVE || (sql.contains("<=") && !db.is_sqlite());
                assert!(!sorts || few, "{sql}\n{plan}");
                let reads_all = plan.contains("SCAN logins") && !plan.contains("USING INDEX") && !plan.contains("USING COVERING INDEX");
                assert!(!reads_all && !plan.contains("Seq Scan"), "{sql}\n{plan}");
            }
        }
    }
}
