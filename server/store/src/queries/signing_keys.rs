//! Signing keys: few rows, read whole.

use super::schema::signing_keys;
use super::{Sql, audit};
use crate::error::Failure;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::audit::AuditEntry;
use saoma_core::signing::{Algorithm, SigningKey, SigningKeyStore};
use saoma_core::{StoreError, Timestamp};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys)]
struct KeyRow {
    kid: String,
    algorithm: String,
    serial: i64,
    private: String,
    public: String,
    created_at: i64,
    signs_from: i64,
}

impl KeyRow {
    fn key(self) -> Result<SigningKey, Failure> {
        Ok(SigningKey {
            algorithm: Algorithm::parse(&self.algorithm).ok_or(Failure::Corrupt("signing_keys"))?,
            kid: self.kid,
            serial: self.serial,
            private: self.private,
            public: self.public,
            created_at: Timestamp(self.created_at),
            signs_from: Timestamp(self.signs_from),
        })
    }
}

impl From<&SigningKey> for KeyRow {
    fn from(key: &SigningKey) -> Self {
        Self {
            kid: key.kid.clone(),
            algorithm: key.algorithm.as_str().to_owned(),
            serial: key.serial,
            private: key.private.clone(),
            public: key.public.clone(),
            created_at: key.created_at.0,
            signs_from: key.signs_from.0,
        }
    }
}

impl Sql {
    async fn signing_keys(&self) -> Result<Vec<SigningKey>, Failure> {
        let query = signing_keys::table
            .order((signing_keys::algorithm.asc(), signing_keys::serial.asc()))
            .select(KeyRow::as_select());
        let rows: Vec<KeyRow> = query.load(&mut self.reader().await?).await?;
        rows.into_iter().map(KeyRow::key).collect()
    }

    async fn add_signing_key(&self, key: &SigningKey, entry: &AuditEntry) -> Result<bool, Failure> {
        let row = KeyRow::from(key);
        write_tx!(self.writer().await?, |conn| {
            let insert = diesel::insert_into(signing_keys::table).values(row).on_conflict_do_nothing();
            let is_new = insert.execute(conn).await? == 1;
            if is_new {
                audit::add(conn, self.linker()?, entry).await?;
            }
            Ok(is_new)
        })
    }

    async fn remove_signing_key(&self, kid: &str, entry: &AuditEntry) -> Result<bool, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let was_there = diesel::delete(signing_keys::table.find(kid)).execute(conn).await? == 1;
            if was_there {
                audit::add(conn, self.linker()?, entry).await?;
            }
            Ok(was_there)
        })
    }
}

#[async_trait]
impl SigningKeyStore for Sql {
    async fn list_signing_keys(&self) -> Result<Vec<SigningKey>, StoreError> {
        Ok(self.signing_keys().await?)
    }

    async fn create_signing_key(&self, key: &SigningKey, audit: &AuditEntry) -> Result<bool, StoreError> {
        Ok(self.add_signing_key(key, audit).await?)
    }

    async fn delete_signing_key(&self, kid: &str, audit: &AuditEntry) -> Result<bool, StoreError> {
        Ok(self.remove_signing_key(kid, audit).await?)
    }
}
