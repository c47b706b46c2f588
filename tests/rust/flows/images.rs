//! Every image is said to be what it is: browsers that are told not to guess show nothing else.

use image::{ImageFormat, RgbImage};
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT_SECRET, House, ORIGIN, Plan};
use saoma_tests::inspect::{assert_documented, document};
use saoma_tests::visitor::{Answer, Visitor, send};
use saoma_tests::ways::SERVICE;

async fn get(visitor: &Visitor, address: &str) -> Answer {
    let path = address.strip_prefix(&visitor.saoma).unwrap();
    let answer = send(visitor.request(Method::GET, path)).await;
    assert_documented(&document(), "GET", path, &answer);
    answer
}

/// What is said of an image, and what its bytes say.
fn assert_is(answer: &Answer, kind: &str) {
    assert_eq!(answer.status, StatusCode::OK, "{kind}: {:?}", answer.json);
    assert_eq!(answer.headers.get_all("content-type").iter().collect::<Vec<_>>(), [kind]);
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    let told_by_bytes = match image::guess_format(&answer.bytes) {
        Ok(format) => format.to_mime_type(),
        Err(_) if answer.bytes.starts_with(b"<svg") => "image/svg+xml",
        Err(_) => "nothing we know",
    };
    assert_eq!(told_by_bytes, kind);
}

every_database! {
    /// NET-05: codes that WeChat drew and codes that we draw, tiles, and logos of either kind.
    async fn net_05_an_image_is_said_to_be_what_it_is(db: &Database) {
        let folder = tempfile::tempdir().unwrap();
        let mut extra_toml = String::new();
        for (kind, format) in [("png", ImageFormat::Png), ("jpg", ImageFormat::Jpeg)] {
            let file = folder.path().join(format!("logo.{kind}"));
            RgbImage::new(8, 8).save_with_format(&file, format).unwrap();
            extra_toml += &format!(
                r#"
[[client]]
client_id = "{kind}"
name = "With a logo of {kind}"
type = "confidential"
secrets = ["{CLIENT_SECRET}"]
origins = ["{ORIGIN}"]
providers = ["mini"]
logo_file = "{}"
"#,
                file.display()
            );
        }
        let house = House::planned(db.url(), Plan { extra_toml, ..Plan::default() }).await;
        let visitor = house.visitor();
        assert_is(&get(&visitor, &visitor.begin().await.image_url).await, "image/jpeg");
        let drawn = visitor.begin_by(&SERVICE).await.image_url;
        for (query, kind) in [("", "image/svg+xml"), ("?format=svg", "image/svg+xml"), ("?format=png", "image/png")] {
            assert_is(&get(&visitor, &format!("{drawn}{query}")).await, kind);
        }
        let tile = format!("{}/api/v1/pictures/tile_{}", house.saoma, "5a".repeat(16));
        assert_is(&get(&visitor, &tile).await, "image/png");
        for (client, kind) in [("png", "image/png"), ("jpg", "image/jpeg")] {
            assert_is(&get(&visitor, &format!("{}/api/v1/clients/{client}/logo", house.saoma)).await, kind);
        }
        house.close().await;
    }
}
