//! `POST /api/v1/companion/picture`: the picture that a person chose on the phone, and all that is none.

use super::steps::{consent, count, picture};
use image::{DynamicImage, GenericImageView as _, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use reqwest::{Method, RequestBuilder, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, ORIGIN, Plan};
use saoma_tests::inspect::{assert_documented, document};
use saoma_tests::visitor::{Answer, Held, Visitor, send};
use serde_json::json;
use std::io::Cursor;

const PATH: &str = "/api/v1/companion/picture";
const MOST: usize = 1024 * 1024;

/// A file on its way, as a mini-program sends it: a media type is always said, and means nothing.
fn sending(visitor: &Visitor, bytes: &[u8]) -> RequestBuilder {
    let request = visitor.request(Method::POST, PATH).header("content-type", "application/json");
    request.body(bytes.to_vec())
}

/// Sends these bytes with this token.
pub(super) async fn upload(visitor: &Visitor, token: &str, bytes: &[u8]) -> Answer {
    let answer = send(sending(visitor, bytes).bearer_auth(token)).await;
    assert_documented(&document(), "POST", PATH, &answer);
    answer
}

/// A photograph, as far as a test needs one.
pub(super) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let drawn = RgbImage::from_fn(width, height, |x, y| Rgb([(x % 251) as u8, (y % 241) as u8, 90]));
    written(&drawn.into(), ImageFormat::Jpeg)
}

fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A PNG's head that claims this size.
fn claims(width: u32, height: u32) -> Vec<u8> {
    let mut png = written(&RgbImage::new(1, 1).into(), ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    png
}

/// A login of this person, confirmed; and the phone's token.
async fn confirmed(visitor: &Visitor, person: &str) -> (Held, String) {
    let held = visitor.begin().await;
    let token = consent(visitor, &held, person, None).await;
    (held, token)
}

fn assert_problem(answer: &Answer, status: u16, code: &str, what: &str) {
    assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{what}: {:?}", answer.json);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
}

every_database! {
    /// Each kind that phones have becomes a small square of ours, without what was hidden in it.
    async fn a_chosen_picture_is_drawn_anew(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let (held, token) = confirmed(&visitor, "ann").await;
        let access = visitor.access_token(&held).await;
        let photo = image::load_from_memory(&jpeg(640, 480)).unwrap();
        let glass = RgbaImage::from_pixel(300, 400, Rgba([200, 30, 30, 90]));
        let mut hiding = written(&photo, ImageFormat::Jpeg);
        // A comment inside the file, as cameras write places and names into it, and more behind its end.
        hiding.splice(2..2, [&[0xff, 0xfe, 0, 18][..], b"31.2304,121.4737"].concat());
        hiding.extend(b"<script>alert(1)</script>");
        let mut addresses = std::collections::BTreeSet::new();
        for (raw, kind, side) in [
            (written(&photo, ImageFormat::Jpeg), "image/jpeg", 256),
            (written(&photo, ImageFormat::Png), "image/jpeg", 256),
            (written(&photo, ImageFormat::Gif), "image/jpeg", 256),
            (written(&photo, ImageFormat::WebP), "image/jpeg", 256),
            (written(&glass.into(), ImageFormat::Png), "image/png", 256),
            (jpeg(40, 60), "image/jpeg", 40),
            (hiding, "image/jpeg", 256),
        ] {
            let sent = upload(&visitor, &token, &raw).await;
            assert_eq!((sent.status, sent.bytes.len()), (StatusCode::NO_CONTENT, 0), "{:?}", sent.json);
            let info = visitor.user_info(&access).await;
            assert_eq!(info.json["picture_is_stand_in"], false);
            let kept = picture(&visitor, &info).await;
            assert_eq!(kept.headers["content-type"], kind);
            assert_eq!(image::load_from_memory(&kept.bytes).unwrap().dimensions(), (side, side));
            for word in [&b"31.2304"[..], b"script"] {
                assert!(!kept.bytes.windows(word.len()).any(|window| window == word));
            }
            // What changes has another address, and one person has one picture.
            assert!(addresses.insert(info.text("picture").to_owned()));
        }
        assert_eq!(count(db, "pictures").await, 1);
        house.close().await;
    }

    /// A mebibyte and no more, counted on what arrives.
    async fn a_large_file_is_refused_by_its_size(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let (_, token) = confirmed(&visitor, "ann").await;
        let mut file = jpeg(300, 300);
        file.resize(MOST, 0);
        assert_eq!(upload(&visitor, &token, &file).await.status, StatusCode::NO_CONTENT);
        file.push(0);
        assert_problem(&upload(&visitor, &token, &file).await, 413, "payload_too_large", "one more");
        // Nobody else's calls take as much.
        let body = json!({"companion_token": "A".repeat(100_000)});
        assert_problem(&visitor.companion("confirm", &body).await, 413, "payload_too_large", "confirm");
        house.close().await;
    }

    /// T31: pages, drawings, documents and bombs are no pictures, whatever they are said to be.
    async fn t31_what_is_no_picture_is_refused(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let whole = jpeg(200, 200);
        let cases: [(&str, Vec<u8>); 14] = [
            ("nothing", Vec::new()),
            ("text", b"hello".to_vec()),
            ("json", b"{\"picture\":\"x\"}".to_vec()),
            ("a page", b"<html><script>alert(1)</script>".to_vec()),
            ("svg", br#"<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>"#.to_vec()),
            ("svg with a head", br#"<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x "y">]><svg>&x;</svg>"#.to_vec()),
            ("pdf", b"%PDF-1.4".to_vec()),
            ("bmp", [&b"BM"[..], &[0; 200]].concat()),
            ("ico", [&[0, 0, 1, 0][..], &[0; 60]].concat()),
            ("a bomb", claims(65_535, 65_535)),
            ("a long bomb", claims(1, 0x7fff_ffff)),
            ("one pixel too wide", written(&RgbImage::new(4097, 1).into(), ImageFormat::Png)),
            ("cut off", whole[..20].to_vec()),
            ("an empty picture", claims(0, 0)),
        ];
        for (at, (what, bytes)) in cases.iter().enumerate() {
            // Somebody else each time: one person may not try so often.
            let person = format!("person-{at}");
            house.sandbox.add_person(saoma_sandbox::Person::new(&person, &person));
            let (_, token) = confirmed(&visitor, &person).await;
            assert_problem(&upload(&visitor, &token, bytes).await, 422, "picture_not_readable", what);
            let said = visitor.request(Method::POST, PATH).bearer_auth(&token).header("content-type", "image/png");
            assert_problem(&send(said.body(bytes.clone())).await, 422, "picture_not_readable", what);
            assert_eq!(upload(&visitor, &token, &whole).await.status, StatusCode::NO_CONTENT, "{what}");
        }
        assert_eq!(count(db, "pictures").await, cases.len());
        house.close().await;
    }

    /// T15: a scan is no consent, and no place for a picture; nor is what was declined or cancelled.
    async fn t15_before_the_consent_nothing_is_taken(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let file = jpeg(50, 50);
        let held = visitor.begin().await;
        let token = visitor.scan(&held, "ann").await;
        let early = upload(&visitor, &token, &file).await;
        assert_problem(&early, 409, "login_not_confirmed", "scanned");
        assert_eq!(early.json["stage"], "scanned");
        visitor.companion("deny", &json!({"companion_token": token})).await;
        assert_problem(&upload(&visitor, &token, &file).await, 410, "login_ended", "denied");
        let (cancelled, token) = confirmed(&visitor, "ann").await;
        assert_eq!(upload(&visitor, &token, &file).await.status, StatusCode::NO_CONTENT);
        visitor.post(&cancelled, "cancel").await;
        assert_problem(&upload(&visitor, &token, &file).await, 410, "login_ended", "cancelled");
        house.close().await;
    }

    /// Ten minutes from the begin, whether the website was quick or not.
    async fn after_ten_minutes_nothing_is_taken(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let visitor = house.visitor();
        let clock = house.clock.as_ref().unwrap();
        let file = jpeg(50, 50);
        let (held, token) = confirmed(&visitor, "ann").await;
        visitor.finish(&held).await;
        clock.advance_millis(599_999);
        assert_eq!(upload(&visitor, &token, &file).await.status, StatusCode::NO_CONTENT);
        clock.advance_millis(1);
        let late = upload(&visitor, &token, &file).await;
        assert_problem(&late, 410, "login_ended", "late");
        assert_eq!(late.json["stage"], "redeemed");
        // One that no website redeemed is over sooner.
        let (_, token) = confirmed(&visitor, "bob").await;
        clock.advance_seconds(400);
        let look = || async {
            clock.advance_seconds(1);
            let seen = db.lines("SELECT stage AS line FROM logins WHERE stage = 'expired'").await;
            (!seen.is_empty()).then_some(())
        };
        saoma_tests::wait::eventually("it has expired", look).await;
        assert_problem(&upload(&visitor, &token, &file).await, 410, "login_ended", "expired");
        house.close().await;
    }

    /// LOG-15: only the phone that confirmed; every other value is unknown, and guesses are counted.
    async fn log_15_only_the_phone_that_confirmed_may_send(db: &Database) {
        let limits = "[limits]\nunknown_scenes = 6\nbegins = 0\nreads = 0\npending_per_address = 0\n";
        let house = House::planned(db.url(), Plan { limits_toml: Some(limits.to_owned()), ..Plan::default() }).await;
        let visitor = house.visitor();
        let file = jpeg(50, 50);
        let held = visitor.begin().await;
        let scene = visitor.scene(&held).await;
        let old = visitor.scan(&held, "ann").await;
        let token = visitor.try_scan(&scene, &visitor.js_code("ann").await).await.text("companion_token").to_owned();
        assert_eq!(visitor.confirm(&token).await.status, StatusCode::OK);
        let access = visitor.access_token(&held).await;
        let bare = send(sending(&visitor, &file)).await;
        assert_problem(&bare, 401, "credential_required", "no token");
        assert_eq!(bare.headers["www-authenticate"], "Bearer realm=\"saoma\"");
        let by_body = json!({"companion_token": token, "picture": "x"});
        assert_problem(&send(visitor.request(Method::POST, PATH).json(&by_body)).await, 401, "credential_required", "in the body");
        let by_query = visitor.request(Method::POST, &format!("{PATH}?companion_token={token}&access_token={token}"));
        let by_query = by_query.header("content-type", "image/jpeg").body(file.clone());
        assert_problem(&send(by_query).await, 401, "credential_required", "in the address");
        for (what, wrong) in [
            ("an older scan's", old.as_str()), ("the browser's", &held.secret), ("the website's", &access),
            ("the scene", &scene), ("a guess", &"A".repeat(43)), ("another text", "x'\" OR 1=1 --"),
        ] {
            assert_problem(&upload(&visitor, wrong, &file).await, 404, "unknown_companion_token", what);
        }
        let limited = upload(&visitor, "another guess", &file).await;
        assert_problem(&limited, 429, "rate_limited", "too many guesses");
        assert!(limited.headers.contains_key("retry-after"));
        assert_problem(&upload(&visitor, &token, &file).await, 429, "rate_limited", "the right one waits as well");
        assert_eq!(count(db, "pictures").await, 0);
        house.close().await;
    }

    /// One person sends so many a minute; another is not hurt.
    async fn uploads_are_limited_by_person(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let ((_, anns), (_, bobs)) = (confirmed(&visitor, "ann").await, confirmed(&visitor, "bob").await);
        let mut refused = None;
        for _ in 0..11 {
            let answer = upload(&visitor, &anns, &jpeg(20, 20)).await;
            if answer.status != StatusCode::NO_CONTENT {
                refused = Some(answer);
                break;
            }
        }
        assert_problem(&refused.unwrap(), 429, "rate_limited", "the eleventh");
        // Another login of the same person is the same person.
        let (_, again) = confirmed(&visitor, "ann").await;
        assert_problem(&upload(&visitor, &again, &jpeg(20, 20)).await, 429, "rate_limited", "by another login");
        assert_eq!(upload(&visitor, &bobs, &jpeg(20, 20)).await.status, StatusCode::NO_CONTENT);
        house.close().await;
    }

    /// T26: no web page may send one, and none may ask for permission to.
    async fn t26_no_page_may_send_a_picture(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for origin in [ORIGIN, "https://evil.example", "null"] {
            let preflight = visitor.request(Method::OPTIONS, PATH).header("origin", origin);
            let answer = send(preflight.header("access-control-request-method", "POST")).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "origin_not_allowed"), "{origin}");
            assert!(!answer.headers.contains_key("access-control-allow-origin"), "{origin}");
        }
        house.close().await;
    }
}
