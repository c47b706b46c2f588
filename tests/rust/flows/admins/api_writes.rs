//! AUD-01: every operation of the admin API that writes leaves at least one row of the audit that names who
//! did it. An operation that is missing here fails.

use super::api_callers::{Held, enrolled, house, invited};
use reqwest::{Method, header};
use saoma_core::admin::Role;
use saoma_sandbox::Person;
use saoma_tests::admin::{Answer, answer, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{APP_SECRET, APPID, House};
use saoma_tests::relying_party::{SiteBrowser, usual_request};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What is sent without a body.
const NOTHING: Value = Value::Null;

/// Walks through the operations in an order in which each can be done.
struct Walk<'a> {
    db: &'a Database,
    owner: Held,
    done: BTreeSet<&'static str>,
}

impl Walk<'_> {
    async fn rows(&self) -> usize {
        let own = "SELECT id AS line FROM audit_events WHERE actor = 'admin' AND admin_id IS NOT NULL";
        self.db.lines(own).await.len()
    }

    /// Does it, with the version that is read at `of`.
    async fn step(
        &mut self,
        id: &'static str,
        (method, path): (Method, &str),
        body: &Value,
        of: Option<&str>,
    ) -> Answer {
        let version = match of {
            Some(of) => self.owner.ask(Method::GET, of, None).await.etag,
            None => String::new(),
        };
        let before = self.rows().await;
        let mut request = self.owner.browser.call(method, path, &self.owner.csrf);
        if of.is_some() {
            request = request.header(header::IF_MATCH, version);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        let told = answer(request).await;
        assert!(told.status.is_success(), "{id}: {} {}", told.status, told.json);
        assert!(self.rows().await > before, "{id} left no row");
        self.done.insert(id);
        told
    }
}

impl Walk<'_> {
    async fn user(&self, path: &str) -> Value {
        self.owner.ask(Method::GET, path, None).await.json["user"].clone()
    }

    async fn version(&self, path: &str) -> i64 {
        self.user(path).await["version"].as_i64().unwrap()
    }

    async fn identities(&self, path: &str) -> Vec<String> {
        let user = self.user(path).await;
        let all = user["identities"].as_array().unwrap().iter();
        all.map(|one| one["identity_id"].as_str().unwrap().to_owned()).collect()
    }

    async fn added(&self, path: &str, before: &[String]) -> String {
        self.identities(path).await.into_iter().find(|one| !before.contains(one)).unwrap()
    }

    /// What is done to people: two of whom a login ended halfway, merged, parted, deleted.
    async fn people(&mut self, house: &House) {
        use Method as M;
        let visitor = house.visitor();
        let (one, two) = (visitor.begin().await, visitor.begin().await);
        visitor.scan(&one, "ann").await;
        visitor.scan(&two, "bob").await;
        house.clock.as_ref().unwrap().advance_millis(301_000);
        // The proof is too old by now to delete anybody.
        self.owner = enrolled(house, &bootstrap(house).await, "late").await;
        assert_eq!(
            (visitor.stage(&one).await.as_str(), visitor.stage(&two).await.as_str()),
            ("expired", "expired")
        );
        let made = self.step("create_user", (M::POST, "/users"), &json!({ "login_id": one.id }), None).await;
        let ann = format!("/users/{}", made.json["user_id"].as_str().unwrap());
        let first = self.identities(&ann).await;
        let login = json!({ "login_id": two.id });
        self.step("link_login", (M::POST, &format!("{ann}/logins")), &login, Some(&ann)).await;
        let second = self.added(&ann, &first).await;
        self.step(
            "unlink_identity",
            (M::DELETE, &format!("{ann}/identities/{second}")),
            &NOTHING,
            Some(&ann),
        )
        .await;

        let bob_id = visitor.log_in("bob").await;
        let bob = format!("/users/{bob_id}");
        let body = json!({ "user_id": bob_id, "version": self.version(&bob).await });
        let merges = format!("{ann}/merges");
        let merged = self.step("merge_users", (M::POST, &merges), &body, Some(&ann)).await;
        let merge = format!("{merges}/{}", merged.json["merge_id"].as_str().unwrap());
        self.step("undo_merge", (M::DELETE, &merge), &NOTHING, Some(&ann)).await;
        let body = json!({ "user_id": bob_id, "version": self.version(&bob).await });
        self.step("merge_users", (M::POST, &merges), &body, Some(&ann)).await;
        house.sandbox.add_person(Person { nickname: String::new(), ..Person::new("cid", "CID") });
        let cid = format!("/users/{}", visitor.log_in("cid").await);
        let given = self.added(&ann, &first).await;
        let ann_id = ann.trim_start_matches("/users/");
        let body =
            json!({ "identity_id": given, "from_user_id": ann_id, "from_version": self.version(&ann).await });
        self.step("link_identity", (M::POST, &format!("{cid}/identities")), &body, Some(&cid)).await;

        let offer = "off_0000000000000000000001";
        let sql = format!(
            "INSERT INTO merge_offers (id, user_id, other_id, namespace, created_at) VALUES ('{offer}', '{ann_id}', '{ann_id}', 'wechat-union:main', 1)"
        );
        self.db.raw().await.execute(&sql).await.unwrap();
        self.step("dismiss_merge_offer", (M::DELETE, &format!("/merge-offers/{offer}")), &NOTHING, None)
            .await;
        let mut browsers = [SiteBrowser::new(house), SiteBrowser::new(house)];
        for browser in &mut browsers {
            browser.log_in(&usual_request(), "cid").await;
        }
        let sessions = format!("{cid}/sessions");
        let one = self.owner.ask(M::GET, &sessions, None).await.json["sessions"][0]["session_id"].clone();
        let one = format!("{sessions}/{}", one.as_str().unwrap());
        self.step("end_user_session", (M::DELETE, &one), &NOTHING, None).await;
        self.step("end_user_sessions", (M::DELETE, &sessions), &NOTHING, None).await;
        self.step("revoke_user_tokens", (M::POST, &format!("{ann}/revocations")), &json!({}), Some(&ann))
            .await;
        self.step("update_user", (M::PATCH, &ann), &json!({ "disabled": true }), Some(&ann)).await;
        self.step("delete_user", (M::DELETE, &ann), &NOTHING, Some(&ann)).await;
    }
}

/// The operations of the document that write: all that are no GET, and what leaves as a file.
fn writes() -> BTreeSet<String> {
    let document: Value = serde_json::from_str(&saoma::admin_document().unwrap()).unwrap();
    let methods = document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap());
    let ids = methods.filter_map(|(method, operation)| {
        let id = operation["operationId"].as_str().unwrap();
        // Looks, and changes nothing.
        let writes = (method != "get" || id.starts_with("export_")) && id != "verify_audit";
        writes.then(|| id.to_owned())
    });
    ids.collect()
}

every_database! {
    async fn aud_01_every_write_of_the_api_leaves_a_row(db: &Database) {
        let house = house(db).await;
        let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        drop(invited(&house, &owner, Role::Auditor, "bob").await);
        let admins = owner.ask(Method::GET, "/admins", None).await.json;
        let bob = admins["items"].as_array().unwrap().iter().find(|admin| admin["name"] == "bob").unwrap();
        let bob = format!("/admins/{}", bob["admin_id"].as_str().unwrap());
        let mut walk = Walk { db, owner, done: BTreeSet::new() };
        use Method as M;

        let client = json!({ "client_id": "mine", "name": "Mine", "type": "confidential" });
        walk.step("create_client", (M::POST, "/clients"), &client, None).await;
        walk.step("update_client", (M::PATCH, "/clients/mine"), &json!({ "name": "Ours" }), Some("/clients/mine")).await;
        let added = walk.step("add_client_secret", (M::POST, "/clients/mine/secrets"), &NOTHING, Some("/clients/mine")).await;
        let secret = format!("/clients/mine/secrets/{}", added.json["client"]["secrets"][0].as_str().unwrap());
        walk.step("remove_client_secret", (M::DELETE, &secret), &NOTHING, Some("/clients/mine")).await;
        walk.step("delete_client", (M::DELETE, "/clients/mine"), &NOTHING, Some("/clients/mine")).await;

        let base = house.sandbox.base();
        let way = json!({ "slug": "mine", "kind": "wechat_service_account", "config": {
            "appid": APPID, "secret": APP_SECRET, "push_token": "PushToken1", "push_mode": "plain", "api_base": base, "open_base": base,
        } });
        walk.step("create_provider", (M::POST, "/providers"), &way, None).await;
        walk.step("update_provider", (M::PATCH, "/providers/mine"), &json!({ "title": "Ours" }), Some("/providers/mine")).await;
        walk.step("hand_out_shared_secrets", (M::POST, "/providers/mine/shared-secrets"), &NOTHING, None).await;
        walk.step("delete_provider", (M::DELETE, "/providers/mine"), &NOTHING, Some("/providers/mine")).await;

        walk.step("invite_admin", (M::POST, "/invitations"), &json!({ "role": "auditor" }), None).await;
        let open = walk.owner.ask(M::GET, "/invitations", None).await.json["items"][0]["invitation_id"].clone();
        let open = format!("/invitations/{}", open.as_str().unwrap());
        walk.step("withdraw_invitation", (M::DELETE, &open), &NOTHING, None).await;
        walk.step("update_admin", (M::PATCH, &bob), &json!({ "role": "support" }), Some(&bob)).await;
        walk.step("renew_admin", (M::POST, &format!("{bob}/renewals")), &NOTHING, None).await;
        let token = json!({ "name": "t", "scope": ["clients.read"], "days": 1 });
        let token = walk.step("create_token", (M::POST, "/tokens"), &token, None).await;
        let token = format!("/tokens/{}", token.json["token"]["token_id"].as_str().unwrap());
        walk.step("revoke_token", (M::DELETE, &token), &NOTHING, None).await;

        walk.step("rotate_signing_key", (M::POST, "/keys/rotations"), &json!({ "algorithm": "ES256" }), None).await;
        walk.step("update_settings", (M::PATCH, "/settings"), &json!({ "session_hours": 9 }), Some("/settings")).await;
        walk.step("export_logins", (M::GET, "/logins/export?failed=true"), &NOTHING, None).await;
        walk.step("export_users", (M::GET, "/users/export?state=on"), &NOTHING, None).await;
        walk.step("export_audit", (M::GET, "/audit/export?format=jsonl"), &NOTHING, None).await;

        walk.step("probe_provider", (M::POST, "/providers/service/probe"), &json!({ "depth": "offline" }), None).await;
        let begun = walk.step("begin_rehearsal", (M::POST, "/providers/mini/rehearsals"), &json!({}), None).await;
        let cancel = format!("/providers/mini/rehearsals/{}/cancel", begun.json["login_id"].as_str().unwrap());
        walk.step("cancel_rehearsal", (M::POST, &cancel), &NOTHING, None).await;
        walk.people(&house).await;

        let done: BTreeSet<_> = walk.done.iter().map(|id| (*id).to_owned()).collect();
        assert_eq!(done, writes(), "this walk and openapi/admin.json name different operations");
        house.close().await;
    }
}
