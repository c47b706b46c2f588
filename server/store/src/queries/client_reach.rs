//! Which Clients an admin, a link or a token reaches: each keeps a list of ids. A deleted Client leaves all of
//! them, so that another one of the same id, registered later, is nobody's by accident.

use super::super::Conn;
use super::admin_rows::{clients_json, read_clients};
use super::schema::{admin_links, admins, api_tokens};
use crate::error::Failure;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

/// Takes a Client out of every list.
pub(super) async fn forget_client(conn: &mut Conn, client: &str) -> Result<(), Failure> {
    // As it stands in the list. A `_` in an id finds more than it should, which `without` puts right.
    let part = format!("%\"{client}\"%");
    let listed = admins::table.filter(admins::clients.like(&part)).select((admins::id, admins::clients));
    for (id, list) in listed.load::<(String, String)>(conn).await? {
        let change = (admins::clients.eq(without(&list, client)?), admins::version.eq(admins::version + 1));
        diesel::update(admins::table.find(id)).set(change).execute(conn).await?;
    }
    let listed = admin_links::table.filter(admin_links::clients.like(&part));
    let listed = listed.select((admin_links::hash, admin_links::clients.assume_not_null()));
    for (hash, list) in listed.load::<(String, String)>(conn).await? {
        let change = admin_links::clients.eq(without(&list, client)?);
        diesel::update(admin_links::table.find(hash)).set(change).execute(conn).await?;
    }
    let listed = api_tokens::table.filter(api_tokens::clients.like(&part));
    let listed = listed.select((api_tokens::id, api_tokens::clients.assume_not_null()));
    for (id, list) in listed.load::<(String, String)>(conn).await? {
        let change = api_tokens::clients.eq(without(&list, client)?);
        diesel::update(api_tokens::table.find(id)).set(change).execute(conn).await?;
    }
    Ok(())
}

fn without(list: &str, client: &str) -> Result<String, Failure> {
    let mut ids = read_clients(list).ok_or(Failure::Corrupt("list of clients"))?;
    ids.retain(|id| id.as_str() != client);
    clients_json(&ids)
}
