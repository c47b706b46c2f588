//! PSH-03: whether a forger could tell failures behind the signature apart by their time. Each kind of
//! failure in turn, so that all meet the same weather; the figure is the slowest median over the fastest.

use crate::driver::Wire;
use crate::places::{Place, Served, Vendor};
use crate::report::Report;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hyper::{Method, StatusCode};
use saoma_tests::letter::{Letter, Writer, now_outside};
use saoma_tests::ways::SERVICE;
use std::time::Instant;
use url::form_urlencoded;

/// Pushes of each kind.
const EACH: usize = 1000;

/// Times refusals behind a right signature.
pub async fn padding(report: &mut Report) {
    let vendor = Vendor::start().await;
    let served = Served::start(Place::Sqlite, &vendor).await;
    let mut wire = Wire::open(&served.public).await;
    let kinds = ["no XML", "another account", "padding", "length", "no account"];
    let mut times = [const { Vec::new() }; 5];
    for _ in 0..EACH {
        for (letter, times) in letters().into_iter().zip(&mut times) {
            let path = form_urlencoded::Serializer::new(format!("{}?", letter.path))
                .extend_pairs(&letter.query)
                .finish();
            let body = String::from_utf8(letter.body).unwrap();
            let began = Instant::now();
            let got = wire.call(Method::POST, &path, &[("content-type", "text/xml")], body).await;
            times.push(began.elapsed().as_secs_f64() * 1e6);
            assert_eq!(got.status, StatusCode::FORBIDDEN, "{:?}", got.body);
        }
    }
    let medians = times.map(|mut all| {
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    });
    let slowest = medians.iter().copied().fold(f64::MIN, f64::max);
    let fastest = medians.iter().copied().fold(f64::MAX, f64::min);
    let told: Vec<_> = kinds.iter().zip(medians).map(|(kind, at)| format!("{kind} {at:.0}")).collect();
    let note = format!("no aim; medians in µs: {}", told.join(", "));
    report.line(
        "failures behind the signature, slowest : fastest",
        format!("{:.2}", slowest / fastest),
        &note,
    );
}

/// The same message, wrong in a different depth each; every one properly signed and of the same length.
fn letters() -> [Letter; 5] {
    let writer = Writer::at(&SERVICE, now_outside());
    let scan = writer.scan("oPerson", "0123456789abcdefghijkl");
    let of = |appid: &str| Writer { appid: appid.to_owned(), ..writer.clone() };
    let cipher = STANDARD.decode(writer.encrypt(scan.as_bytes())).unwrap();
    let changed = |at: usize| {
        let mut bytes = cipher.clone();
        bytes[at] ^= 0xff;
        writer.wrapped(&STANDARD.encode(bytes))
    };
    [
        writer.sealed(scan.replace('<', "[")),
        of("wx00000000000000ff").sealed(&scan),
        // A changed byte turns its own block into noise, and the byte below it in the next one.
        changed(cipher.len() - 17),
        changed(0),
        of("").sealed(format!("{scan}                  ")),
    ]
}
