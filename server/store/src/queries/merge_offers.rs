//! Offers to merge two Users: made with the change that shows that they may be one person, listed,
//! dismissed. An offer is never changed by a merge: reading asks whom its two Users are part of now.

use super::confirm::Claim;
use super::schema::{coalesce, merge_offers, users};
use super::{Conn, Sql, audit, audit_list};
use crate::error::{Failure, unless_lost};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::Timestamp;
use saoma_core::audit::AuditEntry;
use saoma_core::id::{OfferId, UserId};
use saoma_core::page::{MAX_PAGE, Page, PageRequest};
use saoma_core::user::admin::MergeOffer;

const CORRUPT: Failure = Failure::Corrupt("merge offer");

type Row = (String, String, String, String, i64);

/// Makes an offer, unless these two were offered before.
pub(super) async fn add(
    conn: &mut Conn,
    id: &OfferId,
    user: &UserId,
    claim: &Claim,
    at: Timestamp,
) -> Result<(), Failure> {
    let row = (
        merge_offers::id.eq(id.as_str()),
        merge_offers::user_id.eq(user.as_str()),
        merge_offers::other_id.eq(&claim.owner),
        merge_offers::namespace.eq(&claim.namespace),
        merge_offers::created_at.eq(at.0),
        merge_offers::dismissed_at.eq(None::<i64>),
    );
    let new = diesel::insert_into(merge_offers::table).values(row);
    new.on_conflict_do_nothing().execute(conn).await?;
    Ok(())
}

fn read((id, user, other, namespace, created_at): Row) -> Result<MergeOffer, Failure> {
    Ok(MergeOffer {
        id: id.parse().map_err(|_| CORRUPT)?,
        user: user.parse().map_err(|_| CORRUPT)?,
        other: other.parse().map_err(|_| CORRUPT)?,
        namespace,
        created_at: Timestamp(created_at),
    })
}

/// Open offers of these Users, or after this mark, newest first.
async fn load(
    conn: &mut Conn,
    of: Option<&[String]>,
    after: Option<(i64, String)>,
    limit: i64,
) -> Result<Vec<MergeOffer>, Failure> {
    let (one, two) = diesel::alias!(users as one, users as two);
    let user = || coalesce(one.field(users::merged_into), one.field(users::id));
    let other = || coalesce(two.field(users::merged_into), two.field(users::id));
    let mut query = merge_offers::table
        .inner_join(one.on(one.field(users::id).eq(merge_offers::user_id)))
        .inner_join(two.on(two.field(users::id).eq(merge_offers::other_id)))
        .filter(merge_offers::dismissed_at.is_null())
        .filter(user().ne(other()))
        .order((merge_offers::created_at.desc(), merge_offers::id.desc()))
        .select((merge_offers::id, user(), other(), merge_offers::namespace, merge_offers::created_at))
        .limit(limit)
        .into_boxed::<super::super::Db>();
    if let Some(of) = of {
        query = query.filter(merge_offers::user_id.eq_any(of).or(merge_offers::other_id.eq_any(of)));
    }
    if let Some((at, id)) = after {
        query = query.filter(merge_offers::created_at.le(at));
        query = query.filter(merge_offers::created_at.lt(at).or(merge_offers::id.lt(id)));
    }
    let rows: Vec<Row> = query.load(conn).await?;
    rows.into_iter().map(read).collect()
}

/// Open offers that are about these Users.
pub(super) async fn of(conn: &mut Conn, users: &[String]) -> Result<Vec<MergeOffer>, Failure> {
    load(conn, Some(users), None, i64::from(MAX_PAGE)).await
}

impl Sql {
    pub(super) async fn offer_page(&self, page: &PageRequest) -> Result<Page<MergeOffer>, Failure> {
        let limit = usize::from(page.limit.clamp(1, MAX_PAGE));
        let after = match page.after.as_deref().map(audit_list::read_mark) {
            None => None,
            Some(Some(mark)) => Some(mark),
            Some(None) => return Ok(Page { items: Vec::new(), next: None }),
        };
        let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let mut items = load(&mut *self.reader().await?, None, after, one_more).await?;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|offer| format!("{}.{}", offer.created_at.0, offer.id));
        Ok(Page { items, next })
    }

    pub(super) async fn dismiss(
        &self,
        id: &OfferId,
        at: Timestamp,
        entry: &AuditEntry,
    ) -> Result<bool, Failure> {
        let done = write_tx!(self.writer().await?, |conn| {
            let open = merge_offers::table.find(id.as_str()).filter(merge_offers::dismissed_at.is_null());
            let dismissed = diesel::update(open).set(merge_offers::dismissed_at.eq(Some(at.0)));
            if dismissed.execute(conn).await? == 0 {
                return Err(Failure::LOST);
            }
            audit::add(conn, self.linker()?, entry).await
        });
        Ok(unless_lost(done)?.is_some())
    }
}
