//! The opponent's process: npm's `oidc-provider`, as `opponent.mjs` sets it up.

use super::{CODES, Given, SCOPE};
use crate::node::{node, root};
use crate::rounds::WORKERS;
use saoma_tests::house::{CLIENT, CLIENT_SECRET, REDIRECT_URI};
use saoma_tests::visitor::CHALLENGE;
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// Its folder.
const FOLDER: &str = "tests/bench/openid";
/// The Node.js that it wants.
const LEAST: &str = "22.0";

/// The process; it goes with this value.
pub struct Opponent {
    child: Child,
    /// `host:port`.
    pub host: String,
    /// Versions.
    pub about: String,
    pub(super) given: Given,
}

/// What it says.
#[derive(Deserialize)]
struct Said {
    address: String,
    version: String,
    node: String,
    access_token: String,
    codes: Vec<String>,
    refresh_tokens: Vec<String>,
}

impl Opponent {
    /// Starts it with the person of these claims; or why not.
    pub fn start(claims: &Value) -> Result<Self, String> {
        let plan = json!({
            "client_id": CLIENT, "client_secret": CLIENT_SECRET, "redirect_uri": REDIRECT_URI,
            "code_challenge": CHALLENGE, "claims": claims, "scope": SCOPE,
            "codes": CODES, "refresh_tokens": WORKERS,
        });
        let mut child = Command::new(node(LEAST, FOLDER)?)
            .arg(root().join(FOLDER).join("opponent.mjs"))
            .arg(plan.to_string())
            .env("NODE_ENV", "production")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).map_err(|e| e.to_string())?;
        let said: Said = serde_json::from_str(&line).map_err(|_| "it did not start".to_owned())?;
        Ok(Self {
            child,
            host: said.address,
            about: format!("oidc-provider {}, Node {}", said.version, said.node),
            given: Given {
                access_token: said.access_token,
                codes: said.codes,
                refresh_tokens: said.refresh_tokens,
            },
        })
    }

    /// Its pid.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Opponent {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
