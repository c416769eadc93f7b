//! User accounts, kept in a tab-separated file: number, name, email, street, city.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use users_client::UserId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub street: String,
    pub city: String,
}

#[derive(Debug, Default)]
pub struct UserStore {
    users: BTreeMap<UserId, User>,
}

impl UserStore {
    pub fn new(users: impl IntoIterator<Item = User>) -> Self {
        let users = users.into_iter().map(|user| (user.id, user)).collect();
        Self { users }
    }

    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::parse(&fs::read_to_string(path)?)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the user file is broken"))
    }

    fn parse(text: &str) -> Option<Self> {
        let users: Option<Vec<User>> = text.lines().map(user).collect();
        users.map(Self::new)
    }

    pub fn find(&self, id: UserId) -> Option<&User> {
        self.users.get(&id)
    }

    pub fn iter(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }
}

fn user(record: &str) -> Option<User> {
    let fields: Vec<&str> = record.split('\t').collect();
    let [id, name, email, street, city] = fields[..] else {
        return None;
    };
    Some(User {
        id: id.parse().ok()?,
        name: name.to_owned(),
        email: email.to_owned(),
        street: street.to_owned(),
        city: city.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_user_by_number() {
        let store =
            UserStore::parse("7\tAda Byron\tada@example.com\tKirchweg 4\t50667 Köln\n").unwrap();
        assert_eq!(store.find(UserId::new(7)).unwrap().name, "Ada Byron");
        assert_eq!(store.find(UserId::new(8)), None);
    }

    #[test]
    fn half_a_record_is_an_error() {
        assert!(UserStore::parse("7\tAda Byron\n").is_none());
    }
}
