//! Every operation of the admin API, tried by everybody: nobody, each role, tokens of every scope, and
//! those who only reach other Clients (ADM-09, ADM-10). An operation that is missing here fails.

use super::api_callers::{Callers, Held, Who, enrolled, house, invited};
use reqwest::{Method, StatusCode, header};
use saoma_core::admin::{About, Role, abilities};
use saoma_tests::admin::{AdminBrowser, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const ALL: &[Role] = &Role::ALL;
const OWNER: &[Role] = &[Role::Owner];
const OPERATORS: &[Role] = &[Role::Owner, Role::Operator];
const READERS: &[Role] = &[Role::Owner, Role::Operator, Role::Auditor];
const SUPPORTERS: &[Role] = &[Role::Owner, Role::Operator, Role::Support, Role::Auditor];
const HELPERS: &[Role] = &[Role::Owner, Role::Operator, Role::Support];
const AUDITORS: &[Role] = &[Role::Owner, Role::Auditor];
const EXPORTERS: &[Role] = &[Role::Owner, Role::Operator, Role::ClientManager, Role::Auditor];
const MANAGERS: &[Role] = &[Role::Owner, Role::Operator, Role::ClientManager];

/// One operation: who may, with a token of which scope, after a fresh proof only, about one Client.
struct Line {
    id: &'static str,
    roles: &'static [Role],
    scope: &'static str,
    fresh: bool,
    body: Option<Value>,
}

fn line(id: &'static str, roles: &'static [Role], scope: &'static str) -> Line {
    Line { id, roles, scope, fresh: false, body: None }
}

impl Line {
    fn fresh(self) -> Self {
        Self { fresh: true, ..self }
    }

    fn with(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }
}

/// The table. Bodies are such that whoever may is not refused for another reason than a thing that is not
/// there: what is asked for is `missing`, so nothing changes.
fn table() -> Vec<Line> {
    vec![
        line("list_clients", ALL, "clients.read"),
        line("read_client", ALL, "clients.read"),
        line("create_client", OPERATORS, "clients.create").fresh().with(json!({
            "client_id": "no such id", "name": "x", "type": "public",
        })),
        line("update_client", MANAGERS, "clients.edit").with(json!({})),
        line("delete_client", OPERATORS, "clients.create").fresh(),
        line("add_client_secret", MANAGERS, "clients.secrets").fresh(),
        line("remove_client_secret", MANAGERS, "clients.secrets").fresh(),
        line("list_provider_kinds", ALL, "providers.list"),
        line("list_providers", ALL, "providers.list"),
        line("read_provider", READERS, "providers.read"),
        line("create_provider", OPERATORS, "providers.edit").fresh().with(json!({
            "slug": "missing", "kind": "missing", "config": {},
        })),
        line("update_provider", OPERATORS, "providers.edit").fresh().with(json!({})),
        line("delete_provider", OPERATORS, "providers.edit").fresh(),
        line("hand_out_shared_secrets", OPERATORS, "providers.edit").fresh(),
        line("probe_provider", OPERATORS, "providers.probe").with(json!({ "depth": "offline" })),
        line("begin_rehearsal", OPERATORS, "providers.probe").with(json!({})),
        line("read_rehearsal", OPERATORS, "providers.probe"),
        line("cancel_rehearsal", OPERATORS, "providers.probe"),
        line("list_users", SUPPORTERS, "users.read"),
        line("read_user", SUPPORTERS, "users.read"),
        line("create_user", HELPERS, "users.link").fresh().with(json!({ "login_id": "missing" })),
        line("update_user", HELPERS, "users.edit").with(json!({ "disabled": true })),
        line("delete_user", OPERATORS, "users.delete").fresh(),
        line("revoke_user_tokens", HELPERS, "users.edit").with(json!({})),
        line("unlink_identity", HELPERS, "users.edit"),
        line("link_identity", HELPERS, "users.link").fresh().with(json!({
            "identity_id": "missing", "from_user_id": "missing", "from_version": 1,
        })),
        line("link_login", HELPERS, "users.link").fresh().with(json!({ "login_id": "missing" })),
        line("merge_users", HELPERS, "users.link")
            .fresh()
            .with(json!({ "user_id": "missing", "version": 1 })),
        line("undo_merge", HELPERS, "users.link").fresh(),
        line("list_merge_offers", SUPPORTERS, "users.read"),
        line("dismiss_merge_offer", HELPERS, "users.edit"),
        line("list_audit", READERS, "audit.read"),
        line("read_audit_event", READERS, "audit.read"),
        line("verify_audit", READERS, "audit.read"),
        line("export_audit", AUDITORS, "audit.export").fresh(),
        line("read_settings", READERS, "settings.read"),
        line("read_sizes", READERS, "settings.read"),
        line("update_settings", OWNER, "settings.edit").fresh().with(json!({})),
        line("list_user_sessions", SUPPORTERS, "users.read"),
        line("end_user_session", HELPERS, "users.edit"),
        line("end_user_sessions", HELPERS, "users.edit"),
        line("list_user_consents", SUPPORTERS, "users.read"),
        line("list_signing_keys", READERS, "keys.read"),
        line("rotate_signing_key", OWNER, "keys.rotate").fresh().with(json!({ "algorithm": "none" })),
        line("list_logins", ALL, "logins.read"),
        line("read_login", ALL, "logins.read"),
        line("export_users", READERS, "users.export").fresh(),
        line("export_logins", EXPORTERS, "logins.export").fresh(),
        line("follow_logins", ALL, "logins.read"),
        line("read_statistics", ALL, "statistics.read"),
        line("read_overview", ALL, "statistics.read"),
        line("list_admins", READERS, "admins.read"),
        line("read_admin", READERS, "admins.read"),
        line("update_admin", OWNER, "admins.edit").fresh().with(json!({})),
        line("renew_admin", OWNER, "admins.edit").fresh(),
        line("invite_admin", OWNER, "admins.edit").fresh().with(json!({
            "role": "client_manager", "clients": ["no such id"],
        })),
        line("list_invitations", READERS, "admins.read"),
        line("withdraw_invitation", OWNER, "admins.edit").fresh(),
        line("list_tokens", READERS, "admins.read"),
        line("create_token", OWNER, "tokens.edit").fresh().with(json!({
            "name": "", "scope": [], "days": 0,
        })),
        line("revoke_token", OWNER, "tokens.edit").fresh(),
    ]
}

fn document() -> Value {
    serde_json::from_str(&saoma::admin_document().unwrap()).unwrap()
}

/// Every operation of the document: its method and an address at which nothing is.
fn operations() -> BTreeMap<String, (Method, String)> {
    let document = document();
    let variable = regex::Regex::new(r"\{[^}]+\}").unwrap();
    let mut found = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let address = variable.replace_all(path, "missing").into_owned();
            assert!(found.insert(id.clone(), (method, address)).is_none(), "{id} twice");
        }
    }
    found
}

#[test]
fn adm_09_every_operation_is_in_the_table_and_every_ability_has_one() {
    let known: BTreeSet<_> = table().iter().map(|line| line.id.to_owned()).collect();
    let all: BTreeSet<_> = operations().into_keys().collect();
    assert_eq!(known, all, "the table of this test and openapi/admin.json name different operations");
    let document = document();
    for methods in document["paths"].as_object().unwrap().values() {
        for operation in methods.as_object().unwrap().values() {
            let line = table().into_iter().find(|line| operation["operationId"] == line.id).unwrap();
            assert_eq!(operation["x-ability"], line.scope, "{}", line.id);
            assert_eq!(operation["x-fresh"], line.fresh, "{}", line.id);
        }
    }
}

/// Whether somebody was let in: what they asked for is not there, or not acceptable, or there.
fn let_in(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::OK
            | StatusCode::NOT_FOUND
            | StatusCode::UNPROCESSABLE_ENTITY
            | StatusCode::PRECONDITION_FAILED
    )
}

/// Somebody whose reach is the website `own`: a manager in person, or a program with every scope about websites.
enum Elsewhere {
    Manager(Held),
    Program(AdminBrowser, String),
}

impl Elsewhere {
    fn request(&self, method: &Method, path: &str) -> reqwest::RequestBuilder {
        match self {
            Self::Manager(held) => {
                held.browser.call(method.clone(), path.strip_prefix("/admin/api/v1").unwrap(), &held.csrf)
            }
            Self::Program(bare, secret) => bare.request(method.clone(), path).bearer_auth(secret),
        }
    }
}

/// Whatever is about websites, with the ids of somebody else's put in.
fn about_another(fingerprint: &str, login: &str) -> Vec<(Line, Method, String, bool)> {
    let document = document();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let rule = abilities::TABLE.iter().find(|rule| operation["x-ability"] == rule.name).unwrap();
            // The newest logins never end; they are in the tests of logins.
            if rule.about != About::Clients || operation["operationId"] == "follow_logins" {
                continue;
            }
            let line = table().into_iter().find(|line| operation["operationId"] == line.id).unwrap();
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let address = path
                .replace("{client_id}", "other")
                .replace("{fingerprint}", fingerprint)
                .replace("{login_id}", login);
            assert!(!address.contains('{'), "{address}: say what stands there");
            found.push((line, method, address, path.contains('{')));
        }
    }
    found
}

every_database! {
    async fn adm_09_no_operation_reaches_somebody_elses_website(db: &Database) {
        let house = house(db).await;
        let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let website = |id: &str| json!({ "client_id": id, "name": id.repeat(7), "type": "confidential", "providers": ["mini"] });
        assert_eq!(owner.ask(Method::POST, "/clients", Some(&website("own"))).await.status, StatusCode::CREATED);
        let other = owner.ask(Method::POST, "/clients", Some(&website("other"))).await.json;
        let login = house.visitor().begin().await.id;
        let manager = invited(&house, &owner, Role::ClientManager, "max").await;
        let scope = abilities::TABLE.iter().filter(|rule| rule.about == About::Clients).map(|rule| rule.name);
        let body = json!({ "name": "elsewhere", "scope": scope.collect::<Vec<_>>(), "clients": ["own"], "days": 1 });
        let token = owner.ask(Method::POST, "/tokens", Some(&body)).await;
        let secret = token.json["secret"].as_str().unwrap().to_owned();
        let rows = "SELECT id || version || name || secret_hashes || redirect_uris AS line FROM clients ORDER BY id";
        let before = db.lines(rows).await;
        for who in [Elsewhere::Manager(manager), Elsewhere::Program(AdminBrowser::new(&house), secret)] {
            for (line, method, path, is_one) in about_another(other["client"]["secrets"][0].as_str().unwrap(), &login) {
                let mut request = who.request(&method, &path).header(header::IF_MATCH, "\"1\"");
                if let Some(body) = &line.body {
                    request = request.json(body);
                }
                let answer = request.send().await.unwrap();
                let (status, text) = (answer.status(), answer.text().await.unwrap());
                if is_one {
                    assert_eq!(status, StatusCode::NOT_FOUND, "{}: {text}", line.id);
                } else {
                    assert_eq!(status, StatusCode::OK, "{}: {text}", line.id);
                    assert!(!text.contains("otherotherother") && !text.contains(&login), "{}: {text}", line.id);
                }
            }
        }
        assert_eq!(db.lines(rows).await, before);
        house.close().await;
    }

    async fn adm_09_and_adm_10_everybody_may_what_the_table_says_and_nothing_else(db: &Database) {
        let callers = Callers::new(db).await;
        let operations = operations();
        for line in table() {
            let (method, path) = &operations[line.id];
            let ask = |who| callers.ask(who, method, path, line.body.as_ref());
            let (status, code) = ask(Who::Nobody).await;
            assert_eq!((status, code.as_str()), (StatusCode::UNAUTHORIZED, "credential_required"), "{}", line.id);
            for role in Role::ALL {
                let (status, code) = ask(Who::Session(role)).await;
                let may = line.roles.contains(&role);
                assert_eq!(let_in(status), may, "{} as {role:?}: {status} {code}", line.id);
                assert!(may || code == "forbidden", "{} as {role:?}: {status} {code}", line.id);
                let (status, code) = ask(Who::Stale(role)).await;
                let expected = may && !line.fresh;
                assert_eq!(let_in(status), expected, "{} as an old {role:?}: {status} {code}", line.id);
                assert!(!may || expected || code == "proof_required", "{}: {code}", line.id);
            }
            for rule in abilities::TABLE.iter().filter(|rule| callers.has_token(rule.name)) {
                let (status, code) = ask(Who::Token(rule.name)).await;
                assert_eq!(let_in(status), rule.name == line.scope, "{} by {}: {status} {code}", line.id, rule.name);
                assert!(rule.name == line.scope || code == "forbidden", "{}: {status} {code}", line.id);
            }
        }
        callers.close().await;
    }
}
