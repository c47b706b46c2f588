//! A website's back end that listens: whatever is posted to it is kept, and answered as the test says.

use crate::wait::eventually;
use poem::http::StatusCode;
use poem::listener::TcpAcceptor;
use poem::{IntoResponse as _, Request, Response, Server, endpoint};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::form_urlencoded;

/// A form that came.
pub type Form = BTreeMap<String, String>;

#[derive(Default)]
struct Heard {
    forms: Mutex<Vec<Form>>,
    answers: Mutex<Option<StatusCode>>,
}

/// The back end; it goes with this value.
pub struct BackEnd {
    /// Its address, without a trailing slash.
    pub base: String,
    heard: Arc<Heard>,
    task: JoinHandle<()>,
}

impl BackEnd {
    /// Listens, and answers 200.
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Heard::default());
        let kept = Arc::clone(&heard);
        let answer = endpoint::make(move |request| {
            let kept = Arc::clone(&kept);
            async move { Ok::<_, poem::Error>(kept.take(request).await) }
        });
        let acceptor = TcpAcceptor::from_tokio(listener).unwrap();
        let task =
            tokio::spawn(async move { Server::new_with_acceptor(acceptor).run(answer).await.unwrap() });
        Self { base, heard, task }
    }

    /// From now on it answers this.
    pub fn answers(&self, status: StatusCode) {
        *self.heard.answers.lock().unwrap() = Some(status);
    }

    /// How often it was called.
    pub fn calls(&self) -> usize {
        self.heard.forms.lock().unwrap().len()
    }

    /// The call of this number, once it came.
    pub async fn call(&self, number: usize) -> Form {
        let heard = &self.heard;
        eventually("the back end is called", || async { heard.forms.lock().unwrap().get(number).cloned() })
            .await
    }
}

impl Heard {
    async fn take(&self, request: Request) -> Response {
        let body = request.into_body().into_vec().await.unwrap();
        self.forms.lock().unwrap().push(form_urlencoded::parse(&body).into_owned().collect());
        self.answers.lock().unwrap().unwrap_or(StatusCode::OK).into_response()
    }
}

impl Drop for BackEnd {
    fn drop(&mut self) {
        self.task.abort();
    }
}
