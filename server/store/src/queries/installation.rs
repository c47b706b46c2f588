//! The one row about the installation, and whether the schema is ours.

use super::Sql;
use super::schema::{__diesel_schema_migrations as applied, installation, kept_secrets};
use crate::error::Failure;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::StoreError;
use saoma_core::installation::InstallationStore;

const THE_ONE: i32 = 1;

impl Sql {
    async fn key_id(&self) -> Result<Option<String>, Failure> {
        let query = installation::table.find(THE_ONE).select(installation::key_id);
        Ok(query.get_result(&mut self.reader().await?).await.optional()?)
    }

    async fn put_key_id(&self, key_id: &str) -> Result<(), Failure> {
        let row = (installation::id.eq(THE_ONE), installation::key_id.eq(key_id));
        write_tx!(self.single().await?, |conn| {
            diesel::insert_into(installation::table).values(row).execute(conn).await?;
            Ok(())
        })
    }

    async fn kept_secret(&self, name: &str) -> Result<Option<String>, Failure> {
        let query = kept_secrets::table.find(name).select(kept_secrets::sealed);
        Ok(query.get_result(&mut self.reader().await?).await.optional()?)
    }

    async fn keep_secret(&self, name: &str, sealed: &str) -> Result<(), Failure> {
        let row = (kept_secrets::name.eq(name), kept_secrets::sealed.eq(sealed));
        write_tx!(self.single().await?, |conn| {
            diesel::insert_into(kept_secrets::table).values(row).execute(conn).await?;
            Ok(())
        })
    }

    async fn applied(&self) -> Result<Vec<String>, Failure> {
        Ok(applied::table.select(applied::version).load(&mut self.reader().await?).await?)
    }
}

#[async_trait]
impl InstallationStore for Sql {
    async fn find_key_id(&self) -> Result<Option<String>, StoreError> {
        Ok(self.key_id().await?)
    }

    async fn create_key_id(&self, key_id: &str) -> Result<(), StoreError> {
        self.put_key_id(key_id).await.map_err(|failure| failure.creating("key id"))
    }

    async fn find_secret(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(self.kept_secret(name).await?)
    }

    async fn create_secret(&self, name: &str, sealed: &str) -> Result<(), StoreError> {
        self.keep_secret(name, sealed).await.map_err(|failure| failure.creating("secret"))
    }

    async fn has_own_schema(&self) -> Result<bool, StoreError> {
        let mut versions = self.applied().await?;
        versions.sort_unstable();
        Ok(versions == self.migrations)
    }
}
