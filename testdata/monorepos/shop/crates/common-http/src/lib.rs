//! Just enough HTTP for services that talk to each other inside one cluster.

mod client;
mod server;

pub use client::send;
pub use server::serve;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub body: String,
}

impl Request {
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: "GET".into(),
            path: path.into(),
            body: String::new(),
        }
    }

    pub fn post(path: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            method: "POST".into(),
            path: path.into(),
            body: body.into(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub body: String,
}

impl Response {
    pub fn ok(body: impl Into<String>) -> Self {
        Self {
            status: 200,
            body: body.into(),
        }
    }

    pub fn bad_request(why: impl ToString) -> Self {
        Self {
            status: 400,
            body: why.to_string(),
        }
    }

    pub fn not_found() -> Self {
        Self {
            status: 404,
            body: "not found".into(),
        }
    }

    pub fn unavailable(why: impl ToString) -> Self {
        Self {
            status: 503,
            body: why.to_string(),
        }
    }

    pub fn is_ok(&self) -> bool {
        self.status == 200
    }
}

/// What the environment variable `name` says, or else `default`.
pub fn setting(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}
