//! The pages that a customer sees.

mod pages;

use std::error::Error;
use std::io;

use catalog_products::Assortment;
use common_http::{Request, Response, send, serve};
use common_telemetry::Log;
use users_client::{GetProfile, Profile, UserId};

const LOG: Log = Log::new("storefront-web");

#[derive(Debug)]
pub struct Storefront {
    catalog_api: String,
    users_api: String,
}

impl Storefront {
    pub fn new(catalog_api: impl Into<String>, users_api: impl Into<String>) -> Self {
        Self {
            catalog_api: catalog_api.into(),
            users_api: users_api.into(),
        }
    }

    pub fn serve(&self, address: &str) -> io::Result<()> {
        LOG.info(format_args!("listening on {address}"));
        serve(address, |request| self.answer(request))
    }

    fn answer(&self, request: &Request) -> Response {
        let page = match request.path.as_str() {
            "/" => self.products(),
            path => match path.strip_prefix("/account/").map(str::parse) {
                Some(Ok(id)) => self.account(id),
                _ => return Response::not_found(),
            },
        };
        page.map_or_else(
            |error| {
                LOG.error(&error);
                Response::unavailable("We will be right back.")
            },
            Response::ok,
        )
    }

    fn products(&self) -> Result<String, Box<dyn Error>> {
        let feed = send(&self.catalog_api, &Request::get("/products"))?;
        let assortment: Assortment = feed.body.parse()?;
        Ok(pages::products(&assortment))
    }

    fn account(&self, id: UserId) -> Result<String, Box<dyn Error>> {
        let response = send(&self.users_api, &GetProfile { id }.into())?;
        if !response.is_ok() {
            return Err(response.body.into());
        }
        let profile: Profile = response.body.parse()?;
        Ok(pages::account(&profile))
    }
}
