//! LOG-05, T2, T28: the phone is shown where the asking browser is, by what a proxy of ours says of it and
//! by nobody else's word; in the phone's language; and admins read it later.

use reqwest::{Method, header};
use saoma_tests::admin::{AdminBrowser, answer, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, ORIGIN, Plan};
use saoma_tests::phone::{Phone, Visited, link};
use saoma_tests::visitor::{Answer, Held, Visitor, send};
use saoma_tests::ways::SERVICE;
use serde_json::json;

/// A university's in Shanghai, since 1994; and a provider's in Germany.
const SHANGHAI: &str = "202.120.2.1";
const GERMANY: &str = "2003:c1::1";

async fn house(db: &Database, trusted: &str) -> House {
    let server_toml = format!("trusted_proxies = [{trusted}]");
    House::planned(db.url(), Plan { server_toml, ..Plan::default() }).await
}

/// Begins by this way with a page in this language, in a browser that a proxy says is there.
async fn begin(visitor: &Visitor, provider: &str, locale: Option<&str>, address: &str) -> Held {
    let mut body = Visitor::begin_body_for(provider);
    body["locale"] = json!(locale);
    let request = visitor.request(Method::POST, "/api/v1/logins").header(header::ORIGIN, ORIGIN);
    Held::of(&send(request.header("x-forwarded-for", address).json(&body)).await)
}

/// What the mini-program is told on a phone that asks for these languages.
async fn companion(visitor: &Visitor, held: &Held, languages: Option<&str>) -> Answer {
    let body = json!({ "scene": visitor.scene(held).await, "js_code": visitor.js_code("ann").await });
    let mut request = visitor.request(Method::POST, "/api/v1/companion/scan");
    if let Some(languages) = languages {
        request = request.header(header::ACCEPT_LANGUAGE, languages);
    }
    send(request.json(&body)).await
}

/// The page of the service account on a phone that asks for these languages.
async fn page(visitor: &Visitor, held: &Held, languages: &'static str) -> Visited {
    let phone = Phone::of(visitor, "ann");
    phone.already_follows(&SERVICE).await;
    let address = link(&phone.scan(held.code_text()).await);
    let mut browser = phone.browser().await;
    browser.languages = Some(languages);
    browser.open(&address, &visitor.saoma).await
}

/// In a house that trusts these, what is forwarded as these addresses is nowhere, and the phone says so.
async fn unknown(db: &Database, trusted: &str, addresses: &[&str]) {
    let house = house(db, trusted).await;
    let visitor = house.visitor();
    for address in addresses {
        let held = begin(&visitor, "mini", Some("zh-CN"), address).await;
        let told = companion(&visitor, &held, None).await;
        assert!(told.json["requester"].get("region").is_none(), "{address}: {}", told.json);
        let held = begin(&visitor, "service", None, address).await;
        let page = page(&visitor, &held, "en").await.text();
        assert!(page.contains("<dt>Place</dt><dd>not known</dd>"), "{address}: {page}");
    }
    house.close().await;
}

every_database! {
    async fn log_05_t2_the_phone_is_shown_where_the_browser_is(db: &Database) {
        let house = house(db, "\"127.0.0.0/8\"").await;
        let visitor = house.visitor();
        for (address, languages, locale, named) in [
            (SHANGHAI, Some("zh-CN,zh;q=0.9"), None, "中国"),
            (SHANGHAI, Some("en-GB,en"), Some("zh-CN"), "China"),
            (GERMANY, Some("zh"), Some("en"), "德国"),
            // A phone that does not say reads the language of the page.
            (GERMANY, None, Some("zh-CN"), "德国"),
            (GERMANY, None, None, "Germany"),
        ] {
            let held = begin(&visitor, "mini", locale, address).await;
            let told = companion(&visitor, &held, languages).await;
            assert_eq!(told.json["requester"]["region"], named, "{address} {languages:?} {locale:?}: {}", told.json);
        }
        for (address, languages, shown) in [(SHANGHAI, "zh-CN", "<dt>地点</dt><dd>中国</dd>"), (GERMANY, "en", "<dt>Place</dt><dd>Germany</dd>")] {
            let held = begin(&visitor, "service", None, address).await;
            let page = page(&visitor, &held, languages).await.text();
            assert!(page.contains(shown), "{shown} is not in {page}");
        }
        house.close().await;
    }

    async fn log_05_an_address_of_nowhere_is_not_guessed_at(db: &Database) {
        unknown(db, "\"127.0.0.0/8\"", &["192.168.1.7", "2001:db8::1"]).await;
    }

    /// A stranger's header moves nobody to another country.
    async fn log_05_t28_a_stranger_says_in_vain_where_it_is(db: &Database) {
        unknown(db, "\"10.0.0.0/8\"", &[SHANGHAI, GERMANY]).await;
    }

    async fn admins_read_where_a_login_came_from(db: &Database) {
        let house = house(db, "\"127.0.0.0/8\"").await;
        let held = begin(&house.visitor(), "mini", None, SHANGHAI).await;
        let mut owner = AdminBrowser::new(&house);
        owner.enrol(&house, &bootstrap(&house).await, "ann").await;
        let path = format!("/logins/{}", held.id);
        let csrf = owner.csrf().await;
        let told = answer(owner.call(Method::GET, &path, &csrf)).await.json;
        let told = &told["login"];
        assert_eq!((&told["address"], &told["region"]), (&json!(SHANGHAI), &json!("CN")));
        let page = owner.get(&path).await.html;
        assert!(page.contains(&format!("{SHANGHAI}</a> China")), "{page}");
        house.close().await;
    }
}
