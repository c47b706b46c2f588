//! The login plugins: what a vendor's messages mean, and nothing else.
//!
//! No HTTP client, no clock and no randomness live here; a plugin asks its host. `catalogue` is
//! the only list of kinds.

pub mod config;
mod fault;
mod kind;
pub mod wechat;

pub use fault::Fault;

use saoma_core::provider::ProviderFactory;
use std::sync::Arc;

/// Every kind of login method there is.
pub fn catalogue() -> Vec<Arc<dyn ProviderFactory>> {
    vec![
        Arc::new(wechat::mini_program::kind()),
        Arc::new(wechat::service_account::kind()),
        Arc::new(wechat::open_platform::kind()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn kinds_have_different_names_and_compilable_schemas() {
        let all = catalogue();
        let names: BTreeSet<_> = all.iter().map(|factory| factory.descriptor().kind).collect();
        assert_eq!(names.len(), all.len());
        for factory in &all {
            assert!(
                jsonschema::validator_for(factory.config_schema()).is_ok(),
                "{}",
                factory.descriptor().kind
            );
        }
    }

    #[test]
    fn every_setting_has_labels_in_both_languages_and_a_place() {
        for factory in catalogue() {
            for (name, setting) in factory.config_schema()["properties"].as_object().unwrap() {
                let ui = &setting["x-ui"];
                assert!(
                    ui["order"].is_u64() && ui["group"].is_string() && ui["widget"].is_string(),
                    "{name}"
                );
                for text in ["label", "help"] {
                    for language in ["en", "zh"] {
                        assert!(ui[text][language].as_str().is_some_and(|t| !t.is_empty()), "{name} {text}");
                    }
                }
            }
        }
    }
}
