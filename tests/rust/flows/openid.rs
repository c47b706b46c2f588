//! OpenID Connect: websites that point their library at us.

mod assertion;
mod attacks;
mod back_channel;
mod device;
mod discovery;
mod forged;
mod listed;
mod logout;
mod outlives;
mod page;
mod pages;
mod pushed;
mod refresh;
mod refused;
mod rust_site;
mod said;
mod session;
mod suite;
mod told;

use saoma_tests::database::Database;
use saoma_tests::house::{CLIENT, CLIENT_SECRET, House, Plan};

/// What a website may do in most of these tests; two more are registered beside it, the third with refresh tokens, too.
const POLICY: &str = "[client.openid]\nrefresh_tokens = true\n\
    post_logout_redirect_uris = [\"http://localhost:9/bye\"]\n\
    [[client]]\nclient_id = \"second\"\nname = \"Second Tea\"\ntype = \"confidential\"\n\
    secrets = [\"another-client-secret-of-more-than-32-chars\"]\nredirect_uris = [\"http://localhost:9/second\"]\n\
    providers = [\"mini\"]\n\
    [[client]]\nclient_id = \"third\"\nname = \"Third Tea\"\ntype = \"confidential\"\n\
    secrets = [\"another-client-secret-of-more-than-32-chars\"]\nredirect_uris = [\"http://localhost:9/third\"]\n\
    providers = [\"mini\"]\n[client.openid]\nrefresh_tokens = true\n";

/// The websites as their back ends prove it.
const OWN: (&str, &str) = (CLIENT, CLIENT_SECRET);
const OTHER: (&str, &str) = ("second", "another-client-secret-of-more-than-32-chars");
const THIRD: (&str, &str) = ("third", OTHER.1);

/// What the second website changes in a request.
const AT_SECOND: [(&str, &str); 2] = [("client_id", "second"), ("redirect_uri", "http://localhost:9/second")];

/// A house in which these websites are registered, and the test moves time.
async fn open(db: &Database) -> House {
    let plan = Plan { manual_clock: true, client_toml: POLICY.to_owned(), ..Plan::default() };
    House::planned(db.url(), plan).await
}

/// The same at today's time, for libraries that look at the clock themselves.
async fn open_now(db: &Database) -> House {
    House::planned(db.url(), Plan { client_toml: POLICY.to_owned(), ..Plan::default() }).await
}
