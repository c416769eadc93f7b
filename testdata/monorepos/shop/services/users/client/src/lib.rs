//! The contract of the users API: what it can be asked, and what it answers.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use common_http::Request;
use common_money::Money;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(u64);

impl UserId {
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for UserId {
    type Err = ContractError;

    fn from_str(text: &str) -> Result<Self, ContractError> {
        text.parse().map(UserId).map_err(|_| ContractError)
    }
}

/// `GET /users/<id>`, answered with a [`Profile`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetProfile {
    pub id: UserId,
}

impl From<GetProfile> for Request {
    fn from(question: GetProfile) -> Request {
        Request::get(format!("/users/{}", question.id))
    }
}

impl TryFrom<&Request> for GetProfile {
    type Error = ContractError;

    fn try_from(request: &Request) -> Result<Self, ContractError> {
        let id = request
            .path
            .strip_prefix("/users/")
            .filter(|_| request.method == "GET")
            .ok_or(ContractError)?;
        Ok(Self { id: id.parse()? })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub store_credit: Money,
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let credit = self.store_credit.cents();
        write!(f, "{}\t{}\t{}\t{credit}", self.id, self.name, self.email)
    }
}

impl FromStr for Profile {
    type Err = ContractError;

    fn from_str(body: &str) -> Result<Self, ContractError> {
        let fields: Vec<&str> = body.split('\t').collect();
        let [id, name, email, credit] = fields[..] else {
            return Err(ContractError);
        };
        Ok(Self {
            id: id.parse()?,
            name: name.to_owned(),
            email: email.to_owned(),
            store_credit: credit
                .parse()
                .map(Money::from_cents)
                .map_err(|_| ContractError)?,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContractError;

impl fmt::Display for ContractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not what the users API says or understands")
    }
}

impl Error for ContractError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_reads_back() {
        let question = GetProfile { id: UserId::new(7) };
        let request = Request::from(question);
        assert_eq!(request.path, "/users/7");
        assert_eq!(GetProfile::try_from(&request), Ok(question));
    }

    #[test]
    fn a_profile_reads_back() {
        let profile = Profile {
            id: UserId::new(7),
            name: "Ada Byron".into(),
            email: "ada@example.com".into(),
            store_credit: Money::from_cents(1290),
        };
        assert_eq!(profile.to_string().parse(), Ok(profile));
        assert_eq!("7\tAda".parse::<Profile>(), Err(ContractError));
    }
}
