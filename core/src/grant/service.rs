//! Who is behind an access token.

use super::{GrantStore, UserInfo};
use crate::client::{Client, ClientDirectory};
use crate::{Clock, SecretHash, StoreError};
use std::sync::Arc;

/// Why nothing is told.
#[derive(Debug, thiserror::Error)]
pub enum UserInfoError {
    /// Unknown, ended or revoked: one answer for all (RFC 6750 section 3.1).
    #[error("the access token is not valid")]
    InvalidToken,
    /// The store could not be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Answers the userinfo endpoint.
pub struct UserInfoService {
    store: Arc<dyn GrantStore>,
    clients: Arc<ClientDirectory>,
    clock: Arc<dyn Clock>,
}

impl UserInfoService {
    /// A service over these parts.
    pub fn new(store: Arc<dyn GrantStore>, clients: Arc<ClientDirectory>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clients, clock }
    }

    /// Whom this token stands for, and who was given it. A Client that was switched off learns nothing more.
    pub async fn find(&self, token: &str) -> Result<(Arc<Client>, UserInfo), UserInfoError> {
        let found = self.store.find_user_by_token(&SecretHash::of(token), self.clock.now()).await?;
        let user = found.ok_or(UserInfoError::InvalidToken)?;
        let client = self.clients.find(&user.client).ok_or(UserInfoError::InvalidToken)?;
        Ok((client, user))
    }
}
