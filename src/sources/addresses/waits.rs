//! Whom a command waits for.
//!
//! Invariant: what only asks once waits for nobody, but for tools that are made to wait or to ask whether
//! somebody is there.

use super::address;
use super::cut::Cut;
use super::host;
use super::kinds::Kind;
use super::names::Name;
use super::shell::{Command, Token, commands};
use super::sink::Sink;
use super::url;
use super::{Mention, Wait};

/// How many waits one command may have.
const MOST_WAITS: usize = 64;

/// Tools that ask for one host by its name.
const BY_NAME: &[&str] = &["nslookup", "getent", "ping", "dig", "host", "drill", "traceroute"];

/// Tools that take a host and a port as two words.
const BY_PAIR: &[&str] = &["nc", "ncat", "netcat", "telnet", "cqlsh", "tcping", "busybox"];

/// Flags that a host follows.
const HOST_FLAGS: &[&str] = &[
    "-h",
    "--host",
    "-H",
    "--hostname",
    "--bootstrap-server",
    "--server",
    "-connect",
    "--url",
    "--uri",
    "--endpoints",
    "-b",
];

/// Flags that a port follows.
const PORT_FLAGS: &[&str] = &["-p", "--port", "-P"];

/// Flags that something else follows, and perhaps a password.
const OTHER_FLAGS: &[&str] = &[
    "-u",
    "-U",
    "--user",
    "--username",
    "--password",
    "-a",
    "--pass",
    "-d",
    "--dbname",
    "-w",
    "-i",
    "-c",
    "-G",
    "-t",
    "--timeout",
    "-o",
    "--output",
    "-X",
    "--data",
    "-m",
    "--max-time",
    "--connect-timeout",
    "-q",
    "-T",
    "-W",
    "-e",
    "--interval",
    "--retry",
    "--retry-delay",
    "-O",
    "-s",
];

/// Whom a command waits for, by its words; a word may be a whole shell text.
pub(super) fn waits(words: &[&str]) -> Vec<Wait> {
    let mut waits: Vec<Wait> = Vec::new();
    for command in commands(words) {
        for wait in of_command(&command) {
            let is_known = waits.iter().any(|known| known.index == wait.index && known.range == wait.range);
            if waits.len() < MOST_WAITS && !is_known {
                waits.push(wait);
            }
        }
    }
    waits
}

fn of_command(command: &Command<'_>) -> Vec<Wait> {
    let mut words = command.words.as_slice();
    // `timeout 60 nc …`, `busybox nc …`
    while let [first, rest @ ..] = words
        && is_wrapper(first.cut.text)
    {
        words = rest;
    }
    let Some((name, arguments)) = words.split_first() else { return Vec::new() };
    let path = name.cut.text;
    let tool = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let tool = tool.trim_end_matches(".sh").trim_end_matches(".py");
    if path.starts_with("/dev/tcp/") {
        return device(*name).into_iter().collect();
    }
    let is_ready = matches!(tool, "pg_isready" | "wait4x");
    match tool {
        "dockerize" => dockerize(arguments),
        _ if is_waiter(tool) => waiter(arguments, tool),
        _ if BY_PAIR.contains(&tool) && (command.is_condition || has_flag(arguments, 'z')) => pair(arguments),
        _ if BY_NAME.contains(&tool) && command.is_condition => by_name(arguments),
        "kubectl" | "echo" | "sleep" | "printf" | "docker" => Vec::new(),
        _ if command.is_condition || is_ready => asked(arguments),
        _ => Vec::new(),
    }
}

fn is_wrapper(word: &str) -> bool {
    let is_time = |word: &str| word.trim_end_matches(['s', 'm']).bytes().all(|byte| byte.is_ascii_digit());
    let is_shell = matches!(
        word.rsplit('/').next().unwrap_or_default(),
        "sh" | "bash" | "ash" | "-c" | "-ec" | "-exc" | "-xc"
    );
    is_shell
        || matches!(word, "timeout" | "exec" | "sudo" | "busybox" | "command" | "env")
        || (!word.is_empty() && is_time(word))
}

/// `wait-for-it`, `wait-for`, `wait_for_db`, `wait-on`, `wait4x`, `wait-port`.
fn is_waiter(tool: &str) -> bool {
    let words: Vec<&str> = tool.split(['-', '_']).collect();
    matches!(
        words.as_slice(),
        ["wait", "for" | "on" | "port" | "until", ..] | ["waitforit" | "waitfor" | "wait4x" | "wait4ports"]
    )
}

/// Whether a flag of one letter is there, alone or among others: `-zv`.
fn has_flag(arguments: &[Token<'_>], flag: char) -> bool {
    let flags = arguments.iter().filter_map(|word| word.cut.text.strip_prefix('-'));
    flags.into_iter().any(|flags| !flags.starts_with('-') && flags.contains(flag))
}

/// `dockerize -wait tcp://db:5432 -wait http://users:80 command`.
fn dockerize(arguments: &[Token<'_>]) -> Vec<Wait> {
    let mut found = Vec::new();
    let mut is_next = false;
    for word in arguments {
        let text = word.cut.text;
        match text.split_once('=') {
            Some(("-wait" | "--wait", _)) => {
                found.extend(address(*word, word.cut.from(text.find('=').map_or(0, |at| at + 1))))
            }
            _ if is_next => found.extend(address(*word, word.cut)),
            _ => {}
        }
        is_next = matches!(text, "-wait" | "--wait");
    }
    found
}

/// All addresses before `--`, `host port`, and the host of a script that is made for one kind of store.
fn waiter(arguments: &[Token<'_>], tool: &str) -> Vec<Wait> {
    let end = arguments.iter().position(|word| word.cut.text == "--").unwrap_or(arguments.len());
    let arguments = arguments.get(..end).unwrap_or(arguments);
    let mut found = asked(arguments);
    if found.is_empty() {
        found = pair(arguments);
    }
    let is_made_for_one = !matches!(tool, "wait-for-it" | "wait-for" | "wait-on" | "wait4x");
    if found.is_empty() && is_made_for_one {
        found.extend(positional(arguments).next().and_then(|word| bare(word, None)));
    }
    found
}

/// `-z host port`.
fn pair(arguments: &[Token<'_>]) -> Vec<Wait> {
    let words: Vec<Token<'_>> = positional(arguments).collect();
    let pairs = words.windows(2).filter_map(|pair| match pair {
        [name, port] => bare(*name, Some(host::port(port.cut.text)?)),
        _ => None,
    });
    pairs.take(1).collect()
}

/// `nslookup users.shop.svc`, `getent hosts users`; of `users.$(…).svc` the first part.
fn by_name(arguments: &[Token<'_>]) -> Vec<Wait> {
    let mut names =
        positional(arguments).filter(|word| !matches!(word.cut.text, "hosts" | "ahosts" | "ahostsv4"));
    let known = |word: Token<'_>| {
        let length = word.cut.text.strip_suffix(".$").unwrap_or(word.cut.text).len();
        bare(Token { cut: word.cut.upto(length), ..word }, None)
    };
    names.next().and_then(known).into_iter().collect()
}

/// The addresses that a tool is given, and its host's flag with its port's.
fn asked(arguments: &[Token<'_>]) -> Vec<Wait> {
    let mut found = Vec::new();
    let port = after_flag(arguments, PORT_FLAGS).and_then(|(_, port)| host::port(port.text));
    if let Some((word, value)) = after_flag(arguments, HOST_FLAGS) {
        let named = Token { cut: value, ..word };
        found.extend(address(word, value).or_else(|| bare(named, port)));
    }
    for word in positional(arguments) {
        match word.cut.text.strip_prefix("/dev/tcp/") {
            Some(_) => found.extend(device(word)),
            None => found.extend(address(word, word.cut)),
        }
    }
    found
}

/// What a flag is given: `-h db`, `-hdb`, `--host=db`.
fn after_flag<'a>(arguments: &[Token<'a>], flags: &[&str]) -> Option<(Token<'a>, Cut<'a>)> {
    arguments.iter().enumerate().find_map(|(at, word)| {
        let text = word.cut.text;
        if flags.contains(&text) {
            return arguments.get(at + 1).map(|next| (*next, next.cut));
        }
        let joined = flags.iter().find_map(|flag| {
            let rest = text.strip_prefix(flag)?;
            let is_short = flag.len() == 2 && !rest.starts_with('-');
            match rest.strip_prefix('=') {
                Some(value) => Some(value.len()),
                None => is_short.then_some(rest.len()),
            }
        })?;
        (joined > 0).then(|| (*word, word.cut.from(text.len() - joined)))
    })
}

/// The words that are no flags, and not what a flag is given.
fn positional<'s, 'a: 's>(arguments: &'s [Token<'a>]) -> impl Iterator<Item = Token<'a>> + 's {
    let mut is_given = false;
    arguments.iter().copied().filter(move |word| {
        let text = word.cut.text;
        let is_value = std::mem::replace(&mut is_given, false);
        if text.starts_with('-') {
            is_given = [HOST_FLAGS, PORT_FLAGS, OTHER_FLAGS].into_iter().any(|flags| flags.contains(&text));
            return false;
        }
        !is_value
    })
}

/// A URL, or `host:port`.
fn address(word: Token<'_>, text: Cut<'_>) -> Option<Wait> {
    let name = Name::of("");
    let mut sink = Sink::of(word.index);
    match text.text.find("://") {
        Some(at) => url::read(text.upto(at).text, text.from(at + 3), &name, &mut sink),
        None => {
            let named = Name { kind: Kind::Host, ..name };
            address::address(text, &named, false, &mut sink);
        }
    }
    sink.mentions.into_iter().next().map(Wait::from)
}

fn bare(word: Token<'_>, port: Option<u16>) -> Option<Wait> {
    let host = host::bare(word.cut.text)?;
    Some(Wait { index: word.index, range: word.cut.range(), host, port })
}

/// `/dev/tcp/db/5432`.
fn device(word: Token<'_>) -> Option<Wait> {
    let (name, port) = word.cut.strip_prefix("/dev/tcp/")?.split_once('/')?;
    bare(Token { cut: name, ..word }, Some(host::port(port.text)?))
}

impl From<Mention> for Wait {
    fn from(mention: Mention) -> Self {
        Self { index: mention.index, range: mention.range, host: mention.host, port: mention.port }
    }
}
