//! SQL by hand, for tests and repairs: one connection, no pool, no migration, nothing counted.
//!
//! The server never uses it. It exists here because this is the only place that knows databases.

use crate::OpenError;
use crate::target::Target;
use diesel::QueryableByName;
use diesel::result::QueryResult;
use diesel::sql_types::{Nullable, Text};
use diesel_async::{AsyncConnection as _, RunQueryDsl as _, SimpleAsyncConnection as _};

/// One connection to a database.
pub struct Raw(Conn);

enum Conn {
    Sqlite(Box<crate::sqlite::Conn>),
    Postgres(Box<crate::postgres::Conn>),
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Nullable<Text>)]
    line: Option<String>,
}

/// A step of a plan; each database has a name of its own for the column.
#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text, column_name = detail)]
    step: String,
}

#[derive(QueryableByName)]
struct PostgresStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    step: String,
}

impl Raw {
    /// Connects. A running server writes by itself now and then: a statement waits for its lock.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let unreachable =
            |place: &str, reason: String| OpenError::Unreachable { place: place.to_owned(), reason };
        match Target::parse(url)? {
            Target::Sqlite(file) => {
                let place = file.to_string_lossy();
                let conn = crate::sqlite::Conn::establish(&place).await;
                let mut conn = conn.map_err(|error| unreachable(&place, error.to_string()))?;
                let patient = conn.batch_execute("PRAGMA busy_timeout = 5000").await;
                patient.map_err(|error| unreachable(&place, error.to_string()))?;
                Ok(Self(Conn::Sqlite(Box::new(conn))))
            }
            Target::Postgres(server) => {
                let conn = crate::postgres::Conn::establish(&server.url).await;
                let conn =
                    conn.map_err(|error| unreachable(&server.place, server.scrub(&error.to_string())))?;
                Ok(Self(Conn::Postgres(Box::new(conn))))
            }
        }
    }

    /// Runs statements.
    pub async fn execute(&mut self, sql: &str) -> QueryResult<()> {
        match &mut self.0 {
            Conn::Sqlite(conn) => conn.batch_execute(sql).await,
            Conn::Postgres(conn) => conn.batch_execute(sql).await,
        }
    }

    /// Runs a query whose one column is a text named `line`; NULL becomes an empty text.
    pub async fn lines(&mut self, sql: &str) -> QueryResult<Vec<String>> {
        let query = diesel::sql_query(sql);
        let lines: Vec<Line> = match &mut self.0 {
            Conn::Sqlite(conn) => query.load(conn).await?,
            Conn::Postgres(conn) => query.load(conn).await?,
        };
        Ok(lines.into_iter().map(|line| line.line.unwrap_or_default()).collect())
    }

    /// How the database would carry out a statement, a step a line; it is not carried out.
    pub async fn plan(&mut self, sql: &str) -> QueryResult<Vec<String>> {
        match &mut self.0 {
            Conn::Sqlite(conn) => {
                let query = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}"));
                let steps: Vec<SqliteStep> = query.load(conn).await?;
                Ok(steps.into_iter().map(|row| row.step).collect())
            }
            Conn::Postgres(conn) => {
                let query = diesel::sql_query(format!("EXPLAIN {sql}"));
                let steps: Vec<PostgresStep> = query.load(conn).await?;
                Ok(steps.into_iter().map(|row| row.step).collect())
            }
        }
    }
}
