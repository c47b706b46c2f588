//! The pages' own addresses, read from where they are put together, so that none is forgotten: which take a
//! form, which only show, and who may go there.

use saoma_core::admin::{Rule, abilities};

const SOURCE: &str = include_str!("../../../../server/src/http/admin/mod.rs");
/// Ids of the right shape of nothing there is.
const USER: &str = "usr_0000000000000000000000";
const LOGIN: &str = "lgn_0000000000000000000000";

/// An address with its variables filled in.
pub(super) struct Address {
    pub(super) pattern: &'static str,
    pub(super) path: String,
    pub(super) gets: bool,
    pub(super) posts: bool,
}

/// All of them.
pub(super) fn addresses() -> Vec<Address> {
    let lines = SOURCE.lines().filter_map(|line| line.trim().strip_prefix(".at(\""));
    let addresses: Vec<_> = lines
        .map(|line| {
            let (pattern, takes) = line.split_once('"').unwrap();
            Address {
                pattern,
                path: filled(pattern),
                gets: takes.contains("get("),
                posts: takes.contains("post("),
            }
        })
        .collect();
    assert!(addresses.len() > 60, "the source does not look as it did");
    addresses
}

fn filled(pattern: &str) -> String {
    let segment = |segment: &str| match segment {
        ":user_id" => USER.to_owned(),
        ":login" => LOGIN.to_owned(),
        ":client_id" => "gone".to_owned(),
        ":slug" => "gone".to_owned(),
        ":name" => "admin.css".to_owned(),
        ":link" | ":id" => "x".to_owned(),
        plain => {
            assert!(!plain.starts_with(':'), "{plain}: say what stands there");
            plain.to_owned()
        }
    };
    pattern.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// Where everybody may go who is inside, and those outside who are to come in.
const OPEN: [&str; 4] = ["/healthz", "/readyz", "/static/:name", "/language"];
const DOOR: [&str; 7] = ["/log-in", "/log-out", "/prove", "/enrol", "/account", "/account/", "/shown/"];

/// What it takes to see this page; none where it takes nothing but being there.
pub(super) fn to_see(pattern: &str) -> Option<&'static Rule> {
    rule(
        pattern,
        match pattern {
            "/" | "/statistics" => "statistics.read",
            "/logins" | "/logins/:login" | "/events/logins" => "logins.read",
            "/logins/export" => "logins.export",
            "/websites" | "/websites/:client_id" | "/websites/:client_id/logo" => "clients.read",
            "/websites/new" => "clients.create",
            "/providers" | "/providers/:slug" => "providers.read",
            "/providers/new" => "providers.edit",
            "/users" | "/users/offers" | "/users/:user_id" => "users.read",
            "/users/export" => "users.export",
            "/users/admit" | "/users/:user_id/merge" => "users.link",
            "/admins" | "/tokens" => "admins.read",
            "/audit" => "audit.read",
            "/audit/export" => "audit.export",
            "/settings" => "settings.read",
            "/keys" => "keys.read",
            _ if pattern.starts_with("/providers/:slug/doctor") => "providers.probe",
            other => other,
        },
    )
}

/// What it takes to send a form there.
pub(super) fn to_send(pattern: &str) -> Option<&'static Rule> {
    rule(
        pattern,
        match pattern {
            "/websites/new" | "/websites/:client_id/delete" => "clients.create",
            "/websites/:client_id/look"
            | "/websites/:client_id/logo"
            | "/websites/:client_id/logo/remove" => "clients.edit",
            "/websites/:client_id/wiring"
            | "/websites/:client_id/openid"
            | "/websites/:client_id/told"
            | "/websites/:client_id/keys" => "clients.rewire",
            "/websites/:client_id/secrets/add" | "/websites/:client_id/secrets/remove" => "clients.secrets",
            "/providers/new" | "/providers/:slug" | "/providers/:slug/shared" | "/providers/:slug/delete" => {
                "providers.edit"
            }
            "/users/offers"
            | "/users/:user_id/switch"
            | "/users/:user_id/revoke"
            | "/users/:user_id/sessions/end"
            | "/users/:user_id/unlink" => "users.edit",
            "/users/admit" | "/users/:user_id/link" | "/users/:user_id/undo" | "/users/:user_id/merge" => {
                "users.link"
            }
            "/users/:user_id/delete" => "users.delete",
            "/admins/invite" | "/admins/renew" | "/admins/withdraw" | "/admins/appoint"
            | "/admins/switch" => "admins.edit",
            "/tokens" | "/tokens/revoke" => "tokens.edit",
            "/audit/verify" => "audit.read",
            "/settings" => "settings.edit",
            "/keys/rotate" => "keys.rotate",
            _ if pattern.starts_with("/providers/:slug/doctor") => "providers.probe",
            other => other,
        },
    )
}

fn rule(pattern: &str, name: &str) -> Option<&'static Rule> {
    if OPEN.contains(&pattern) || DOOR.iter().any(|door| pattern.starts_with(door)) {
        return None;
    }
    let rule = abilities::TABLE.iter().find(|rule| rule.name == name);
    Some(rule.unwrap_or_else(|| panic!("{pattern}: who may go there?")))
}
