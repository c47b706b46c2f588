//! The websites that log people in here.

use crate::View;
use serde::Serialize;

/// A Client.
#[derive(Debug, Clone, Serialize)]
pub struct WebsiteLine {
    /// Its id.
    pub client_id: String,
    /// What visitors read.
    pub name: String,
    /// Whether it may begin Logins.
    pub enabled: bool,
    /// Whether the configuration file owns it.
    pub managed_by_file: bool,
    /// Its Providers, by slug.
    pub providers: Vec<String>,
    /// Its first origin.
    pub origin: Option<String>,
}

/// See the module.
#[derive(Debug, Clone, Serialize)]
pub struct Websites {
    /// In order of their names.
    pub websites: Vec<WebsiteLine>,
}

impl View for Websites {
    const NAME: &'static str = "websites";

    fn samples() -> Vec<Self> {
        let line = WebsiteLine {
            client_id: "shop".to_owned(),
            name: "Shop <b>".to_owned(),
            enabled: true,
            managed_by_file: true,
            providers: vec!["mini".to_owned()],
            origin: Some("https://shop.example".to_owned()),
        };
        let off = WebsiteLine { enabled: false, managed_by_file: false, origin: None, ..line.clone() };
        vec![Self { websites: Vec::new() }, Self { websites: vec![line, off] }]
    }
}
