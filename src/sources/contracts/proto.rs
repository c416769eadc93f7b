//! `.proto` files: package, imports and services.
//!
//! Only these statements are read, by their tokens; messages, options and comments are stepped over. A parser of the
//! whole language would refuse a file for one field that it does not know, and give no bytes of what it knows.
//!
//! Source of the rules: the language specifications of proto2, proto3 and editions, "Lexical elements" and
//! "Import statement".

use crate::text::{Span, Spanned};

use super::facts::{Contract, Format, Import, Service};

/// How many imports, services and methods are kept of one file.
const MOST: usize = 10_000;

/// Reads a file; nothing if no statement is in it. What is not closed reaches to its end.
pub(super) fn read(text: &str) -> Option<Contract> {
    let mut reading = Reading { tokens: Tokens { text, at: 0 }, found: empty(), kept: 0 };
    while let Some(token) = reading.tokens.next_token() {
        reading.statement(token);
    }
    let mut found = reading.found;
    if let Some(name) = &found.name {
        found.declared = name.span;
    }
    (found.declared != Span::default()).then_some(found)
}

fn empty() -> Contract {
    Contract {
        format: Format::Proto,
        name: None,
        declared: Span::default(),
        imports: Vec::new(),
        services: Vec::new(),
        servers: Vec::new(),
        channels: Vec::new(),
        unread: Vec::new(),
        fingerprint: 0,
    }
}

/// What a text is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    /// A word, with dots in it: `shop.cart.v1`.
    Word(&'t str, Span),
    /// What stands between quotes.
    Text(&'t str, Span),
    Mark(char),
}

struct Reading<'t> {
    tokens: Tokens<'t>,
    found: Contract,
    kept: usize,
}

impl<'t> Reading<'t> {
    /// A statement of the file itself, from its first token.
    fn statement(&mut self, first: Token<'t>) {
        let Token::Word(word, span) = first else {
            if first == Token::Mark('{') {
                self.skip_block();
            }
            return;
        };
        if self.found.declared == Span::default() {
            self.found.declared = span;
        }
        match word {
            "package" => {
                if let Some(Token::Word(name, span)) = self.tokens.next_token() {
                    let name = name.trim_matches('.');
                    self.found.name = (!name.is_empty())
                        .then(|| Spanned { value: name.to_owned(), span: span_of(span, name) });
                }
            }
            "import" => self.import(),
            "service" => return self.service(),
            _ => {}
        }
        self.skip_statement();
    }

    fn import(&mut self) {
        let mut token = self.tokens.next_token();
        let mut is_public = false;
        if let Some(Token::Word(word @ ("public" | "weak" | "option"), _)) = token {
            is_public = word == "public";
            // What only options need is no part of the contract.
            let is_option = word == "option";
            token = self.tokens.next_token();
            if is_option {
                return;
            }
        }
        if let Some(Token::Text(path, span)) = token
            && !path.is_empty()
            && self.keep()
        {
            let path = Spanned { value: path.to_owned(), span };
            self.found.imports.push(Import { path, is_public });
        }
    }

    fn service(&mut self) {
        let Some(Token::Word(name, span)) = self.tokens.next_token() else { return };
        let mut service = Service { name: Spanned { value: name.to_owned(), span }, methods: Vec::new() };
        let mut depth = 0_usize;
        while let Some(token) = self.tokens.next_token() {
            match token {
                Token::Mark('{') => depth += 1,
                Token::Mark('}') => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        break;
                    }
                }
                Token::Word("rpc", _) if depth == 1 => {
                    if let Some(Token::Word(name, span)) = self.tokens.next_token()
                        && self.keep()
                    {
                        service.methods.push(Spanned { value: name.to_owned(), span });
                    }
                }
                _ => {}
            }
        }
        if self.keep() {
            self.found.services.push(service);
        }
    }

    fn keep(&mut self) -> bool {
        self.kept += 1;
        self.kept <= MOST
    }

    /// To the end of a statement: its semicolon, or its block.
    fn skip_statement(&mut self) {
        // The semicolon may be the token that was looked at last.
        if self.tokens.was_end() {
            return;
        }
        while let Some(token) = self.tokens.next_token() {
            match token {
                Token::Mark(';' | '}') => return,
                Token::Mark('{') => return self.skip_block(),
                _ => {}
            }
        }
    }

    /// To the brace that closes a block, behind the one that opens it.
    fn skip_block(&mut self) {
        let mut depth = 1_usize;
        while let Some(token) = self.tokens.next_token() {
            match token {
                Token::Mark('{') => depth += 1,
                Token::Mark('}') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }
}

/// Where a part of a word stands that its end was cut from.
fn span_of(whole: Span, part: &str) -> Span {
    let start = whole.start as usize;
    Span::new(start..start + part.len())
}

struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Tokens<'t> {
    /// Whether the last token ended a statement.
    fn was_end(&self) -> bool {
        self.text.as_bytes().get(self.at.wrapping_sub(1)) == Some(&b';')
    }

    fn next_token(&mut self) -> Option<Token<'t>> {
        loop {
            let rest = &self.text[self.at..];
            let first = rest.chars().next()?;
            match first {
                _ if first.is_whitespace() => self.at += first.len_utf8(),
                '/' if rest.starts_with("//") => self.at += rest.find('\n').unwrap_or(rest.len()),
                '/' if rest.starts_with("/*") => {
                    self.at += rest[2..].find("*/").map_or(rest.len(), |end| end + 4);
                }
                '"' | '\'' => return Some(self.quoted(first)),
                _ if is_word(first) => {
                    let length = rest.find(|one| !is_word(one)).unwrap_or(rest.len());
                    let span = Span::new(self.at..self.at + length);
                    self.at += length;
                    return Some(Token::Word(&rest[..length], span));
                }
                _ => {
                    self.at += first.len_utf8();
                    return Some(Token::Mark(first));
                }
            }
        }
    }

    /// A text in quotes; it ends with its line at the latest.
    fn quoted(&mut self, quote: char) -> Token<'t> {
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut end = start;
        while let Some(byte) = bytes.get(end) {
            match byte {
                b'\\' => end += 1,
                b'\n' => break,
                byte if char::from(*byte) == quote => break,
                _ => {}
            }
            end += 1;
        }
        // An escape may have led past the end, or into a character.
        let end = self.text.floor_char_boundary(end.min(bytes.len()));
        self.at = match self.text[end..].starts_with(quote) {
            true => end + 1,
            false => end,
        };
        Token::Text(&self.text[start..end], Span::new(start..end))
    }
}

fn is_word(one: char) -> bool {
    one.is_alphanumeric() || matches!(one, '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn statements_are_told_from_what_looks_like_them() {
        let text = "// import \"no.proto\";\n/* package no; */ syntax = \"proto3\";\npackage shop.cart;\n\
                    import public \"a.proto\";import'b.proto';\nimport option \"c.proto\";\n\
                    option (x) = { import: \"no.proto\" };\n\
                    message import { string package = 1; message service {} }\n\
                    service Cart { rpc Add(Item) returns (Item) { option (y) = { rpc: 1 }; } rpc Get(A) returns (B); }\n\
                    import weak \"d.proto\";\n";
        let found = read(text).unwrap();
        let imports: Vec<(&str, bool)> =
            found.imports.iter().map(|one| (one.path.value.as_str(), one.is_public)).collect();
        assert_eq!(imports, [("a.proto", true), ("b.proto", false), ("d.proto", false)]);
        assert_eq!(found.name.as_ref().unwrap().value, "shop.cart");
        assert_eq!(&text[found.declared.range()], "shop.cart");
        let methods: Vec<&str> = found.services[0].methods.iter().map(|one| one.value.as_str()).collect();
        assert_eq!(methods, ["Add", "Get"]);
    }

    #[test]
    fn what_is_not_closed_reaches_to_the_end() {
        for text in
            ["import \"a", "import \"a\\", "service A { rpc", "/* a", "message A {", "import \"ü\\ü", "}"]
        {
            read(text);
        }
    }
}
