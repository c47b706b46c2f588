//! A kind of login method as its module describes it: what it is, what it is configured with, how an
//! instance is made of checked settings. The rest is the same for all.

use crate::config;
use saoma_core::provider::{ConfigErrors, Descriptor, Instance, Provider, ProviderFactory};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;

/// Makes an instance of settings that the schema has let pass.
pub(crate) type Open<S> = fn(&Instance, S) -> Result<Arc<dyn Provider>, ConfigErrors>;

/// A kind whose settings are an `S`.
pub(crate) struct KindOf<S> {
    /// What it is.
    pub(crate) descriptor: Descriptor,
    /// What its settings may be.
    pub(crate) schema: Value,
    /// How an instance is made.
    pub(crate) open: Open<S>,
}

impl<S: DeserializeOwned> ProviderFactory for KindOf<S> {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    fn config_schema(&self) -> &Value {
        &self.schema
    }

    fn open(&self, instance: &Instance, config: &Value) -> Result<Arc<dyn Provider>, ConfigErrors> {
        (self.open)(instance, config::read(&self.schema, config)?)
    }
}
