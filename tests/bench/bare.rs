//! What reads and begins are compared with: a bare handler of the same framework, alone in its own
//! process, that parses and answers JSON of the same size and does nothing else.

use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::web::Json;
use poem::{Route, Server, get, handler, post};
use serde_json::{Value, json};

#[handler]
fn read() -> Json<Value> {
    Json(json!({
        "login_id": "lgn_0000000000000000000000", "stage": "pending", "awaiting": "scan", "version": 1,
        "expires_at": "2026-01-01T00:00:00.000Z", "expires_in": 120,
        "challenge": {"type": "qr_image", "image_url": "http://127.0.0.1:8080/api/v1/qr/0000000000000000000000"}
    }))
}

#[handler]
fn begin(body: Json<Value>) -> Json<Value> {
    Json(json!({"echo": body.0}))
}

/// Serves on a free port and prints it.
pub fn serve() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let address = acceptor.local_addr().remove(0).0.as_socket_addr().copied().unwrap();
        println!("{address}");
        let app = Route::new().at("/read", get(read)).at("/begin", post(begin));
        Server::new_with_acceptor(acceptor).run(app).await.unwrap();
    });
}
