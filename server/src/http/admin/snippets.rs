//! The code a website needs, with its own values in it: for the page, and for the back end.

use crate::http::kit::script_tag;
use saoma_admin_ui::views::Snippet;
use saoma_core::client::{Client, ClientType};

/// The stack that knows OpenID Connect by itself.
pub(super) const LIBRARY: &str = "openid";

/// What is to be pasted where.
/// The secret stands in its place where it is known.
pub(super) fn snippets(client: &Client, secret: Option<&str>, public_url: &str, stack: &str) -> Vec<Snippet> {
    let redirect_uri = client.redirect_uris.first().map_or("", String::as_str);
    // Whoever has a library sends visitors to our own page, and needs nothing in theirs.
    let has_library = stack == LIBRARY && client.client_type == ClientType::Confidential;
    let page = Snippet { title: "page", code: page(client, public_url, redirect_uri) };
    let mut all = if has_library { Vec::new() } else { vec![page] };
    if client.client_type == ClientType::Confidential {
        all.push(Snippet {
            title: "env",
            code: settings(client, secret.unwrap_or("…"), public_url, redirect_uri),
        });
        all.push(Snippet { title: "backend", code: back_end(stack) });
    }
    all
}

fn page(client: &Client, public_url: &str, redirect_uri: &str) -> String {
    let tag = script_tag(public_url);
    let who = match client.client_type {
        ClientType::Confidential => "start-url=\"/login/start\"".to_owned(),
        ClientType::Public => format!("client-id=\"{}\" redirect-uri=\"{redirect_uri}\"", client.id),
    };
    format!("{tag}\n<saoma-login server=\"{public_url}\" {who}></saoma-login>\n")
}

fn settings(client: &Client, secret: &str, public_url: &str, redirect_uri: &str) -> String {
    format!(
        "SAOMA_URL={public_url}\nSAOMA_CLIENT_ID={}\nSAOMA_CLIENT_SECRET={secret}\nSAOMA_REDIRECT_URI={redirect_uri}\n",
        client.id
    )
}

fn back_end(stack: &str) -> String {
    match stack {
        "node" => include_str!("snippets/node.txt"),
        "php" => include_str!("snippets/php.txt"),
        "python" => include_str!("snippets/python.txt"),
        "go" => include_str!("snippets/go.txt"),
        LIBRARY => include_str!("snippets/openid.txt"),
        _ => include_str!("snippets/curl.txt"),
    }
    .to_owned()
}
