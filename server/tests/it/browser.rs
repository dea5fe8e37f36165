//! A browser without JavaScript: it keeps cookies, sends forms, and shows each answer as it came.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use reqwest::header::{ACCEPT, COOKIE, LOCATION, REFERER, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};

/// A browser at one server.
pub struct Browser {
    http: Client,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Browser {
    /// A new one, which no server knows.
    pub fn at(base: &str) -> Self {
        let http = Client::builder().no_proxy().redirect(Policy::none());
        Self {
            http: http.build().expect("a client"),
            base: base.to_owned(),
            cookies: Mutex::default(),
        }
    }

    /// Opens a page; redirects are not followed.
    pub async fn open(&self, path: &str) -> Response {
        self.send(self.http.get(format!("{}{path}", self.base)))
            .await
    }

    /// Sends a form from a page.
    pub async fn submit(&self, (page, path): (&str, &str), form: &[(&str, &str)]) -> Response {
        let request = self.http.post(format!("{}{path}", self.base));
        let referer = format!("{}{page}", self.base);
        self.send(request.header(REFERER, referer).form(form)).await
    }

    /// Types this at the door.
    pub async fn sign_in(&self, email: &str, password: &str) -> Response {
        let form = [("email", email), ("password", password)];
        self.submit(("/sign-in", "/ui/sign_in"), &form).await
    }

    /// The value of a cookie that it keeps.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.lock().get(name).cloned()
    }

    /// Puts a cookie there, as somebody else might.
    pub fn keep(&self, name: &str, value: &str) {
        self.lock().insert(name.to_owned(), value.to_owned());
    }

    async fn send(&self, request: RequestBuilder) -> Response {
        let pairs = self
            .lock()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>();
        let request = request.header(COOKIE, pairs.join("; "));
        let answer = request.header(ACCEPT, "text/html").send().await;
        let answer = answer.expect("an answer");
        for line in set_cookies(&answer) {
            let pair = line.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a name and a value");
            match value {
                "" => self.lock().remove(name),
                _ => self.lock().insert(name.to_owned(), value.to_owned()),
            };
        }
        answer
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.cookies.lock().expect("nobody panics while it is held")
    }
}

/// The cookies that an answer sets, with their attributes.
pub fn set_cookies(answer: &Response) -> Vec<String> {
    let all = answer.headers().get_all(SET_COOKIE).iter();
    all.map(|line| line.to_str().expect("a text").to_owned())
        .collect()
}

/// Where an answer sends the browser; empty where it does not.
pub fn sent_to(answer: &Response) -> &str {
    let location = answer.headers().get(LOCATION);
    location.map_or("", |to| to.to_str().expect("a text"))
}
