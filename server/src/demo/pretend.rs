//! The pretend WeChat with what a demo needs: one mini-program and several persons.

use saoma_sandbox::{App, AppKind, Options, Person, Sandbox};
use std::io;
use std::net::SocketAddr;
use url::Url;

/// A few people one can be.
const PERSONS: [(&str, &str, &str); 3] =
    [("xiaoming", "张小明", "小明"), ("lihua", "李华", "李华🌿"), ("alex", "Alex Chen", "Alex")];

/// Starts it, with the mini-program of `server` registered.
pub async fn start(listen: SocketAddr, server: &Url, appid: &str, secret: &str) -> io::Result<Sandbox> {
    let sandbox = Sandbox::start(Options { listen }).await?;
    sandbox.register_app(App {
        appid: appid.to_owned(),
        secret: secret.to_owned(),
        name: "扫码登录".to_owned(),
        kind: AppKind::MiniProgram,
        pages: vec!["pages/login/index".to_owned()],
        open_platform: Some("main".to_owned()),
        ip_allow_list: None,
        companion_url: Some(server.clone()),
    });
    for (id, name, nickname) in PERSONS {
        let (id, name, nickname) = (id.to_owned(), name.to_owned(), nickname.to_owned());
        sandbox.add_person(Person { id, name, nickname, high_risk: false });
    }
    Ok(sandbox)
}
