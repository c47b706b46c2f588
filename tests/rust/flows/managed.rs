//! Clients and Providers of the file: taken out they are disabled, put back they are there again,
//! and the audit tells both.

use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::visitor::{Visitor, send};

/// What the file's starts have done to these two since the first so many rows; one start has no order in itself.
async fn audit(db: &Database, known: usize) -> Vec<String> {
    let sql = "SELECT action || ' ' || target || ' ' || outcome AS line FROM audit_events \
               WHERE actor = 'config_file' AND target IN ('shop', 'mini') ORDER BY at, id";
    let mut rows = db.raw().await.lines(sql).await.unwrap().split_off(known);
    rows.sort();
    rows
}

async fn begin(house: &House) -> (u16, String) {
    let answer = house.visitor().try_begin(&Visitor::begin_body()).await;
    (answer.status.as_u16(), answer.code().to_owned())
}

every_database! {
    /// A Client without its lines in the file.
    async fn a_client_taken_out_is_gone_and_put_back_is_there(db: &Database) {
        let mut house = House::open(db.url()).await;
        let visitor = house.visitor();
        let (held, user) = (visitor.begin().await, visitor.log_in("ann").await);
        let scene = visitor.scene(&held).await;
        let access_token = visitor.access_token(&visitor.confirmed("ann").await).await;
        assert_eq!(audit(db, 0).await, ["client.applied shop success", "provider.applied mini success"]);
        let kept = house.config.clients.remove(0);
        house.restart().await;
        assert_eq!(audit(db, 2).await, ["client.disabled shop success"]);
        assert_eq!(begin(&house).await, (404, "unknown_client".to_owned()));
        let client = send(visitor.request(reqwest::Method::GET, "/api/v1/clients/shop")).await;
        assert_eq!((client.status.as_u16(), client.code()), (404, "unknown_client"));
        let scan = visitor.try_scan(&scene, &visitor.js_code("ann").await).await;
        assert_eq!((scan.status.as_u16(), scan.code()), (404, "unknown_scene"));
        assert_eq!(visitor.user_info(&access_token).await.code(), "invalid_token");
        let redeem = visitor.redeem("any").await;
        assert_eq!((redeem.status.as_u16(), redeem.code()), (401, "invalid_client"));
        house.config.clients.push(kept);
        house.restart().await;
        assert_eq!(visitor.log_in("ann").await, user);
        let token = visitor.scan(&held, "ann").await;
        assert_eq!(visitor.confirm(&token).await.status, 200);
        assert_eq!(audit(db, 3).await, ["client.applied shop success"]);
        house.restart().await;
        assert_eq!(audit(db, 0).await.len(), 4, "a restart without a change is not an event");
        house.close().await;
    }

    /// What no file has any more is the admins': shown, switched on, deleted.
    async fn what_was_taken_out_of_the_file_is_the_admins(db: &Database) {
        let mut house = House::open(db.url()).await;
        house.config.clients.clear();
        house.config.providers.retain(|provider| provider.slug.as_str() == "mini");
        house.restart().await;
        let sql = "SELECT id AS line FROM clients WHERE NOT managed_by_file AND NOT enabled AND version = 2 ORDER BY id";
        assert_eq!(db.lines(sql).await, ["kiosk", "shop"]);
        house.restart().await;
        assert_eq!(db.lines(sql).await, ["kiosk", "shop"], "a restart takes nothing back");
        house.close().await;
    }

    /// A Provider without its lines in the file.
    async fn a_provider_taken_out_is_gone_and_put_back_is_there(db: &Database) {
        let mut house = House::open(db.url()).await;
        let user = house.visitor().log_in("ann").await;
        let mini = "mini".parse().unwrap();
        let position = house.config.providers.iter().position(|provider| provider.slug == mini).unwrap();
        let kept = house.config.providers.remove(position);
        // As the file would be: no Client may list what is not there.
        house.config.clients[0].providers.retain(|slug| *slug != mini);
        house.restart().await;
        assert_eq!(begin(&house).await, (404, "unknown_provider".to_owned()));
        assert_eq!(audit(db, 2).await, ["client.applied shop success", "provider.disabled mini success"]);
        house.config.providers.push(kept);
        house.restart().await;
        assert_eq!(audit(db, 4).await, ["provider.applied mini success"]);
        assert_eq!(begin(&house).await, (403, "provider_not_offered".to_owned()));
        house.config.clients[0].providers.push(mini);
        house.restart().await;
        assert_eq!(house.visitor().log_in("ann").await, user);
        house.close().await;
    }

    /// T29: the audit tells of a name that was let pass although it looks like another's.
    async fn t29_a_look_alike_that_is_meant_is_audited(db: &Database) {
        let extra_toml = "[[client]]\nclient_id = \"twin\"\nname = \"TEST SHOP\"\ntype = \"public\"\n\
                          name_resembles = [\"shop\"]\n";
        let house = House::planned(db.url(), Plan { extra_toml: extra_toml.to_owned(), ..Plan::default() }).await;
        let sql = "SELECT action || ' ' || detail AS line FROM audit_events WHERE target = 'twin'";
        assert_eq!(db.lines(sql).await, ["client.applied name_resembles shop"]);
        house.close().await;
    }
}
