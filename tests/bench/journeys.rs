//! Whole logins as a driver walks them: every call that the people, their browsers and the website make.

use crate::driver::{Got, Wire};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hyper::{Method, StatusCode};
use saoma_sandbox::{Person, Sandbox};
use saoma_tests::house::{APPID, CLIENT, CLIENT_SECRET, ORIGIN, REDIRECT_URI};
use saoma_tests::visitor::{VERIFIER, Visitor};
use saoma_tests::ways::{CHAT, SERVICE};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A way through a whole login.
#[derive(Clone, Copy)]
pub enum Route {
    /// By mini-program code.
    MiniProgram,
    /// By service account, the number sent back in the chat.
    Number,
    /// By service account, confirmed on our page.
    Page,
}

impl Route {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::MiniProgram, Self::Number, Self::Page];

    /// Its name in the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::MiniProgram => "by mini-program",
            Self::Number => "by chat number",
            Self::Page => "by chat link and page",
        }
    }
}

/// As many people as there are workers, who all follow the accounts.
pub fn people(sandbox: &Sandbox, count: usize) {
    for number in 0..count {
        let id = person(number);
        sandbox.add_person(Person { nickname: String::new(), ..Person::new(&id, &id) });
        for way in [&CHAT, &SERVICE] {
            sandbox.set_following(way.appid, &id, true);
        }
    }
}

/// What such a person is called.
pub fn person(number: usize) -> String {
    format!("worker-{number}")
}

/// One worker's way through whole logins, as one person.
pub struct Journey {
    saoma: Wire,
    sandbox: Wire,
    person: String,
    basic: String,
    form: String,
}

/// A Login as its browser holds it.
struct Begun {
    path: String,
    bearer: String,
    view: Value,
}

impl Journey {
    /// A worker of this number, connected to both.
    pub async fn open(public: &str, sandbox: &str, number: usize) -> Self {
        Self {
            saoma: Wire::open(public).await,
            sandbox: Wire::open(sandbox).await,
            person: person(number),
            basic: format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{CLIENT_SECRET}"))),
            form: format!(
                "grant_type=authorization_code&code_verifier={VERIFIER}&redirect_uri={}&code=",
                url::form_urlencoded::byte_serialize(REDIRECT_URI.as_bytes()).collect::<String>()
            ),
        }
    }

    /// A whole login: begin, consent on the phone, complete, redeem, ask who it is.
    pub async fn walk(&mut self, route: Route) {
        let begun = match route {
            Route::MiniProgram => {
                let begun = self.begin("mini").await;
                self.confirm_in_mini_program(&begun).await;
                begun
            }
            Route::Number => {
                let begun = self.begin(CHAT.slug).await;
                self.scan(begun.view["challenge"]["text"].as_str().unwrap()).await;
                let said = json!({"person": self.person, "action": "say", "appid": CHAT.appid,
                    "text": begun.view["number"]});
                self.act(&said).await;
                begun
            }
            Route::Page => {
                let begun = self.begin(SERVICE.slug).await;
                let told = self.scan(begun.view["challenge"]["text"].as_str().unwrap()).await;
                self.confirm_on_page(told["push"]["reply"]["links"][0]["url"].as_str().unwrap()).await;
                begun
            }
        };
        self.finish(&begun).await;
    }

    async fn begin(&mut self, slug: &str) -> Begun {
        let body = Visitor::begin_body_for(slug);
        let view = self.saoma.post("/api/v1/logins", &[("origin", ORIGIN)], &body).await.json();
        Begun {
            path: format!("/api/v1/logins/{}", view["login_id"].as_str().unwrap()),
            bearer: format!("Bearer {}", view["browser_secret"].as_str().unwrap()),
            view,
        }
    }

    async fn act(&mut self, body: &Value) -> Value {
        let told = self.sandbox.post("/_sandbox/v1/act", &[], body).await;
        assert!(told.status.is_success(), "{:?}", told.body);
        told.json()
    }

    /// Scans the code of this content.
    pub async fn scan(&mut self, text: &str) -> Value {
        let body = json!({"person": self.person, "action": "scan", "text": text});
        self.act(&body).await
    }

    async fn confirm_in_mini_program(&mut self, begun: &Begun) {
        let image = url::Url::parse(begun.view["challenge"]["image_url"].as_str().unwrap()).unwrap();
        let picture = self.saoma.get(image.path(), &[]).await.body;
        let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(&picture));
        let scene = self.sandbox.get(&format!("/_sandbox/v1/pictures/{digest}"), &[]).await.json();
        let person = json!({"person": self.person, "appid": APPID});
        let js_code = self.sandbox.post("/_sandbox/v1/js_codes", &[], &person).await.json();
        let scan = json!({"scene": scene["scene"], "js_code": js_code["js_code"]});
        let scanned = self.saoma.post("/api/v1/companion/scan", &[], &scan).await.json();
        let confirm = json!({"companion_token": scanned["companion_token"]});
        self.saoma.post("/api/v1/companion/confirm", &[], &confirm).await;
    }

    /// Link, silent authorization and back, the page, its button.
    async fn confirm_on_page(&mut self, link: &str) {
        let page = url::Url::parse(link).unwrap();
        let opened = self.saoma.get(page.path(), &[]).await;
        let state = cookie(&opened);
        let to = url::Url::parse(opened.header("location")).unwrap();
        let path = format!("{}?{}", to.path(), to.query().unwrap());
        let person = format!("sandbox_person={}", self.person);
        let back = self.sandbox.get(&path, &[("cookie", &person)]).await;
        let back = url::Url::parse(back.header("location")).unwrap();
        let path = format!("{}?{}", back.path(), back.query().unwrap());
        let proof = cookie(&self.saoma.get(&path, &[("cookie", &state)]).await);
        let shown = self.saoma.get(page.path(), &[("cookie", &proof)]).await;
        let text = String::from_utf8(shown.body.to_vec()).unwrap();
        let csrf = text.split_once("name=\"csrf\" value=\"").unwrap().1.split_once('"').unwrap().0;
        let origin = page.origin().ascii_serialization();
        let headers = [
            ("cookie", proof.as_str()),
            ("origin", &origin),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let form = format!("csrf={csrf}&decision=confirm");
        let pressed = self.saoma.call(Method::POST, page.path(), &headers, form).await;
        assert!(pressed.status.is_success(), "{:?}", pressed.body);
    }

    async fn finish(&mut self, begun: &Begun) {
        let headers = [("authorization", begun.bearer.as_str()), ("origin", ORIGIN)];
        let complete = format!("{}/complete", begun.path);
        let mut completed = self.saoma.call(Method::POST, &complete, &headers, String::new()).await;
        // Somebody new is asked about at WeChat first; a page waits for the stage meanwhile.
        while completed.status == StatusCode::CONFLICT {
            let view = self.saoma.get(&begun.path, &headers).await.json();
            let next = format!("{}?after_version={}&wait=5", begun.path, view["version"]);
            if view["stage"] != "confirmed" {
                self.saoma.get(&next, &headers).await;
            }
            completed = self.saoma.call(Method::POST, &complete, &headers, String::new()).await;
        }
        let code = completed.json();
        let form = format!("{}{}", self.form, code["code"].as_str().unwrap_or_else(|| panic!("{code}")));
        let headers =
            [("authorization", self.basic.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        let tokens = self.saoma.call(Method::POST, "/oauth2/token", &headers, form).await.json();
        let bearer =
            format!("Bearer {}", tokens["access_token"].as_str().unwrap_or_else(|| panic!("{tokens}")));
        let user = self.saoma.get("/oauth2/userinfo", &[("authorization", &bearer)]).await.json();
        assert!(user["sub"].as_str().unwrap().starts_with("usr_"));
    }
}

/// The first cookie that an answer sets, as a browser sends it back.
fn cookie(got: &Got) -> String {
    got.header("set-cookie").split(';').next().unwrap().to_owned()
}
