//! Accounts of our customers.

use std::io;

use common_http::{Request, Response, serve};
use common_telemetry::Log;
use ledger::Ledger;
use users_client::{GetProfile, Profile};
use users_store::UserStore;

const LOG: Log = Log::new("users-api");

#[derive(Debug)]
pub struct Users {
    store: UserStore,
    ledger: Ledger,
}

impl Users {
    pub fn open(users_file: &str, journal: &str) -> io::Result<Self> {
        Ok(Self {
            store: UserStore::open(users_file)?,
            ledger: Ledger::open(journal),
        })
    }

    pub fn serve(&self, address: &str) -> io::Result<()> {
        LOG.info(format_args!("listening on {address}"));
        serve(address, |request| self.answer(request))
    }

    fn answer(&self, request: &Request) -> Response {
        let Ok(GetProfile { id }) = GetProfile::try_from(request) else {
            return Response::not_found();
        };
        let Some(user) = self.store.find(id) else {
            return Response::not_found();
        };
        match self.ledger.store_credit(id.number()) {
            Ok(store_credit) => {
                let profile = Profile {
                    id,
                    name: user.name.clone(),
                    email: user.email.clone(),
                    store_credit,
                };
                Response::ok(profile.to_string())
            }
            Err(error) => {
                LOG.error(&error);
                Response::unavailable(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fulfilment_shipping::Label;
    use shop_testing::sample_users;
    use users_client::UserId;

    fn users() -> Users {
        Users {
            store: sample_users(),
            ledger: Ledger::open("no-such-journal"),
        }
    }

    #[test]
    fn answers_with_the_profile() {
        let request = GetProfile { id: UserId::new(7) }.into();
        let profile: Profile = users().answer(&request).body.parse().unwrap();
        assert_eq!(profile.name, "Ada Byron");
        assert_eq!(profile.store_credit.cents(), 0);
    }

    #[test]
    fn nobody_is_not_found() {
        assert_eq!(users().answer(&Request::get("/users/9")).status, 404);
        assert_eq!(users().answer(&Request::get("/users/ada")).status, 404);
    }

    #[test]
    fn every_address_fits_on_a_label() {
        for user in users().store.iter() {
            Label::new(&user.name, &user.street, &user.city).unwrap();
        }
    }
}
