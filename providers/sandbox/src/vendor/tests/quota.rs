//! What is left of a call's day, and which calls have none.

use serde_json::json;

use crate::testing::*;

#[tokio::test]
async fn a_days_calls_are_counted_down_and_others_are_not_known() {
    let rig = Rig::start().await;
    let token = rig.token().await;
    let ask = async |path: &str| {
        let address = format!("/cgi-bin/openapi/quota/get?access_token={token}");
        rig.post(&address, &json!({"cgi_path": path})).await
    };
    let told = ask("/cgi-bin/user/info").await.json();
    assert_eq!(told["quota"], json!({"daily_limit": 5_000_000, "used": 0, "remain": 5_000_000}));
    let told = ask("/wxa/getwxacodeunlimit").await.json();
    assert_eq!((&told["quota"]["daily_limit"], &told["rate_limit"]["call_count"]), (&json!(0), &json!(5000)));
    assert_eq!(ask("/sns/jscode2session").await.errcode(), 76022);
    assert_eq!(ask("/cgi-bin/nothing").await.errcode(), 76021);
}

#[tokio::test]
async fn the_date_is_the_sandboxs_own_unless_a_fault_bends_it() {
    let rig = Rig::start().await;
    let date = async || {
        let answer = rig.get("/cgi-bin/token").await;
        chrono::DateTime::parse_from_rfc2822(answer.header("date")).unwrap().timestamp()
    };
    let now = date().await;
    rig.advance(5000).await;
    assert!((5000..5010).contains(&(date().await - now)));
    rig.fault("/cgi-bin/token", &json!({"clock_skew_seconds": -5000}), 1).await;
    assert!((0..10).contains(&(date().await - now)));
}

#[tokio::test]
async fn a_unionid_can_be_left_out() {
    let rig = Rig::start().await;
    rig.fault("/sns/jscode2session", &json!("no_unionid"), 1).await;
    for expected in [false, true] {
        let code = rig.js_code("ming", APPID).await;
        let told = rig.session(APPID, &code).await.json();
        assert_eq!(told.get("unionid").is_some(), expected, "{told}");
    }
}
