//! What websites and ways to log in are called now: pages and answers show names beside ids.

use super::Admin;
use crate::login_files::Called;
use saoma_core::StoreError;
use saoma_core::admin::abilities::{ListProviders, ReadClients};
use saoma_core::admin::{Caller, Refusal};
use saoma_core::client::ClientId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Names by id, of what the caller may see.
#[derive(Debug, Default)]
pub(super) struct Names {
    clients: BTreeMap<String, String>,
    providers: BTreeMap<String, String>,
    ours: BTreeMap<&'static str, String>,
}

impl Names {
    /// As they are now; whoever may not see them gets none.
    pub(super) async fn load(admin: &Admin, caller: &Arc<Caller>) -> Result<Self, StoreError> {
        let now = admin.public.clock.now();
        let mut names = Self::default();
        let may_read: Result<_, Refusal> = caller.may::<ReadClients>(now);
        if let Ok(permit) = may_read {
            let clients = admin.clients.list(&permit).await?;
            names.clients = clients.into_iter().map(|client| (client.id.to_string(), client.name)).collect();
        }
        // What stands for Saoma itself is called as people read it.
        for id in ClientId::OURS {
            let shown = admin.public.logins.find_shown(id);
            names.ours.extend(shown.map(|client| (id, client.name.clone())));
        }
        let may_list: Result<_, Refusal> = caller.may::<ListProviders>(now);
        if let Ok(permit) = may_list {
            let shown = admin.providers.list(&permit).await?;
            let titled = shown.into_iter().map(|shown| (shown.record.slug.to_string(), shown.record.title));
            names.providers = titled.collect();
        }
        Ok(names)
    }

    pub(super) fn client(&self, id: &str) -> Option<&str> {
        self.clients.get(id).or_else(|| self.ours.get(id)).map(String::as_str)
    }

    pub(super) fn provider(&self, slug: &str) -> Option<&str> {
        self.providers.get(slug).map(String::as_str)
    }

    /// Websites to choose from: id and name, by name.
    pub(super) fn clients(&self) -> Vec<(&str, &str)> {
        by_name(&self.clients)
    }

    /// Ways to choose from, likewise.
    pub(super) fn providers(&self) -> Vec<(&str, &str)> {
        by_name(&self.providers)
    }
}

impl Called for Names {
    fn client(&self, id: &str) -> Option<&str> {
        Self::client(self, id)
    }

    fn provider(&self, slug: &str) -> Option<&str> {
        Self::provider(self, slug)
    }
}

fn by_name(names: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    let mut all: Vec<_> = names.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    all.sort_by_key(|(_, name)| name.to_lowercase());
    all
}
