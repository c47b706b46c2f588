//! Statements that a connection prepares once and keeps.
//!
//! Diesel has every UPDATE parsed and planned anew, because a changeset with optional parts has a text for
//! each of their combinations. Ours that run in every login have one text each; they are kept by it.

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;

/// The same statement, kept by its text. Only for texts of which there are few.
pub(crate) struct PreparedOnce<Q>(pub(crate) Q);

impl<Q> QueryId for PreparedOnce<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend, Q: QueryFragment<DB>> QueryFragment<DB> for PreparedOnce<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q: Query> Query for PreparedOnce<Q> {
    type SqlType = Q::SqlType;
}

/// A statement that is planned for its values each time: a list whose best way depends on them. PostgreSQL
/// would after five runs plan it once for all values, and read through everything for a value that is rare.
#[derive(QueryId)]
pub(crate) struct PlannedAnew<Q>(pub(crate) Q);

impl<DB: Backend, Q: QueryFragment<DB>> QueryFragment<DB> for PlannedAnew<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        self.0.walk_ast(out)
    }
}

impl<Q: Query> Query for PlannedAnew<Q> {
    type SqlType = Q::SqlType;
}

/// The first row of an ordered query, its `LIMIT 1` written out. Diesel's own `first` binds the one,
/// and SQLite plans a statement anew at every run when a bound value may change its plan.
#[derive(QueryId)]
pub(crate) struct FirstRow<Q>(pub(crate) Q);

impl<DB: Backend, Q: QueryFragment<DB>> QueryFragment<DB> for FirstRow<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" LIMIT 1");
        Ok(())
    }
}

impl<Q: Query> Query for FirstRow<Q> {
    type SqlType = Q::SqlType;
}
