//! Notes about values that may come with one push only: written once, never changed, deleted when old.

use super::Sql;
use super::schema::push_notes;
use crate::error::Failure;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::Timestamp;
use saoma_core::login::PushOnce;
use std::collections::BTreeMap;

impl Sql {
    /// One statement, so that nobody comes between looking and writing: a note that is there stays
    /// as it is, and says whose it is.
    pub(super) async fn admit(&self, once: &PushOnce) -> Result<bool, Failure> {
        let row = (
            push_notes::provider.eq(once.provider.as_str()),
            push_notes::value_hash.eq(once.value.as_str()),
            push_notes::push_key.eq(&once.push_key),
            push_notes::seen_at.eq(once.seen_at.0),
        );
        write_tx!(self.single().await?, |conn| {
            let note = diesel::insert_into(push_notes::table)
                .values(row)
                .on_conflict((push_notes::provider, push_notes::value_hash))
                .do_update()
                .set(push_notes::push_key.eq(push_notes::push_key))
                .returning(push_notes::push_key);
            Ok(note.get_result::<String>(conn).await? == once.push_key)
        })
    }

    pub(super) async fn delete_notes(&self, before: Timestamp, limit: i64) -> Result<usize, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let old = push_notes::table.filter(push_notes::seen_at.lt(before.0));
            let oldest = old.order(push_notes::seen_at).limit(limit);
            let keys: Vec<(String, String)> =
                oldest.select((push_notes::provider, push_notes::value_hash)).load(conn).await?;
            let mut deleted = 0;
            for (provider, hashes) in by_provider(keys) {
                let theirs = push_notes::table
                    .filter(push_notes::provider.eq(provider))
                    .filter(push_notes::value_hash.eq_any(hashes));
                deleted += diesel::delete(theirs).execute(conn).await?;
            }
            Ok(deleted)
        })
    }
}

/// A key of two columns cannot be looked for in a list on both databases; one of one column can.
fn by_provider(keys: Vec<(String, String)>) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::<_, Vec<_>>::new();
    for (provider, hash) in keys {
        all.entry(provider).or_default().push(hash);
    }
    all
}
