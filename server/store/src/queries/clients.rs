//! Clients: read as a whole, replaced by what the configuration file or an admin says.

use super::super::Db;
use super::providers::lost_unless_all_there;
use super::rows::to_json;
use super::schema::clients;
use super::{Sql, audit, authorizations, client_reach, grants, lost_unless_one};
use crate::error::{Failure, unless_lost};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::audit::AuditEntry;
use saoma_core::client::{Client, ClientId, ClientStore, ClientType, Logo};
use saoma_core::provider::{Assurance, ProviderSlug};
use saoma_core::{SecretHash, StoreError, Timestamp};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = clients, check_for_backend(Db))]
#[diesel(treat_none_as_null = true, treat_none_as_default_value = false)]
struct ClientRow {
    id: String,
    name: String,
    client_type: String,
    secret_hashes: String,
    redirect_uris: String,
    origins: String,
    providers: String,
    min_assurance: String,
    logo_media_type: Option<String>,
    logo: Option<Vec<u8>>,
    accent: Option<String>,
    enabled: bool,
    managed_by_file: bool,
    updated_at: i64,
    version: i64,
    created_at: i64,
    openid: String,
}

impl ClientRow {
    fn new(client: &Client) -> Result<Self, Failure> {
        let hashes: Vec<&str> = client.secret_hashes.iter().map(SecretHash::as_str).collect();
        let providers: Vec<&str> = client.providers.iter().map(ProviderSlug::as_str).collect();
        Ok(Self {
            id: client.id.to_string(),
            name: client.name.clone(),
            client_type: client.client_type.as_str().to_owned(),
            secret_hashes: to_json(&hashes)?,
            redirect_uris: to_json(&client.redirect_uris)?,
            origins: to_json(&client.origins)?,
            providers: to_json(&providers)?,
            min_assurance: client.min_assurance.as_str().to_owned(),
            logo_media_type: client.logo.as_ref().map(|logo| logo.media_type.clone()),
            logo: client.logo.as_ref().map(|logo| logo.bytes.to_vec()),
            accent: client.accent.clone(),
            enabled: client.enabled,
            managed_by_file: client.managed_by_file,
            updated_at: client.updated_at.0,
            version: client.version,
            created_at: client.created_at.0,
            openid: to_json(&client.openid)?,
        })
    }

    fn read(self) -> Option<Client> {
        let hashes: Vec<String> = serde_json::from_str(&self.secret_hashes).ok()?;
        let providers: Vec<String> = serde_json::from_str(&self.providers).ok()?;
        let logo = self.logo_media_type.zip(self.logo);
        Some(Client {
            id: self.id.parse().ok()?,
            name: self.name,
            client_type: ClientType::parse(&self.client_type)?,
            secret_hashes: hashes.into_iter().map(SecretHash::from_stored).collect(),
            redirect_uris: serde_json::from_str(&self.redirect_uris).ok()?,
            origins: serde_json::from_str(&self.origins).ok()?,
            providers: providers.iter().map(|slug| slug.parse().ok()).collect::<Option<_>>()?,
            min_assurance: Assurance::parse(&self.min_assurance)?,
            logo: logo.map(|(media_type, bytes)| Logo { media_type, bytes: bytes.into() }),
            accent: self.accent,
            openid: serde_json::from_str(&self.openid).ok()?,
            enabled: self.enabled,
            managed_by_file: self.managed_by_file,
            version: self.version,
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
        })
    }
}

impl Sql {
    async fn clients(&self) -> Result<Vec<ClientRow>, Failure> {
        let query = clients::table.order(clients::id).select(ClientRow::as_select());
        Ok(query.load(&mut self.reader().await?).await?)
    }

    async fn client(&self, id: &ClientId) -> Result<Option<ClientRow>, Failure> {
        let query = clients::table.find(id.as_str()).select(ClientRow::as_select());
        Ok(query.get_result(&mut self.reader().await?).await.optional()?)
    }

    async fn add_client(&self, row: ClientRow, entries: &[AuditEntry]) -> Result<(), Failure> {
        write_tx!(self.writer().await?, |conn| {
            // First: it waits for whoever else changes Clients and Providers.
            audit::add_all(conn, self.linker()?, entries).await?;
            lost_unless_all_there(conn, &row.providers).await?;
            diesel::insert_into(clients::table).values(row).execute(conn).await?;
            Ok(())
        })
    }

    async fn put_client(&self, row: ClientRow, entries: &[AuditEntry]) -> Result<(), Failure> {
        write_tx!(self.writer().await?, |conn| {
            audit::add_all(conn, self.linker()?, entries).await?;
            lost_unless_all_there(conn, &row.providers).await?;
            let as_read = clients::table
                .find(row.id.clone())
                .filter(clients::version.eq(row.version - 1))
                .filter(clients::managed_by_file.eq(false));
            lost_unless_one(diesel::update(as_read).set(&row).execute(conn).await?)
        })
    }

    async fn drop_client(&self, id: &str, version: i64, entry: &AuditEntry) -> Result<(), Failure> {
        write_tx!(self.writer().await?, |conn| {
            let as_read = clients::table
                .find(id)
                .filter(clients::version.eq(version))
                .filter(clients::managed_by_file.eq(false));
            // First: it waits for whoever else changes admins.
            audit::add(conn, self.linker()?, entry).await?;
            lost_unless_one(diesel::delete(as_read).execute(conn).await?)?;
            client_reach::forget_client(conn, id).await?;
            authorizations::forget_client(conn, id).await?;
            grants::revoke_of_client(conn, id, entry.at.0).await
        })
    }

    async fn apply_clients(&self, rows: Vec<ClientRow>, entries: &[AuditEntry]) -> Result<(), Failure> {
        let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
        write_tx!(self.writer().await?, |conn| {
            let dropped =
                clients::table.filter(clients::managed_by_file.eq(true)).filter(clients::id.ne_all(ids));
            let handed_over = (
                clients::enabled.eq(false),
                clients::managed_by_file.eq(false),
                clients::version.eq(clients::version + 1),
            );
            diesel::update(dropped).set(handed_over).execute(conn).await?;
            for row in rows {
                let upsert = diesel::insert_into(clients::table).values(&row).on_conflict(clients::id);
                upsert.do_update().set(&row).execute(conn).await?;
            }
            audit::add_all(conn, self.linker()?, entries).await
        })
    }
}

#[async_trait]
impl ClientStore for Sql {
    async fn list_clients(&self) -> Result<Vec<Client>, StoreError> {
        let rows = self.clients().await?;
        rows.into_iter().map(|row| row.read().ok_or(StoreError::Corrupt("client"))).collect()
    }

    async fn find_client(&self, id: &ClientId) -> Result<Option<Client>, StoreError> {
        let row = self.client(id).await?;
        row.map(|row| row.read().ok_or(StoreError::Corrupt("client"))).transpose()
    }

    async fn create_client(&self, client: &Client, audit: &[AuditEntry]) -> Result<(), StoreError> {
        self.add_client(ClientRow::new(client)?, audit).await.map_err(|failure| failure.creating("client"))
    }

    async fn update_client(&self, client: &Client, audit: &[AuditEntry]) -> Result<bool, StoreError> {
        Ok(unless_lost(self.put_client(ClientRow::new(client)?, audit).await)?.is_some())
    }

    async fn delete_client(
        &self,
        id: &ClientId,
        version: i64,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError> {
        Ok(unless_lost(self.drop_client(id.as_str(), version, audit).await)?.is_some())
    }

    async fn apply_file_clients(&self, clients: &[Client], audit: &[AuditEntry]) -> Result<(), StoreError> {
        let rows = clients.iter().map(ClientRow::new).collect::<Result<_, _>>()?;
        Ok(self.apply_clients(rows, audit).await?)
    }

    async fn spend_assertion(&self, assertion: &SecretHash, until: Timestamp) -> Result<bool, StoreError> {
        Ok(self.remember_assertion(assertion, until).await?)
    }

    async fn delete_spent_assertions(&self, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
        Ok(self.forget_assertions(now, limit).await?)
    }
}
