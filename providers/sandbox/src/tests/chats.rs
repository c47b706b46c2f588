//! A person and a service account: scan, follow, talk, leave, and what the chat shows of the answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::Method;
use serde_json::json;

use super::server::*;
use crate::PushMode;
use crate::model::{openid, original_id};
use crate::testing::*;

#[tokio::test]
async fn a_followers_scan_is_pushed_encrypted_and_the_answer_stands_in_the_chat() {
    let server = Server::start(|pushed, _| {
        let content = "确认登录 <a href=\"http://127.0.0.1:1/confirm/x\">点这里</a>";
        Says::Answer(200, sealed(&Pushed::text_reply(&pushed.opened(), content)))
    })
    .await;
    let rig = rig(&server, PushMode::Safe).await;
    rig.sandbox.set_following(SERVICE, "ming", true);
    let made = code(&rig, "scene-1").await;
    let seen = scan(&rig, "ming", &made["url"]).await;
    let told = seen.json();
    assert_eq!(
        (&told["kind"], &told["following"], &told["app_name"]),
        (&json!("service_account"), &json!(true), &json!("扫码公众号"))
    );
    assert_eq!(told["push"]["attempts"][0]["status"], 200);
    let link = json!({"text": "点这里", "url": "http://127.0.0.1:1/confirm/x"});
    assert_eq!(told["push"]["reply"], json!({"type": "text", "text": "确认登录 点这里", "links": [link]}));

    let pushed = server.last();
    assert_eq!(
        (&pushed.method, pushed.headers["user-agent"].as_bytes()),
        (&Method::POST, b"Mozilla/4.0".as_slice())
    );
    assert_eq!(pushed.headers["content-type"], "text/xml");
    assert_eq!(
        (pushed.query["encrypt_type"].as_str(), pushed.query["openid"].as_str()),
        ("aes", openid(SERVICE, "ming").as_str())
    );
    let message = pushed.opened();
    let field = |name: &str| Pushed::field(&message, name);
    assert_eq!((field("Event"), field("EventKey")), ("SCAN".to_owned(), "scene-1".to_owned()));
    assert_eq!(
        (field("ToUserName"), field("Ticket")),
        (original_id(SERVICE), made["ticket"].as_str().unwrap().to_owned())
    );
    assert!(!pushed.body.contains("FromUserName") && field("MsgId").is_empty());

    let chats = chat(&rig, "ming").await;
    assert_eq!((&chats[0]["appid"], &chats[0]["following"]), (&json!(SERVICE), &json!(true)));
    assert_eq!(
        (&chats[0]["messages"][0]["from"], &chats[0]["messages"][0]["links"]),
        (&json!("account"), &json!([link]))
    );
    assert_eq!(chat(&rig, "hong").await, json!([]));
}

#[tokio::test]
async fn a_stranger_is_told_of_only_when_they_follow() {
    let server = Server::start(|_, _| success()).await;
    let rig = rig(&server, PushMode::Plain).await;
    let made = code(&rig, "qrscene_a").await;
    let told = scan(&rig, "ming", &made["url"]).await.json();
    assert!(told["following"] == false && told.get("push").is_none() && server.all().is_empty());
    let act =
        async |action: &str| rig.act(&json!({"person": "ming", "action": action, "appid": SERVICE})).await;
    let told = act("follow").await.json();
    assert_eq!((&told["following"], &told["push"]["reply"]["type"]), (&json!(true), &json!("none")));
    let body = server.last().body;
    let field = |name: &str| Pushed::field(&body, name);
    assert_eq!((field("Event"), field("EventKey")), ("subscribe".to_owned(), "qrscene_qrscene_a".to_owned()));
    assert_eq!(field("Ticket"), made["ticket"].as_str().unwrap());
    assert_eq!(act("follow").await.code(), "already_following");

    act("unfollow").await;
    assert_eq!(Pushed::field(&server.last().body, "Event"), "unsubscribe");
    assert_eq!(act("unfollow").await.code(), "not_following");
    act("follow").await;
    let body = server.last().body;
    assert!(Pushed::field(&body, "EventKey").is_empty() && !body.contains("Ticket"));
}

#[tokio::test]
async fn a_message_has_a_number_and_the_answer_follows_it() {
    let server = Server::start(|pushed, _| {
        let content = format!("收到 {}", Pushed::field(&pushed.body, "Content"));
        Says::Answer(200, Pushed::text_reply(&pushed.body, &content))
    })
    .await;
    let rig = rig(&server, PushMode::Compatible).await;
    let say = json!({"person": "ming", "action": "say", "appid": SERVICE, "text": "42"});
    assert_eq!(rig.act(&say).await.code(), "not_following");
    rig.sandbox.set_following(SERVICE, "ming", true);
    assert_eq!(rig.act(&say).await.json()["push"]["reply"]["text"], "收到 42");
    let pushed = server.last();
    assert_eq!(Pushed::field(&pushed.opened(), "MsgId").len(), 19);
    assert_eq!(Pushed::field(&pushed.opened(), "Content"), Pushed::field(&pushed.body, "Content"));
    let chats = chat(&rig, "ming").await;
    let lines: Vec<_> =
        chats[0]["messages"].as_array().unwrap().iter().map(|line| (&line["from"], &line["text"])).collect();
    assert_eq!(lines, [(&json!("person"), &json!("42")), (&json!("account"), &json!("收到 42"))]);
    let empty = json!({"person": "ming", "action": "say", "appid": SERVICE, "text": ""});
    assert_eq!(rig.act(&empty).await.code(), "bad_body");
    let other = json!({"person": "ming", "action": "say", "appid": APPID, "text": "x"});
    assert_eq!(rig.act(&other).await.code(), "not_a_service_account");
}

#[tokio::test]
async fn a_bad_answer_is_the_fault_notice() {
    let server = Server::start(|_, _| Says::Answer(200, "{\"ok\":true}".to_owned())).await;
    let rig = rig(&server, PushMode::Safe).await;
    rig.sandbox.set_following(SERVICE, "ming", true);
    let made = code(&rig, "s").await;
    let told = scan(&rig, "ming", &made["url"]).await.json();
    assert_eq!(told["push"]["reply"]["type"], "fault");
    assert_eq!((told["push"]["attempts"].as_array().unwrap().len(), server.all().len()), (3, 3));
    let line = &chat(&rig, "ming").await[0]["messages"][0];
    assert_eq!((&line["from"], &line["text"]), (&json!("system"), &json!(crate::chat::FAULT_NOTICE)));
}

#[tokio::test]
async fn a_lapsed_code_does_nothing_and_pictures_lead_where_texts_do() {
    let server = Server::start(|_, _| success()).await;
    let rig = rig(&server, PushMode::Plain).await;
    rig.sandbox.set_following(SERVICE, "ming", true);
    let made = code(&rig, "s").await;
    let ticket: String =
        url::form_urlencoded::byte_serialize(made["ticket"].as_str().unwrap().as_bytes()).collect();
    let picture = rig.get(&format!("/cgi-bin/showqrcode?ticket={ticket}")).await;
    assert_eq!(
        (picture.content_type.as_str(), picture.header("cache-control")),
        ("image/jpg", "max-age=604800")
    );
    let image = json!({"person": "ming", "action": "scan", "image": STANDARD.encode(&picture.body)});
    assert_eq!(rig.act(&image).await.json()["push"]["reply"]["type"], "none");
    assert_eq!(Pushed::field(&server.last().body, "EventKey"), "s");

    let codes = rig.control(Method::GET, "/codes", &json!({})).await.json();
    assert_eq!(
        (&codes["codes"][0]["kind"], &codes["codes"][0]["text"]),
        (&json!("service_account"), &made["url"])
    );
    assert_eq!(rig.get(codes["codes"][0]["image_url"].as_str().unwrap()).await.body, picture.body);
    rig.advance(120).await;
    assert_eq!(scan(&rig, "ming", &made["url"]).await.code(), "code_expired");
    assert_eq!(scan(&rig, "ming", &json!("http://weixin.qq.com/q/02unknown")).await.code(), "unknown_code");
    assert_eq!(scan(&rig, "ming", &json!("https://example.org")).await.code(), "not_a_mini_program_code");
    assert_eq!(server.all().len(), 1);
    let codes = rig.control(Method::GET, "/codes", &json!({})).await.json();
    assert_eq!(codes["codes"], json!([]));
}

#[tokio::test]
async fn followers_are_set_and_listed_without_a_word() {
    let server = Server::start(|_, _| success()).await;
    let rig = rig(&server, PushMode::Plain).await;
    let put = async |person: &str, following: bool| {
        let body = json!({"appid": SERVICE, "person": person, "following": following});
        rig.control(Method::PUT, "/followers", &body).await
    };
    assert_eq!([put("ming", true).await.status, put("hong", true).await.status], [204, 204]);
    assert_eq!(put("nobody", true).await.code(), "unknown_person");
    put("ming", false).await;
    let followers = rig.get(&format!("/_sandbox/v1/followers?appid={SERVICE}")).await.json();
    assert_eq!(followers["followers"].as_array().unwrap().len(), 1);
    assert_eq!(followers["followers"][0]["id"], "hong");
    assert!(server.all().is_empty());
}

#[tokio::test]
async fn an_account_without_a_push_address_just_has_followers() {
    let server = Server::start(|_, _| success()).await;
    let rig = rig(&server, PushMode::Plain).await;
    rig.sandbox.register_app(crate::App { push: None, ..account(&server, PushMode::Plain) });
    let told = rig.act(&json!({"person": "ming", "action": "follow", "appid": SERVICE})).await.json();
    assert!(told["following"] == true && told.get("push").is_none());
}
