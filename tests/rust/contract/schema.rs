//! The tables of both databases: the same columns in the same order, equally nullable.

use saoma_tests::database::Database;

/// One line a column: table, position, column, kind, whether it may be NULL.
const SQLITE: &str = "SELECT t.name || ' ' || c.cid || ' ' || c.name || ' ' || c.type || ' ' ||
        (CASE c.\"notnull\" WHEN 1 THEN 'NO' ELSE 'YES' END) AS line
    FROM sqlite_schema t, pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE '%diesel%' AND t.name NOT LIKE 'sqlite%'
    ORDER BY 1";
const POSTGRES: &str = "SELECT table_name || ' ' || (ordinal_position - 1) || ' ' || column_name || ' ' ||
        (CASE data_type WHEN 'bytea' THEN 'BLOB' ELSE upper(data_type) END) || ' ' || is_nullable AS line
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name NOT LIKE '%diesel%'";

async fn columns(db: &Database, sql: &str) -> Vec<String> {
    db.stores().await.close().await;
    let mut lines = db.raw().await.lines(sql).await.unwrap();
    lines.sort();
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_and_nullability_are_equal_on_both() {
    let sqlite = columns(&Database::sqlite(), SQLITE).await;
    assert!(sqlite.len() > 60);
    if let Some(postgres) = Database::postgres().await {
        assert_eq!(columns(&postgres, POSTGRES).await, sqlite);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_has_room_for_more_columns() {
    let columns = columns(&Database::sqlite(), SQLITE).await;
    let of_logins = columns.iter().filter(|column| column.starts_with("logins ")).count();
    assert!((20..=56).contains(&of_logins), "{of_logins}");
}
