//! Pushes that go wrong on demand, pushes made by hand, and the record of them all.

use hyper::Method;
use serde_json::{Value, json};

use super::server::*;
use crate::PushMode;
use crate::crypt::{Key, signature};
use crate::model::openid;
use crate::testing::*;

async fn rules(rig: &Rig, rules: Value) {
    assert_eq!(rig.control(Method::PUT, "/push_rules", &rules).await.status, 200);
}

async fn say(rig: &Rig, text: &str) -> Value {
    let body = json!({"person": "ming", "action": "say", "appid": SERVICE, "text": text});
    rig.act(&body).await.json()["push"].clone()
}

async fn pushes(rig: &Rig) -> Value {
    rig.get("/_sandbox/v1/pushes").await.json()["pushes"].clone()
}

async fn follower_rig(server: &Server, mode: PushMode) -> Rig {
    let rig = rig(server, mode).await;
    rig.sandbox.set_following(SERVICE, "ming", true);
    rig
}

fn contents(server: &Server) -> Vec<String> {
    server.all().iter().map(|pushed| Pushed::field(&pushed.body, "Content")).collect()
}

#[tokio::test]
async fn silence_and_errors_are_tried_again_with_the_same_body() {
    let server = Server::start(|pushed, number| match number {
        0 => Says::Nothing,
        1 => Says::Answer(502, String::new()),
        _ => Says::Answer(200, Pushed::text_reply(&pushed.body, "hi")),
    })
    .await;
    let rig = follower_rig(&server, PushMode::Plain).await;
    rules(&rig, json!({"deadline_ms": 150})).await;
    let push = say(&rig, "x").await;
    assert_eq!(push["reply"]["text"], "hi");
    assert_eq!(
        (&push["attempts"][0]["error"], &push["attempts"][1]["status"]),
        (&json!("timeout"), &json!(502))
    );
    let all = server.all();
    assert!(all.iter().all(|one| one.body == all[0].body && one.query == all[0].query));
    rules(&rig, json!({"deadline_ms": 150, "attempts": 1})).await;
    assert_eq!(say(&rig, "y").await["attempts"].as_array().unwrap().len(), 1);
    let record = &pushes(&rig).await[1];
    assert_eq!(
        (&record["event"], &record["state"], &record["mode"]),
        (&json!("text"), &json!("sent"), &json!("plain"))
    );
    assert_eq!((&record["reply_status"], record["attempts"].as_array().unwrap().len()), (&json!(200), 3));
    assert!(!record["url"].as_str().unwrap().contains('?'));
}

#[tokio::test]
async fn a_retry_may_be_signed_anew() {
    let server = Server::start(|_, _| Says::Answer(500, String::new())).await;
    let rig = follower_rig(&server, PushMode::Safe).await;
    rules(&rig, json!({"fresh_signatures": true})).await;
    assert_eq!(say(&rig, "x").await["reply"]["type"], "fault");
    let all = server.all();
    assert_eq!(all.len(), 3);
    assert!(all[0].query["nonce"] != all[1].query["nonce"] && all[0].body == all[1].body);
    assert_eq!(all[1].opened(), all[0].opened());
}

#[tokio::test]
async fn nobody_listens() {
    let server = Server::start(|_, _| success()).await;
    let rig = follower_rig(&server, PushMode::Plain).await;
    let mut app = account(&server, PushMode::Plain);
    app.push.as_mut().unwrap().url = "http://127.0.0.1:1/".parse().unwrap();
    rig.sandbox.register_app(app.clone());
    assert_eq!(say(&rig, "x").await["attempts"][2]["error"], "unreachable");
    app.push.as_mut().unwrap().url = "http://example.org/".parse().unwrap();
    rig.sandbox.register_app(app.clone());
    assert_eq!(say(&rig, "x").await["attempts"][0]["error"], "not_loopback");
    app.push.as_mut().unwrap().mode = PushMode::Safe;
    app.push.as_mut().unwrap().aes_key = None;
    rig.sandbox.register_app(app);
    assert_eq!(say(&rig, "x").await["reply"]["reason"], "the account has no usable EncodingAESKey");
}

#[tokio::test]
async fn duplicates_go_beside_and_show_once() {
    let server = Server::start(|pushed, _| Says::Answer(200, Pushed::text_reply(&pushed.body, "once"))).await;
    let rig = follower_rig(&server, PushMode::Plain).await;
    rules(&rig, json!({"duplicate": 4})).await;
    assert_eq!(say(&rig, "x").await["attempts"].as_array().unwrap().len(), 5);
    assert_eq!(server.all().len(), 5);
    assert_eq!(chat(&rig, "ming").await[0]["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn held_pushes_go_when_released_in_reverse_or_as_told() {
    let server = Server::start(|_, _| success()).await;
    let rig = follower_rig(&server, PushMode::Plain).await;
    rules(&rig, json!({"hold": true})).await;
    let mut ids = Vec::new();
    for text in ["a", "b", "c"] {
        let push = say(&rig, text).await;
        assert_eq!(push["held"], true);
        ids.push(push["id"].clone());
    }
    assert!(server.all().is_empty());
    assert_eq!(rig.get("/_sandbox/v1/push_rules").await.json()["held"], json!(ids));
    let released = rig.control(Method::POST, "/pushes/release", &json!({"order": [ids[1]]})).await.json();
    assert_eq!(released["pushes"][0]["id"], ids[1]);
    rig.send(Method::POST, "/_sandbox/v1/pushes/release", "").await;
    assert_eq!(contents(&server), ["b", "c", "a"]);
}

#[tokio::test]
async fn two_pushes_swap_and_one_is_lost() {
    let server = Server::start(|_, _| success()).await;
    let rig = follower_rig(&server, PushMode::Plain).await;
    rules(&rig, json!({"swap_next_two": true})).await;
    assert_eq!(say(&rig, "a").await["held"], true);
    assert_eq!(say(&rig, "b").await["reply"]["type"], "none");
    say(&rig, "c").await;
    assert_eq!(contents(&server), ["b", "a", "c"]);
    rules(&rig, json!({"drop": true})).await;
    assert_eq!(say(&rig, "d").await["dropped"], true);
    assert_eq!((server.all().len(), &pushes(&rig).await[0]["state"]), (3, &json!("dropped")));
    let refused = async |rules: Value| rig.control(Method::PUT, "/push_rules", &rules).await.code();
    assert_eq!(refused(json!({"attempts": 0})).await, "bad_rules");
    assert_eq!(refused(json!({"deadline": 1})).await, "bad_body");
}

#[tokio::test]
async fn a_push_by_hand_is_right_wherever_nothing_wrong_is_given() {
    let server = Server::start(|_, _| success()).await;
    let rig = rig(&server, PushMode::Safe).await;
    let send = async |mut body: Value| {
        body["appid"] = json!(SERVICE);
        rig.control(Method::POST, "/pushes", &body).await
    };
    let event = json!({"event": {"Event": "SCAN", "EventKey": "k", "CreateTime": 5}, "person": "ming"});
    let seen = send(event.clone()).await.json();
    assert_eq!(
        (&seen["answers"][0]["status"], &seen["answers"][0]["body"]),
        (&json!(200), &json!("success"))
    );
    let message = server.last().opened();
    let field = |name: &str| Pushed::field(&message, name);
    assert_eq!((field("FromUserName"), field("CreateTime")), (openid(SERVICE, "ming"), "5".to_owned()));
    assert_eq!(
        (field("MsgType"), field("Event"), field("EventKey")),
        ("event".into(), "SCAN".into(), "k".into())
    );

    let mut forged = event.clone();
    forged["timestamp"] = json!(7);
    forged["nonce"] = json!("n");
    forged["msg_signature"] = json!("bad");
    send(forged).await;
    let query = server.last().query;
    assert_eq!((query["timestamp"].as_str(), query["msg_signature"].as_str()), ("7", "bad"));
    assert_eq!(query["signature"], signature(&[TOKEN, "7", "n"]));
    send(json!({"xml": "<xml><A/></xml>", "mode": "plain"})).await;
    assert_eq!(server.last().body, "<xml><A/></xml>");
    assert!(!server.last().query.contains_key("encrypt_type"));
    send(json!({"xml": "<x>", "encrypt": "E", "body": "<!DOCTYPE a>"})).await;
    assert_eq!(server.last().body, "<!DOCTYPE a>");

    assert_eq!(send(json!({"xml": "<x/>", "event": {}})).await.code(), "bad_body");
    assert_eq!(send(json!({"xml": "<x/>", "aes_key": "short"})).await.code(), "no_aes_key");
    assert_eq!(
        send(json!({"xml": "<x/>", "url": "http://example.org"})).await.code(),
        "push_url_not_loopback"
    );
    let nowhere = rig.control(Method::POST, "/pushes", &json!({"appid": APPID, "xml": "<x/>"})).await;
    assert_eq!(nowhere.code(), "no_push_url");
}

#[tokio::test]
async fn a_hundred_at_once_and_a_replay() {
    let server = Server::start(|_, _| success()).await;
    let rig = rig(&server, PushMode::Safe).await;
    let body = json!({"appid": SERVICE, "event": {"Event": "SCAN"}, "person": "ming", "times": 100, "parallel": true});
    let seen = rig.control(Method::POST, "/pushes", &body).await.json();
    assert_eq!((seen["answers"].as_array().unwrap().len(), server.all().len()), (100, 100));
    let path = format!("/pushes/{}/replay", seen["id"]);
    rig.control(Method::POST, &path, &json!({"times": 2, "parallel": 2})).await;
    rig.control(Method::POST, &path, &json!({"fresh": true})).await;
    let all = server.all();
    assert_eq!((&all[101].query, &all[101].body), (&all[0].query, &all[0].body));
    assert!(all[102].query["nonce"] != all[0].query["nonce"] && all[102].body == all[0].body);
    assert_eq!(all[102].opened(), all[0].opened());
    let unknown = rig.control(Method::POST, "/pushes/999/replay", &json!({})).await;
    assert_eq!(unknown.code(), "unknown_push");
}

#[tokio::test]
async fn an_address_is_verified_by_its_echo() {
    let server = Server::start(|pushed, number| {
        let echo = pushed.query["echostr"].clone();
        Says::Answer(200, if number == 0 { echo } else { format!("\"{echo}\"") })
    })
    .await;
    let rig = rig(&server, PushMode::Safe).await;
    let verify = async || {
        rig.send(Method::POST, &format!("/_sandbox/v1/apps/{SERVICE}/push_verification"), "").await.json()
    };
    assert_eq!(verify().await["ok"], true);
    let query = server.last().query;
    assert!(
        server.last().method == Method::GET && query["echostr"].bytes().all(|byte| byte.is_ascii_digit())
    );
    assert_eq!(query["signature"], signature(&[TOKEN, &query["timestamp"], &query["nonce"]]));
    let quoted = verify().await;
    assert_eq!((&quoted["ok"], &quoted["status"]), (&json!(false), &json!(200)));
}

#[tokio::test]
async fn privacy_events_name_person_and_app_and_end_the_old_picture() {
    let server = Server::start(|_, _| success()).await;
    let rig = rig(&server, PushMode::Plain).await;
    let tell = async |event: &str| {
        let body = json!({"appid": SERVICE, "person": "ming", "event": event});
        rig.control(Method::POST, "/privacy", &body).await
    };
    let picture =
        rig.get("/_sandbox/v1/persons").await.json()["persons"][0]["avatar_url"].as_str().unwrap().to_owned();
    assert_eq!(rig.get(&picture).await.status, 200);
    assert_eq!(tell("user_info_modified").await.json()["push"]["reply"]["type"], "none");
    assert_eq!(rig.get(&picture).await.status, 404);
    tell("user_authorization_revoke").await;
    let body = server.last().body;
    let field = |name: &str| Pushed::field(&body, name);
    assert_eq!(
        (field("OpenID"), field("AppID"), field("RevokeInfo")),
        (openid(SERVICE, "ming"), SERVICE.into(), "301".into())
    );
    assert_eq!(tell("user_left").await.code(), "bad_body");
}

#[tokio::test]
async fn the_sandboxs_clock_dates_messages_and_signatures() {
    let server = Server::start(|_, _| success()).await;
    let rig = follower_rig(&server, PushMode::Plain).await;
    say(&rig, "a").await;
    rig.advance(86_400).await;
    say(&rig, "b").await;
    let all = server.all();
    let seconds = |text: &str| text.parse::<i64>().unwrap();
    let made = |pushed: &Pushed| seconds(&Pushed::field(&pushed.body, "CreateTime"));
    assert!((86_400..86_500).contains(&(made(&all[1]) - made(&all[0]))));
    assert!(
        (86_400..86_500)
            .contains(&(seconds(&all[1].query["timestamp"]) - seconds(&all[0].query["timestamp"])))
    );
}

#[tokio::test]
async fn push_settings_are_checked_when_an_app_is_put() {
    let rig = Rig::start().await;
    let put = async |push: Value| {
        let body = json!({"secret": SECRET, "name": "A", "kind": "service_account", "push": push});
        rig.control(Method::PUT, "/apps/wx9", &body).await
    };
    let good = json!({"url": "http://127.0.0.1:1/p", "token": "t", "aes_key": KEY, "mode": "safe"});
    assert_eq!(put(good.clone()).await.status, 204);
    let with = |field: &str, value: Value| {
        let mut push = good.clone();
        push[field] = value;
        push
    };
    assert_eq!(put(with("url", json!("https://127.0.0.1/p"))).await.code(), "push_url_not_loopback");
    assert_eq!(put(with("aes_key", json!(null))).await.code(), "no_aes_key");
    assert_eq!(put(with("aes_key_previous", json!("x"))).await.code(), "no_aes_key");
    assert_eq!(put(with("mode", json!("secret"))).await.code(), "bad_body");
    let apps = rig.get("/_sandbox/v1/apps").await;
    assert!(!apps.text().contains(KEY) && apps.text().contains("\"mode\":\"safe\""));
}

/// What a website that has chosen JSON is told: the same fields, the same sealing.
#[tokio::test]
async fn a_website_may_have_its_pushes_as_json() {
    let server = Server::start(|_, _| success()).await;
    let rig = rig(&server, PushMode::Safe).await;
    let push = json!({"url": server.base.join("/push").unwrap(), "token": TOKEN, "aes_key": KEY, "mode": "safe", "format": "json"});
    let website = json!({"secret": SECRET, "name": "Site", "kind": "website", "push": push});
    assert_eq!(rig.control(Method::PUT, &format!("/apps/{SERVICE}"), &website).await.status, 204);
    let event = json!({"appid": SERVICE, "person": "ming", "event": "user_authorization_revoke"});
    let told = rig.control(Method::POST, "/privacy", &event).await.json();
    assert_eq!(told["push"]["reply"]["type"], "none", "{told}");
    let pushed = server.last();
    assert_eq!(pushed.headers["content-type"], "application/json");
    let outer: Value = serde_json::from_str(&pushed.body).unwrap();
    let encrypt = outer["Encrypt"].as_str().unwrap();
    let (message, appid) = Key::parse(KEY).unwrap().decrypt(encrypt).unwrap();
    let message: Value = serde_json::from_str(&message).unwrap();
    assert_eq!((appid.as_str(), &message["Event"]), (SERVICE, &json!("user_authorization_revoke")));
    assert_eq!((&message["AppID"], &message["RevokeInfo"]), (&json!(SERVICE), &json!("301")));
}
