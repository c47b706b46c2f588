//! How sure a consent is: the number that the phone must choose, the digits that the browser must give back, and
//! taking a login back afterwards.

mod code_back;
mod not_me;
mod number;

use saoma_tests::database::Database;
use saoma_tests::house::{House, Plan};

/// A house whose website accepts nothing weaker than this.
async fn open(db: &Database, least: &str) -> House {
    let client_toml = format!("min_assurance = \"{least}\"\n");
    House::planned(db.url(), Plan { manual_clock: true, client_toml, ..Plan::default() }).await
}
