//! API tokens: kept by the hash of what their holders send, found with their maker, taken away for good.

use super::super::Db;
use super::admin_rows::{AdminRow, clients_json, read_clients};
use super::rows::to_json;
use super::schema::{admins, api_tokens};
use super::{Sql, audit, lost_unless_one};
use crate::error::Failure;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::admin::{Admin, ApiToken, NewToken};
use saoma_core::audit::AuditEntry;
use saoma_core::id::TokenId;
use saoma_core::{SecretHash, Timestamp};

const TOKEN: Failure = Failure::Corrupt("API token");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = api_tokens, check_for_backend(Db), treat_none_as_default_value = false)]
struct TokenRow {
    id: String,
    admin_id: String,
    name: String,
    scope: String,
    clients: Option<String>,
    networks: String,
    created_at: i64,
    expires_at: i64,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl TokenRow {
    fn new(token: &ApiToken) -> Result<Self, Failure> {
        let networks: Vec<_> = token.networks.iter().map(ToString::to_string).collect();
        Ok(Self {
            id: token.id.to_string(),
            admin_id: token.admin.to_string(),
            name: token.name.clone(),
            scope: to_json(&token.scope)?,
            clients: token.clients.as_ref().map(clients_json).transpose()?,
            networks: to_json(&networks)?,
            created_at: token.created_at.0,
            expires_at: token.expires_at.0,
            last_used_at: token.last_used_at.map(|at| at.0),
            revoked_at: token.revoked_at.map(|at| at.0),
        })
    }

    fn read(self) -> Result<ApiToken, Failure> {
        let networks: Vec<String> = serde_json::from_str(&self.networks).map_err(|_| TOKEN)?;
        let clients = self.clients.as_deref().map(|json| read_clients(json).ok_or(TOKEN)).transpose()?;
        Ok(ApiToken {
            id: self.id.parse().map_err(|_| TOKEN)?,
            name: self.name,
            admin: self.admin_id.parse().map_err(|_| TOKEN)?,
            scope: serde_json::from_str(&self.scope).map_err(|_| TOKEN)?,
            clients,
            networks: networks.iter().map(|net| net.parse().map_err(|_| TOKEN)).collect::<Result<_, _>>()?,
            created_at: Timestamp(self.created_at),
            expires_at: Timestamp(self.expires_at),
            last_used_at: self.last_used_at.map(Timestamp),
            revoked_at: self.revoked_at.map(Timestamp),
        })
    }
}

impl Sql {
    pub(super) async fn add_token(&self, new: &NewToken, entry: &AuditEntry) -> Result<(), Failure> {
        let row = TokenRow::new(&new.token)?;
        write_tx!(self.writer().await?, |conn| {
            let values = (row, api_tokens::hash.eq(new.hash.as_str()));
            diesel::insert_into(api_tokens::table).values(values).execute(conn).await?;
            audit::add(conn, self.linker()?, entry).await
        })
    }

    pub(super) async fn tokens(&self) -> Result<Vec<ApiToken>, Failure> {
        let query = api_tokens::table.order((api_tokens::created_at.desc(), api_tokens::id.desc()));
        let rows: Vec<TokenRow> = query.select(TokenRow::as_select()).load(&mut self.reader().await?).await?;
        rows.into_iter().map(TokenRow::read).collect()
    }

    pub(super) async fn token(&self, hash: &SecretHash) -> Result<Option<(ApiToken, Admin)>, Failure> {
        let query = api_tokens::table
            .inner_join(admins::table.on(admins::id.eq(api_tokens::admin_id)))
            .filter(api_tokens::hash.eq(hash.as_str()))
            .select((TokenRow::as_select(), AdminRow::as_select()));
        let row: Option<(TokenRow, AdminRow)> =
            query.get_result(&mut self.reader().await?).await.optional()?;
        row.map(|(token, admin)| Ok((token.read()?, admin.read()?))).transpose()
    }

    pub(super) async fn note_token_use(&self, id: &TokenId, now: Timestamp) -> Result<(), Failure> {
        write_tx!(self.single().await?, |conn| {
            let own = api_tokens::table.find(id.as_str());
            diesel::update(own).set(api_tokens::last_used_at.eq(Some(now.0))).execute(conn).await?;
            Ok(())
        })
    }

    pub(super) async fn end_token(
        &self,
        id: &TokenId,
        now: Timestamp,
        entry: &AuditEntry,
    ) -> Result<(), Failure> {
        write_tx!(self.writer().await?, |conn| {
            let live = api_tokens::table.find(id.as_str()).filter(api_tokens::revoked_at.is_null());
            let ended = diesel::update(live).set(api_tokens::revoked_at.eq(Some(now.0)));
            lost_unless_one(ended.execute(conn).await?)?;
            audit::add(conn, self.linker()?, entry).await
        })
    }
}
