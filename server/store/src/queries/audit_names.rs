//! What a page of the audit needs beside its rows: the names behind its ids, and where rows are linked.

use super::Sql;
use super::audit::AuditRow;
use super::schema::{admins, api_tokens, audit_events, audit_links, clients, providers, users};
use crate::error::Failure;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::audit::{AuditNames, NamesWanted, PlacedAudit, StoredAudit};
use saoma_core::id::TokenId;
use std::collections::HashMap;

/// Links read at a time when rows are looked up by time.
const LINKS_AT_A_TIME: i64 = 500;

type Link = (i64, String);

impl Sql {
    pub(super) async fn names(&self, wanted: &NamesWanted) -> Result<AuditNames, Failure> {
        let mut names = AuditNames::default();
        let mut conn = self.reader().await?;
        if !wanted.admins.is_empty() {
            let these = admins::table.filter(admins::id.eq_any(&wanted.admins));
            let found: Vec<(String, String)> =
                these.select((admins::id, admins::name)).load(&mut conn).await?;
            names.admins.extend(found);
        }
        if wanted.admins.iter().any(|id| id.starts_with(TokenId::PREFIX)) {
            let these = api_tokens::table.filter(api_tokens::id.eq_any(&wanted.admins));
            let found: Vec<(String, String)> =
                these.select((api_tokens::id, api_tokens::name)).load(&mut conn).await?;
            names.admins.extend(found);
        }
        if !wanted.users.is_empty() {
            let these = users::table.filter(users::id.eq_any(&wanted.users));
            let found: Vec<(String, Option<String>)> =
                these.select((users::id, users::name)).load(&mut conn).await?;
            names.users.extend(found.into_iter().filter_map(|(id, name)| Some((id, name?))));
        }
        if !wanted.clients.is_empty() {
            let these = clients::table.filter(clients::id.eq_any(&wanted.clients));
            let found: Vec<(String, String)> =
                these.select((clients::id, clients::name)).load(&mut conn).await?;
            names.clients.extend(found);
        }
        if !wanted.providers.is_empty() {
            let by_either =
                providers::slug.eq_any(&wanted.providers).or(providers::id.eq_any(&wanted.providers));
            let these = providers::table.filter(by_either);
            let found: Vec<(String, String, String)> =
                these.select((providers::id, providers::slug, providers::title)).load(&mut conn).await?;
            let both = found.into_iter().flat_map(|(id, slug, title)| [(id, title.clone()), (slug, title)]);
            names.providers.extend(both);
        }
        Ok(names)
    }

    pub(super) async fn audit_by_id(&self, id: &str) -> Result<Option<PlacedAudit>, Failure> {
        let query = audit_events::table.find(id).select(AuditRow::as_select());
        let row: Option<AuditRow> = query.get_result(&mut self.reader().await?).await.optional()?;
        let rows = row.into_iter().map(StoredAudit::from).collect();
        Ok(self.placed(rows).await?.into_iter().next())
    }

    pub(super) async fn placed(&self, rows: Vec<StoredAudit>) -> Result<Vec<PlacedAudit>, Failure> {
        let mut conn = self.reader().await?;
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let own = audit_events::table
            .left_join(audit_links::table.on(audit_links::event_id.eq(audit_events::id.nullable())))
            .filter(audit_events::id.eq_any(ids))
            .select((
                audit_events::id,
                audit_events::stream,
                (audit_links::seq, audit_links::mac).nullable(),
            ));
        let own: Vec<(String, String, Option<Link>)> = own.load(&mut conn).await?;
        let mut links_by_row: HashMap<String, (String, Option<Link>)> =
            own.into_iter().map(|(id, stream, link)| (id, (stream, link))).collect();
        drop(conn);
        self.place_by_time(&rows, &mut links_by_row).await?;
        let placed = rows.into_iter().filter_map(|row| {
            let (stream, link) = links_by_row.remove(&row.id)?;
            Some(PlacedAudit { row, stream, link })
        });
        Ok(placed.collect())
    }

    /// A row without a link of its own is covered by the first link whose time reaches it.
    async fn place_by_time(
        &self,
        rows: &[StoredAudit],
        links_by_row: &mut HashMap<String, (String, Option<Link>)>,
    ) -> Result<(), Failure> {
        let mut left: Vec<(String, i64, String)> = rows
            .iter()
            .filter_map(|row| {
                let (stream, _) = links_by_row.get(&row.id).filter(|(_, link)| link.is_none())?;
                Some((stream.clone(), row.at.0, row.id.clone()))
            })
            .collect();
        left.sort_unstable();
        let mut left = left.into_iter().peekable();
        while let Some((stream, at)) = left.peek().map(|(stream, at, _)| (stream.clone(), *at)) {
            let links = self.links_reaching(&stream, at).await?;
            if links.is_empty() {
                while left.next_if(|(of, ..)| *of == stream).is_some() {}
            }
            let mut links = links.into_iter().peekable();
            while let Some((_, at, id)) = left.peek().filter(|(of, ..)| *of == stream) {
                while links.next_if(|(until, ..)| until < at).is_some() {}
                // There may be more of them: asked again, from this row on.
                let Some((_, seq, mac)) = links.peek() else { break };
                if let Some((_, link)) = links_by_row.get_mut(id) {
                    *link = Some((*seq, mac.clone()));
                }
                left.next();
            }
        }
        Ok(())
    }

    async fn links_reaching(&self, stream: &str, at: i64) -> Result<Vec<(i64, i64, String)>, Failure> {
        let query = audit_links::table
            .filter(audit_links::stream.eq(stream))
            .filter(audit_links::event_id.is_null())
            .filter(audit_links::until.ge(at))
            .order(audit_links::until)
            .limit(LINKS_AT_A_TIME)
            .select((audit_links::until, audit_links::seq, audit_links::mac));
        Ok(query.load(&mut self.reader().await?).await?)
    }
}
