//! Goes through the tokens of a source once, with a list of the brackets that are open.

use super::file::{
    Context, Declaration, Import, Included, Item, ItemKind, Named, RustFile, Scope, ScopeKind, Visibility,
};
use super::loose::loose_words;
use super::tokens::{END, Kind, Token, tokens};
use super::trees::{self, Trie};
use super::words::{Collecting, Word};

/// How many words of a path are kept: what lies deeper changes nothing about where it leads.
const LONGEST_PATH: usize = 16;

/// How deep blocks that declare something are told from what is around them: a source that nests deeper was not written,
/// and telling them would take longer the deeper it goes.
const DEEPEST: usize = 256;

/// How many brackets may be open at once: behind that, nothing is read of a source.
const MOST_OPEN: usize = 10_000;

/// What stands between two brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// The file, or a module that stands in it.
    Module,
    /// Statements, or fields, or the arms of a match.
    Block,
    /// The items of a trait or of an implementation: they are no names of the scope.
    Associated,
    /// The variants of an enum.
    Variants,
    /// What a macro is given; names that are declared there are names of the scope around.
    Given,
    /// The text of a macro by example.
    Macro,
    /// An attribute.
    Attribute,
    /// Anything else.
    Other,
}

/// A bracket that is open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    closing: u8,
    pub(super) body: Body,
    /// The scope in which names are looked up.
    pub(super) scope: u32,
    /// Whether the scope is its own, and not the one around.
    owns_scope: bool,
    is_test: bool,
    /// Whether it stands in what a macro is given, at any depth.
    pub(super) is_in_macro: bool,
    /// Whether it stands in the text of a macro by example, at any depth.
    pub(super) is_in_rules: bool,
    /// Whether it stands in an attribute, at any depth.
    pub(super) is_in_attribute: bool,
    /// How much was mentioned, and how many scopes there were, before it.
    mentioned_before: usize,
    scopes_before: usize,
}

/// What attributes and `pub` say of the item that follows.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub(super) visibility: Option<Visibility>,
    pub(super) paths: Vec<String>,
    pub(super) condition: Option<String>,
    pub(super) is_exported: bool,
    pub(super) is_any: bool,
}

/// What is there for tests only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tested {
    /// That was not read yet.
    Unknown,
    /// An item: a comma belongs to it.
    Item,
    /// A field, a variant, an arm: a comma ends it.
    Part,
}

/// One place where something is mentioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Occurrence {
    pub(super) scope: u32,
    pub(super) path: u32,
    pub(super) context: Context,
    pub(super) is_test: bool,
    pub(super) is_macro: bool,
    pub(super) is_call: bool,
    pub(super) at: u32,
}

/// Reads one source.
pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: Vec<Token>,
    pub(super) at: usize,
    pub(super) words: Collecting<'t>,
    pub(super) trie: Trie,
    pub(super) file: RustFile,
    pub(super) stack: Vec<Open>,
    /// How many brackets of each kind are open: `)`, `]`, `}`.
    open: [usize; 3],
    pub(super) mentioned: Vec<Occurrence>,
    pub(super) pending: Pending,
    /// At which depth something for tests only began, which ends with it.
    pub(super) test_at: Option<usize>,
    /// What that is.
    pub(super) tested: Tested,
    /// What the next brace at this depth opens.
    next_body: Option<(usize, Body)>,
    /// Where what a macro is given begins, and what it is then.
    given_at: Option<(usize, Body)>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        // Places are counted in 32 bits, and no source is that long.
        let text = if u32::try_from(text.len()).is_ok() { text } else { "" };
        let file = Open {
            closing: 0,
            body: Body::Module,
            scope: 0,
            owns_scope: true,
            is_test: false,
            is_in_macro: false,
            is_in_rules: false,
            is_in_attribute: false,
            mentioned_before: 0,
            scopes_before: 0,
        };
        Self {
            text,
            tokens: tokens(text),
            at: 0,
            words: Collecting::default(),
            trie: Trie::default(),
            file: RustFile {
                length: u32::try_from(text.len()).unwrap_or(u32::MAX),
                scopes: vec![Scope { parent: 0, kind: ScopeKind::File { condition: None }, is_test: false }],
                ..RustFile::default()
            },
            stack: vec![file],
            open: [0; 3],
            mentioned: Vec::new(),
            pending: Pending::default(),
            test_at: None,
            tested: Tested::Unknown,
            next_body: None,
            given_at: None,
        }
    }

    pub(super) fn read(mut self) -> RustFile {
        self.file.loose = loose_words(self.text, &self.tokens);
        let has = |what: &str| memchr::memmem::find(self.text.as_bytes(), what.as_bytes()).is_some();
        self.file.pastes = has("[<") && has("paste");
        while let Some(token) = self.tokens.get(self.at).copied() {
            match token.kind {
                Kind::Name | Kind::Raw => self.name(token),
                Kind::Mark(mark @ (b'(' | b'[' | b'{')) => self.opens(mark),
                Kind::Mark(mark @ (b')' | b']' | b'}')) => self.closes(mark),
                Kind::Mark(mark @ (b';' | b',')) => self.separates(mark),
                Kind::Mark(b'#') => self.attribute(),
                Kind::Mark(b':') if self.is_colons(0) => self.colons(),
                Kind::Doc | Kind::InnerDoc => {
                    self.document(token);
                    self.at += 1;
                }
                Kind::Text => {
                    self.text_given(token);
                    self.at += 1;
                }
                Kind::Mark(_) | Kind::Other => {
                    self.forget();
                    self.at += 1;
                }
            }
        }
        trees::finished(self)
    }

    // What stands where.

    /// The token that lies so far ahead.
    pub(super) fn ahead(&self, by: usize) -> Token {
        self.tokens.get(self.at + by).copied().unwrap_or(END)
    }

    /// The token that lies so far back.
    pub(super) fn back(&self, by: usize) -> Token {
        self.at.checked_sub(by).and_then(|at| self.tokens.get(at)).copied().unwrap_or(END)
    }

    pub(super) fn is_mark(&self, by: usize, mark: u8) -> bool {
        self.ahead(by).kind == Kind::Mark(mark)
    }

    /// Whether `::` lies so far ahead.
    pub(super) fn is_colons(&self, by: usize) -> bool {
        let (first, second) = (self.ahead(by), self.ahead(by + 1));
        first.kind == Kind::Mark(b':') && second.kind == Kind::Mark(b':') && first.end == second.start
    }

    pub(super) fn is_name(&self, by: usize) -> bool {
        matches!(self.ahead(by).kind, Kind::Name | Kind::Raw)
    }

    /// A token as it is written; a name without the mark of a raw one.
    pub(super) fn written(&self, token: Token) -> &'t str {
        let text = self.text.get(token.start as usize..token.end as usize).unwrap_or_default();
        match token.kind {
            Kind::Raw => text.strip_prefix("r#").unwrap_or(text),
            _ => text,
        }
    }

    pub(super) fn word(&mut self, token: Token) -> Word {
        let text = self.written(token);
        self.words.word(text)
    }

    pub(super) fn top(&self) -> Open {
        // The file itself is never closed.
        self.stack[self.stack.len() - 1]
    }

    pub(super) fn is_test(&self) -> bool {
        self.top().is_test || self.test_at.is_some()
    }

    /// What follows at this depth is there for tests only.
    pub(super) fn begins_test(&mut self) {
        if self.test_at.is_none() {
            self.test_at = Some(self.stack.len());
            self.tested = Tested::Unknown;
        }
    }

    /// Forgets what was said of an item that did not come.
    fn forget(&mut self) {
        if self.pending.is_any && !self.top().is_in_attribute {
            self.pending = Pending::default();
        }
    }

    pub(super) fn taken(&mut self) -> Pending {
        std::mem::take(&mut self.pending)
    }

    // Brackets.

    fn opens(&mut self, mark: u8) {
        let given = self.given_at.take_if(|(at, _)| *at == self.at).map(|(_, body)| body);
        let depth = self.stack.len();
        let body = match (given, mark) {
            (Some(body), _) => body,
            (None, b'{') => {
                self.next_body.take_if(|(at, _)| *at == depth).map_or(Body::Block, |(_, body)| body)
            }
            (None, _) => Body::Other,
        };
        self.forget();
        let scope = self.top().scope;
        self.push(mark, body, scope, false);
        self.at += 1;
    }

    fn push(&mut self, mark: u8, body: Body, scope: u32, owns_scope: bool) {
        let around = self.top();
        let closing = match mark {
            b'(' => b')',
            b'[' => b']',
            _ => b'}',
        };
        if self.stack.len() > MOST_OPEN {
            self.at = self.tokens.len();
            return;
        }
        self.open[kind_of(closing)] += 1;
        self.stack.push(Open {
            closing,
            body,
            scope,
            owns_scope,
            is_test: self.is_test(),
            is_in_macro: around.is_in_macro || matches!(body, Body::Given | Body::Macro),
            is_in_rules: around.is_in_rules || body == Body::Macro,
            is_in_attribute: around.is_in_attribute || body == Body::Attribute,
            mentioned_before: self.mentioned.len(),
            scopes_before: self.file.scopes.len(),
        });
    }

    fn closes(&mut self, mark: u8) {
        self.at += 1;
        // What closes nothing is not there, and what is not closed is closed with what is around it.
        if self.open[kind_of(mark)] == 0 {
            return;
        }
        let open = self.stack.iter().rposition(|open| open.closing == mark);
        let Some(open) = open.filter(|open| *open > 0) else { return };
        let was_attribute = self.stack[open].body == Body::Attribute;
        for closed in self.stack.drain(open..) {
            self.open[kind_of(closed.closing)] -= 1;
        }
        if !was_attribute {
            self.forget();
            if self.test_at.is_some_and(|at| at > open || (at == open && mark == b'}')) {
                self.test_at = None;
            }
        }
        if self.next_body.is_some_and(|(at, _)| at > open) {
            self.next_body = None;
        }
    }

    fn separates(&mut self, mark: u8) {
        self.at += 1;
        if self.top().is_in_attribute {
            return;
        }
        self.forget();
        let depth = self.stack.len();
        let is_end = mark == b';' || self.tested != Tested::Item;
        if self.test_at.is_some_and(|at| at > depth || at == depth && is_end) {
            self.test_at = None;
        }
        if mark == b';' && self.next_body.is_some_and(|(at, _)| at >= depth) {
            self.next_body = None;
        }
    }

    // Names.

    fn name(&mut self, token: Token) {
        if self.tested == Tested::Unknown && self.test_at == Some(self.stack.len()) {
            self.tested = match self.written(token) {
                "pub" | "unsafe" | "async" | "default" | "crate" => Tested::Unknown,
                "fn" | "impl" | "struct" | "enum" | "union" | "trait" | "mod" | "use" | "const"
                | "static" | "type" | "extern" | "macro_rules" | "macro" | "auto" => Tested::Item,
                _ => Tested::Part,
            };
        }
        match self.back(1).kind {
            // A field or a method; but `..Base`.
            Kind::Mark(b'.') if self.back(2).kind != Kind::Mark(b'.') => {
                self.at += 1;
                return;
            }
            Kind::Mark(b'$') => {
                match self.written(token) {
                    "crate" => self.path(false),
                    // A part of a macro that stands for whatever it is given.
                    _ => self.skip_path(),
                }
                return;
            }
            _ => {}
        }
        if token.kind == Kind::Raw {
            self.path(false);
            return;
        }
        match self.written(token) {
            "mod" if self.is_name(1) => self.module(),
            "use" if !self.top().is_in_rules => self.import(),
            "extern" => self.external(),
            "macro_rules" if self.is_mark(1, b'!') && self.is_name(2) => {
                let kind = if self.pending.is_exported { ItemKind::ExportedMacro } else { ItemKind::Macro };
                self.at += 2;
                self.item(kind);
                self.given_at = Some((self.at, Body::Macro));
            }
            "macro" if self.is_name(1) && self.begins() => {
                self.at += 1;
                self.item(ItemKind::Type);
            }
            "struct" if self.is_name(1) => {
                self.at += 1;
                self.item(ItemKind::Struct);
            }
            "union" if self.is_name(1) && self.begins() => {
                self.at += 1;
                self.item(ItemKind::Struct);
            }
            "enum" if self.is_name(1) => {
                self.next_body = Some((self.stack.len(), Body::Variants));
                self.at += 1;
                self.item(ItemKind::Type);
            }
            "trait" if self.is_name(1) => {
                self.next_body = Some((self.stack.len(), Body::Associated));
                self.at += 1;
                self.item(ItemKind::Type);
            }
            "type" if self.is_name(1) => {
                self.at += 1;
                self.item(ItemKind::Type);
            }
            "fn" if self.is_name(1) => {
                self.at += 1;
                self.item(ItemKind::Value);
            }
            "impl" => {
                if self.begins() {
                    self.next_body = Some((self.stack.len(), Body::Associated));
                }
                self.forget();
                self.at += 1;
            }
            "const" => self.constant(),
            "static" => self.constant(),
            "pub" => self.visibility(),
            // What may stand between attributes and an item.
            "unsafe" | "async" | "default" | "auto" => self.at += 1,
            "self" | "super" | "crate" if self.is_colons(1) => self.path(false),
            "Self" => self.skip_path(),
            "as" | "await" | "break" | "continue" | "crate" | "dyn" | "else" | "false" | "for" | "if"
            | "in" | "let" | "loop" | "match" | "mod" | "move" | "mut" | "ref" | "return" | "self"
            | "super" | "true" | "use" | "where" | "while" | "_" => {
                self.forget();
                self.at += 1;
            }
            _ => self.path(false),
        }
    }

    /// Whether an item may begin here.
    fn begins(&self) -> bool {
        if self.at == 0 {
            return true;
        }
        let before = self.back(1);
        match before.kind {
            Kind::Mark(b';' | b'}' | b'{' | b']' | b')') | Kind::Doc | Kind::InnerDoc => true,
            Kind::Name => matches!(self.written(before), "pub" | "unsafe" | "default" | "const" | "auto"),
            _ => false,
        }
    }

    fn constant(&mut self) {
        let begins = self.begins();
        self.at += 1;
        while self.is_name(0) && matches!(self.written(self.ahead(0)), "mut" | "ref") {
            self.at += 1;
        }
        // Not `const fn`, `const { … }`, and not a parameter of something generic.
        if begins && self.is_name(0) && self.is_mark(1, b':') && self.written(self.ahead(0)) != "_" {
            self.item(ItemKind::Value);
        }
    }

    fn visibility(&mut self) {
        self.at += 1;
        let mut visibility = Visibility::Public;
        if self.is_mark(0, b'(') && self.is_name(1) {
            visibility = match self.written(self.ahead(1)) {
                "crate" | "in" => Visibility::Crate,
                "super" => Visibility::Super,
                "self" => Visibility::Private,
                _ => visibility,
            };
            if visibility != Visibility::Public {
                // `pub(in a::b)` is told by nothing but its tokens.
                let mut ahead = 1;
                while ahead < 64 && !self.is_mark(ahead, b')') && self.ahead(ahead).end != END.end {
                    ahead += 1;
                }
                self.at += ahead + 1;
            }
        }
        self.pending.visibility = Some(visibility);
        self.pending.is_any = true;
    }

    /// The name of an item, at which it stands, goes to the names of the scope.
    fn item(&mut self, kind: ItemKind) {
        let visibility = self.taken().visibility.unwrap_or(Visibility::Private);
        let token = self.ahead(0);
        self.at += 1;
        let top = self.top();
        let is_none = matches!(top.body, Body::Associated | Body::Variants) || top.is_in_attribute;
        if is_none || top.is_in_rules || self.back(2).kind == Kind::Mark(b'$') {
            return;
        }
        let name = self.word(token);
        let scope = self.declares();
        self.file.items.push(Item { scope, name, kind, visibility });
    }

    /// The scope of what is declared here: a block that declares something has a scope of its own, in which all of it
    /// is looked up, also what stands before.
    pub(super) fn declares(&mut self) -> u32 {
        let is_scope = |open: &Open| matches!(open.body, Body::Block | Body::Module);
        let known = self.stack.get(..DEEPEST).unwrap_or(&self.stack);
        let at = known.iter().rposition(is_scope).unwrap_or(0);
        let open = self.stack[at];
        if open.owns_scope {
            return open.scope;
        }
        let new = self.new_scope(open.scope, ScopeKind::Block, open.is_test);
        for occurrence in &mut self.mentioned[open.mentioned_before..] {
            if occurrence.scope == open.scope {
                occurrence.scope = new;
            }
        }
        for scope in &mut self.file.scopes[open.scopes_before..new as usize] {
            if scope.parent == open.scope {
                scope.parent = new;
            }
        }
        for inner in &mut self.stack[at..] {
            if inner.scope == open.scope {
                inner.scope = new;
            }
        }
        self.stack[at].owns_scope = true;
        new
    }

    fn new_scope(&mut self, parent: u32, kind: ScopeKind, is_test: bool) -> u32 {
        let new = u32::try_from(self.file.scopes.len()).unwrap_or(u32::MAX);
        self.file.scopes.push(Scope { parent, kind, is_test });
        new
    }

    fn module(&mut self) {
        let pending = self.taken();
        let token = self.ahead(1);
        self.at += 2;
        if self.top().is_in_rules || self.back(3).kind == Kind::Mark(b'$') {
            return;
        }
        let module = Named {
            name: self.word(token),
            visibility: pending.visibility.unwrap_or(Visibility::Private),
            paths: pending.paths,
            condition: pending.condition,
            at: token.start,
        };
        let is_test = self.is_test();
        if self.is_mark(0, b'{') {
            let parent = self.declares();
            let scope = self.new_scope(parent, ScopeKind::Module(module), is_test);
            self.push(b'{', Body::Module, scope, true);
            self.at += 1;
        } else if self.is_mark(0, b';') {
            let scope = self.declares();
            self.file.declarations.push(Declaration { scope, module, is_test });
        }
    }

    fn external(&mut self) {
        self.at += 1;
        let is_crate = self.ahead(0).kind == Kind::Name && self.written(self.ahead(0)) == "crate";
        if !(is_crate && self.is_name(1)) {
            // What a foreign block declares are names of the scope.
            if self.ahead(0).kind == Kind::Text && self.is_mark(1, b'{') {
                self.given_at = Some((self.at + 1, Body::Other));
            }
            return;
        }
        let visibility = self.taken().visibility.unwrap_or(Visibility::Private);
        let token = self.ahead(1);
        let word = self.word(token);
        self.at += 2;
        let mut name = word;
        if self.is_name(0) && self.written(self.ahead(0)) == "as" && self.is_name(1) {
            name = self.word(self.ahead(1));
            self.at += 2;
        }
        let path = self.trie.below(Trie::RELATIVE, word);
        let (is_test, is_in_macro) = (self.is_test(), self.top().is_in_macro);
        let scope = self.declares();
        let name = (self.words.of(name) != "_").then_some(name);
        self.file.imports.push(Import {
            scope,
            path,
            name,
            is_glob: false,
            is_crate: true,
            visibility,
            at: token.start,
            is_test,
            is_in_macro,
        });
    }

    // Paths.

    /// `::` that no name stands before: what follows is looked up among crates.
    fn colons(&mut self) {
        let (before, further) = (self.back(1), self.back(2));
        let is_arrow = before.kind == Kind::Mark(b'>')
            && matches!(further.kind, Kind::Mark(b'-' | b'='))
            && further.end == before.start;
        self.at += 2;
        let goes_on = match before.kind {
            Kind::Mark(b'>') if is_arrow => false,
            Kind::Raw | Kind::Mark(b'>' | b')' | b']' | b'$') => true,
            Kind::Name => !is_before_path(self.written(before)),
            _ => false,
        };
        if !self.is_name(0) {
            return;
        }
        match goes_on {
            true => self.skip_path(),
            false => self.path(true),
        }
    }

    /// Steps over a path that says nothing.
    fn skip_path(&mut self) {
        self.forget();
        self.at += 1;
        while self.is_colons(0) && self.is_name(2) {
            self.at += 3;
        }
    }

    /// The path that begins here.
    fn path(&mut self, is_global: bool) {
        self.forget();
        let first = self.ahead(0);
        let top = self.top();
        let is_variant = top.body == Body::Variants
            && matches!(self.back(1).kind, Kind::Mark(b'{' | b',' | b']') | Kind::Doc | Kind::InnerDoc);
        if is_variant {
            self.at += 1;
            return;
        }
        let mut length = 1;
        let mut last = first;
        let begin = self.at;
        self.at += 1;
        while self.is_colons(0) && self.is_name(2) {
            last = self.ahead(2);
            length += 1;
            self.at += 3;
        }
        let next = self.ahead(0);
        let is_macro =
            next.kind == Kind::Mark(b'!') && matches!(self.ahead(1).kind, Kind::Mark(b'(' | b'[' | b'{'));
        let is_call = next.kind == Kind::Mark(b'(');
        if is_macro {
            self.given_at = Some((self.at + 1, Body::Given));
            self.is_included(last);
        }
        // In the text of a macro, only what begins with the crate means the same wherever it is used.
        if top.is_in_rules && (self.written(first) != "crate" || first.kind == Kind::Raw) {
            return;
        }
        if length == 1 && !is_global && !is_macro && !self.is_told(first, is_call, top) {
            return;
        }
        let mut node = if is_global { Trie::GLOBAL } else { Trie::RELATIVE };
        for at in (begin..).step_by(3).take(length.min(LONGEST_PATH)) {
            let Some(token) = self.tokens.get(at).copied() else { break };
            let word = self.word(token);
            node = self.trie.below(node, word);
        }
        let context = if top.is_in_macro || top.is_in_attribute { Context::Macro } else { Context::Code };
        self.mentioned.push(Occurrence {
            scope: top.scope,
            path: node,
            context,
            is_test: self.is_test(),
            is_macro,
            is_call,
            at: first.start,
        });
    }

    /// Whether one word alone may be the name of an item: a word in small letters most likely names a variable,
    /// unless it is called.
    fn is_told(&self, token: Token, is_call: bool, top: Open) -> bool {
        let text = self.written(token);
        let is_large = text.starts_with(|first: char| first.is_uppercase());
        let next = self.ahead(0);
        // What is declared, bound or named by it is not mentioned: `T: Bound`, `Item = u8`.
        let is_bound = match next.kind {
            Kind::Mark(b':') => !self.is_colons(0),
            Kind::Mark(b'=') => !matches!(self.ahead(1).kind, Kind::Mark(b'=' | b'>')),
            _ => false,
        };
        (is_large && !is_bound) || is_call || (top.is_in_attribute && !is_bound)
    }

    /// What `include!` and its like take in.
    fn is_included(&mut self, name: Token) {
        match self.written(name) {
            "include" => {
                let text = self.ahead(2);
                if text.kind != Kind::Text {
                    self.file.has_generated = true;
                    return;
                }
                let path = self.quoted(text).to_owned();
                let is_test = self.is_test();
                let scope = self.declares();
                self.file.included.push(Included { scope, path, is_test });
            }
            "include_str" | "include_bytes" => {}
            other => self.file.has_generated |= other.starts_with("include_"),
        }
    }

    /// What stands between the quotes of a text.
    pub(super) fn quoted(&self, token: Token) -> &'t str {
        let text = self.written(token);
        let text = text.trim_start_matches(['r', '#']).trim_end_matches('#');
        let text = text.strip_prefix('"').unwrap_or(text);
        text.strip_suffix('"').unwrap_or(text)
    }

    pub(super) fn opens_attribute(&mut self) {
        let scope = self.top().scope;
        self.push(b'[', Body::Attribute, scope, false);
        self.at += 1;
    }

    /// The condition of the scope that stands here, as its own attributes say it.
    pub(super) fn condition_of_scope(&mut self, condition: String) {
        let scope = self.top().scope as usize;
        if let Some(scope) = self.file.scopes.get_mut(scope) {
            match &mut scope.kind {
                ScopeKind::File { condition: kept } => *kept = Some(condition),
                ScopeKind::Module(named) => named.condition = Some(condition),
                ScopeKind::Block => {}
            }
        }
    }

    /// All that stands here is compiled for tests only.
    pub(super) fn tests_scope(&mut self) {
        let at = self.stack.len() - 1;
        self.stack[at].is_test = true;
        let scope = self.stack[at].scope as usize;
        if let Some(scope) = self.file.scopes.get_mut(scope) {
            scope.is_test = true;
        }
    }
}

/// Where brackets of a kind are counted.
fn kind_of(closing: u8) -> usize {
    match closing {
        b')' => 0,
        b']' => 1,
        _ => 2,
    }
}

/// Whether a keyword stands before a path, and is no part of one.
fn is_before_path(word: &str) -> bool {
    matches!(
        word,
        "as" | "async"
            | "await"
            | "break"
            | "const"
            | "dyn"
            | "else"
            | "for"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "match"
            | "move"
            | "mut"
            | "pub"
            | "ref"
            | "return"
            | "static"
            | "unsafe"
            | "use"
            | "where"
            | "while"
    )
}
