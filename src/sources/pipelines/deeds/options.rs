//! Options and arguments of a command.

/// A command's words, sorted.
#[derive(Debug, Default)]
pub(super) struct Options<'w> {
    /// Options with their values, by name without dashes, in order.
    valued: Vec<(&'w str, &'w str)>,
    /// Options without a value.
    flags: Vec<&'w str>,
    /// Everything else.
    pub(super) arguments: Vec<&'w str>,
}

impl<'w> Options<'w> {
    /// Sorts words. `takes_value` says of an option, by its name without dashes, whether the next word is its value.
    pub(super) fn read(words: &'w [String], takes_value: &dyn Fn(&str) -> bool) -> Self {
        let mut found = Self::default();
        let mut words = words.iter().map(String::as_str).peekable();
        while let Some(word) = words.next() {
            let Some(option) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
                found.arguments.push(word);
                continue;
            };
            if option == "-" {
                found.arguments.extend(words.by_ref());
                break;
            }
            let (name, is_long) = match option.strip_prefix('-') {
                Some(name) => (name, true),
                None => (option, false),
            };
            if let Some((name, value)) = name.split_once('=') {
                found.valued.push((name, value));
            } else if let Some((first, value)) =
                attached(name).filter(|(first, _)| !is_long && takes_value(first))
            {
                found.valued.push((first, value));
            } else if takes_value(name) && !is_switch(name, words.peek().copied()) {
                found.valued.extend(words.next().map(|value| (name, value)));
            } else {
                found.flags.push(name);
            }
        }
        found
    }

    /// The values of an option that has one of some names, in order.
    pub(super) fn all(&self, names: &[&str]) -> impl Iterator<Item = &'w str> {
        self.valued.iter().filter(|(name, _)| names.contains(name)).map(|(_, value)| *value)
    }

    /// The last of them.
    pub(super) fn last(&self, names: &[&str]) -> Option<String> {
        self.all(names).last().map(str::to_owned)
    }

    /// Whether an option is there that has no value, or the value `true`.
    pub(super) fn has(&self, name: &str) -> bool {
        self.flags.contains(&name) || self.all(&[name]).any(|value| value == "true")
    }
}

/// `-ta` is `-t a`.
fn attached(name: &str) -> Option<(&str, &str)> {
    let first = name.chars().next()?.len_utf8();
    name.split_at_checked(first).filter(|(_, value)| !value.is_empty())
}

/// Whether an option has no value, whatever it is: by its name, or since another option follows.
fn is_switch(name: &str, next: Option<&str>) -> bool {
    name.starts_with("no-") || name.starts_with("skip-") || next.is_none_or(|next| next.starts_with("--"))
}
