//! What is read of a source, case by case.

use super::{Context, RustFile, ScopeKind, has_word, read_code};

/// What a source declares and mentions, a line each.
fn told(text: &str) -> Vec<String> {
    let file = read_code(text);
    let path = |at: u32| {
        let (words, is_global) = file.words_of(at);
        let words: Vec<&str> = words.iter().map(|word| file.words.of(*word)).collect();
        format!("{}{}", if is_global { "::" } else { "" }, words.join("::"))
    };
    let test = |is_test: bool| if is_test { " in tests" } else { "" };
    let mut told = Vec::new();
    for one in &file.declarations {
        let condition = one.module.condition.as_deref().map(|one| format!(" if {one}")).unwrap_or_default();
        let paths: String = one.module.paths.iter().map(|path| format!(" at {path}")).collect();
        let name = file.words.of(one.module.name);
        told.push(format!("mod {name}{paths}{condition}{}", test(one.is_test)));
    }
    for scope in &file.scopes {
        if let ScopeKind::Module(named) = &scope.kind {
            told.push(format!("mod {} {{}}{}", file.words.of(named.name), test(scope.is_test)));
        }
    }
    for one in &file.imports {
        let name = match one.name {
            _ if one.is_glob => "*",
            Some(name) => file.words.of(name),
            None => "_",
        };
        let word = if one.is_crate { "crate" } else { "use" };
        told.push(format!("{word} {} as {name}{}", path(one.path), test(one.is_test)));
    }
    for one in &file.items {
        told.push(format!("item {}", file.words.of(one.name)));
    }
    for (one, places) in file.mentioned() {
        let mark = match (one.is_macro, one.is_call) {
            (true, _) => "!",
            (_, true) => "()",
            _ => "",
        };
        let context = match one.context {
            Context::Code => "",
            Context::Macro => " in a macro",
            Context::Attribute => " in an attribute",
            Context::Documentation => " in documentation",
        };
        told.push(format!("{}{mark} × {}{context}{}", path(one.path), places.len(), test(one.is_test)));
    }
    told
}

#[test]
fn trees_of_imports_are_taken_apart() {
    assert_eq!(
        told("use a::{self, b::{C, D as E}, f::*, g as _}; pub use ::h::I; use {j, k::l}; use super::m;"),
        [
            "use a as a",
            "use a::b::C as C",
            "use a::b::D as E",
            "use a::f as *",
            "use a::g as _",
            "use ::h::I as I",
            "use j as j",
            "use k::l as l",
            "use super::m as m",
        ]
    );
    assert_eq!(
        told("extern crate a_b as c; #[macro_use] extern crate self as d;"),
        ["crate a_b as c", "crate self as d"]
    );
}

#[test]
fn modules_are_told_with_files_and_conditions() {
    let text = "mod a; #[cfg(feature = \"x\")] pub(crate) mod b; #[path = \"c/d.rs\"] mod c;
        #[cfg(test)] mod tests { mod deep; } #[cfg(all(test, unix))] mod e; #[cfg(any(test, unix))] mod f;
        #[cfg(not(test))] mod g; #[cfg_attr(unix, path = \"u.rs\")] #[cfg_attr(windows, path = \"w.rs\")] mod h;";
    assert_eq!(
        told(text),
        [
            "mod a",
            "mod b if cfg(feature = \"x\")",
            "mod c at c/d.rs",
            "mod deep in tests",
            "mod e in tests",
            "mod f if cfg(any(test, unix))",
            "mod g if cfg(not(test))",
            "mod h at u.rs at w.rs",
            "mod tests {} in tests",
        ]
    );
}

#[test]
fn only_what_may_lead_out_of_the_module_is_mentioned() {
    let text = "use a::Account; struct Own; impl Own { const X: u8 = 1; fn f(account: Account) -> Option<Own> {
        let account = Account::new(account.id, crate::b::c()); other::d::<Own>(account); std::mem::drop(1); Self::f(); None } }";
    assert_eq!(
        told(text),
        [
            "use a::Account as Account",
            "item Own",
            "Account × 1",
            "Account::new() × 1",
            "crate::b::c() × 1",
            "other::d × 1",
        ]
    );
}

#[test]
fn blocks_that_declare_something_are_scopes_and_others_are_not() {
    let text = "fn f() { A::x(); { use b::A; } A::y(); } fn g() { use c::A; A::z(); } use d::A;";
    let file = read_code(text);
    let blocks = file.scopes.iter().filter(|scope| scope.kind == ScopeKind::Block).count();
    assert_eq!(blocks, 2);
    let of = |name: &str| {
        let found = file.mentions.iter().find(|one| {
            let (words, _) = file.words_of(one.path);
            words.last().is_some_and(|word| file.words.of(*word) == name)
        });
        found.map(|one| one.scope)
    };
    assert_eq!((of("x"), of("y")), (Some(0), Some(0)));
    assert_ne!(of("z"), Some(0));
}

#[test]
fn macros_attributes_and_documentation_are_told_apart() {
    let text = "/// See [`crate::a::B`], [c](crate::d::E) and [not this] one.
        #[derive(x::Serialize)] #[serde(with = \"crate::millis\")] struct S;
        macro_rules! m { ($t:ty) => { $crate::k::new::<$t>(); Thing::y(); $t::z() } }
        fn f() { y::run!(crate::l::G, assert!(h::I == 1)); println!(\"{}\", crate::j::K); }
        #[tokio::test] async fn t() { crate::n::o(); } fn u() { crate::p::q(); }";
    assert_eq!(
        told(text),
        [
            "item S",
            "item m",
            "item f",
            "item t",
            "item u",
            "x::Serialize × 1 in a macro",
            "crate::millis × 1 in an attribute",
            "crate::k::new × 1 in a macro",
            "y::run! × 1",
            "crate::l::G × 1 in a macro",
            "h::I × 1 in a macro",
            "crate::j::K × 1 in a macro",
            "tokio::test × 1 in a macro in tests",
            "crate::n::o() × 1 in tests",
            "crate::p::q() × 1",
            "crate::a::B × 1 in documentation",
            "crate::d::E × 1 in documentation",
        ]
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .sorted_as(&told(text))
    );
}

/// The expected lines in the order of what was found, so that a case need not know how mentions are sorted.
trait SortedAs {
    fn sorted_as(self, found: &[String]) -> Vec<String>;
}

impl SortedAs for Vec<String> {
    fn sorted_as(mut self, found: &[String]) -> Vec<String> {
        self.sort_by_key(|line| found.iter().position(|other| other == line));
        self
    }
}

#[test]
fn variants_fields_bindings_and_methods_are_no_mentions() {
    let text = "use a::*; enum E { Account, User(Other), #[x] Last = 1 } struct S { order: u8 }
        fn f<T: Bound>(x: impl Iter<Item = u8>) { x.Account(); x.call::<Deep>(); let y = ..Rest::default(); }";
    let found = told(text);
    for name in ["Account", "User", "Last", "T", "Item"] {
        assert!(!found.iter().any(|line| line.starts_with(&format!("{name} "))), "{name}: {found:#?}");
    }
    for line in ["Other × 1", "Bound × 1", "Iter × 1", "Deep × 1", "Rest::default() × 1"] {
        assert!(found.iter().any(|other| other == line), "{line}: {found:#?}");
    }
}

#[test]
fn what_may_name_a_crate_is_told_from_other_words() {
    for (text, expected) in [
        ("fn f() { users::x() }", true),
        ("// users", false),
        ("/* users::x */ fn f() {}", false),
        ("/// Those who are users.", false),
        ("/// See [users].", true),
        ("/// ```\n/// use users;\n/// ```", true),
        ("/// ```\n/// users::x();\n/// ```", true),
        ("const X: &str = \"users\";", false),
        ("const X: &str = \"users::x\";", true),
        ("#[serde(crate = \"users\")] struct X;", true),
        ("#[derive(users)] struct X;", true),
        ("fn my_users() {} fn users2() {}", false),
        ("fn f(users: &[u8]) -> usize { users.len() }", false),
        ("// users\nfn f() { m!(users) }", true),
        ("macro_rules! m { () => { users } }", true),
        ("fn f() { m![]; users }", false),
        ("use {std::fs, users};", true),
        ("extern crate users;", true),
        ("r#users::x();", true),
    ] {
        assert_eq!(has_word(&read_code(text).loose, "users"), expected, "{text}");
    }
}

#[test]
fn what_is_for_tests_ends_where_it_ends() {
    for text in [
        "#[cfg(test)] impl<A, B> Fix<A, B> { fn f() { a::In } } fn g() { b::Out }",
        "#[cfg(test)] fn f() -> Result<A, B> { a::In } fn g() { b::Out }",
        "#[test] fn f() -> Result<(), E> { a::In } fn g() { b::Out }",
        "#[cfg(test)] pub(crate) static M: Map<A, B> = a::In; fn g() { b::Out }",
        "struct S { #[cfg(test)] x: a::In, y: b::Out }",
        "struct S { #[cfg(test)] x: fn(u8) -> a::In, y: b::Out }",
        "fn f() { match x { #[cfg(test)] Some(_) => a::In, None => b::Out } }",
        "enum E { #[cfg(test)] A(a::In), B(b::Out) }",
    ] {
        let told = told(text);
        assert!(told.contains(&"a::In × 1 in tests".to_owned()), "{text}: {told:#?}");
        assert!(told.contains(&"b::Out × 1".to_owned()), "{text}: {told:#?}");
    }
}

#[test]
fn a_name_hides_only_its_own_namespace() {
    let told =
        told("pub fn users() { users::list() } macro_rules! carts { () => {} } fn f() { carts::Cart }");
    assert!(told.contains(&"users::list() × 1".to_owned()), "{told:#?}");
    assert!(told.contains(&"carts::Cart × 1".to_owned()), "{told:#?}");
}

#[test]
fn a_text_that_names_a_path_is_told_from_other_texts() {
    let told = told(
        "#[serde(with = \"bytes_hex\", rename = \"kind\")] struct X { #[serde(default = \"a::b\")] y: u8 }",
    );
    assert!(told.iter().any(|line| line.starts_with("bytes_hex")), "{told:#?}");
    assert!(told.iter().any(|line| line.starts_with("a::b")), "{told:#?}");
    assert!(!told.iter().any(|line| line.starts_with("kind")), "{told:#?}");
}

#[test]
fn an_arrow_is_no_end_of_a_type() {
    let told = told("fn f() -> ::users::Account { match x { 1 => ::users::Other, _ => Vec::<u8>::new() } }");
    assert!(told.contains(&"::users::Account × 1".to_owned()), "{told:#?}");
    assert!(told.contains(&"::users::Other × 1".to_owned()), "{told:#?}");
}

/// What no person writes takes no longer the longer it is, but for its length.
#[test]
fn nothing_is_gone_through_again_and_again() {
    let count = 200_000;
    for text in [
        "(".repeat(count) + &"]".repeat(count),
        "#[cfg_attr(".repeat(count),
        "#[cfg_attr(]".repeat(count),
        "#[cfg(".repeat(count),
        "[".repeat(count) + &"(]".repeat(count),
    ] {
        read_code(&text);
    }
}

#[test]
fn anything_ends_in_something() {
    for text in [
        "",
        "}",
        "{",
        "use",
        "use a::",
        "use {{{",
        "mod",
        "mod a {",
        "#[",
        "#![cfg(",
        "pub(in",
        "a::",
        "::",
        "$",
        "macro_rules! m {",
        "enum E {",
        "impl",
        "fn f(",
        "r#",
        "'",
        "\"",
        "extern crate",
        "use a as",
        "use *;",
        "use ::*;",
        "#[cfg(not(any(all(",
        "include!(",
        "#!/usr/bin/env x\nmod a;",
        "\u{feff}mod a;",
        "mod 名前 { use super::ü; }",
    ] {
        let _ = read_code(text);
    }
    let deep = "{".repeat(100_000) + &"(a::b ".repeat(100_000);
    let _ = read_code(&deep);
    let _ = read_code(&format!("#[cfg({}test)] mod a;", "all(".repeat(50_000)));
    let _ = read_code(&format!("use {}a;", "a::{".repeat(50_000)));
    let _: RustFile = read_code(&"fn f() { use a::b; ".repeat(20_000));
}

/// Pieces of sources, of which any row is read without harm.
const PIECES: [&str; 40] = [
    "use ",
    "mod ",
    "a",
    "::",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ";",
    ",",
    "*",
    "as ",
    "self",
    "super",
    "crate",
    "#",
    "!",
    "cfg(test)",
    "macro_rules! ",
    "$",
    "fn ",
    "impl ",
    "enum ",
    "struct ",
    "trait ",
    "const ",
    "X",
    ":",
    "=",
    "\"t::u\"",
    "///[`A`]\n",
    "//!x\n",
    "r#",
    "'a ",
    "extern crate ",
    "pub(in ",
    "<",
    ">",
];

proptest::proptest! {
    #[test]
    fn every_index_leads_somewhere(
        pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..120)
    ) {
        let text: String = pieces.concat();
        let file = read_code(&text);
        let scopes = file.scopes.len();
        let is_scope = |at: u32| (at as usize) < scopes;
        proptest::prop_assert!(file.scopes.iter().all(|scope| is_scope(scope.parent)));
        proptest::prop_assert!(file.imports.iter().all(|one| is_scope(one.scope)));
        proptest::prop_assert!(file.items.iter().all(|one| is_scope(one.scope)));
        proptest::prop_assert!(file.declarations.iter().all(|one| is_scope(one.scope)));
        let mut places = 0;
        for (mention, all) in file.mentioned() {
            proptest::prop_assert!(is_scope(mention.scope) && all.len() == mention.count as usize);
            proptest::prop_assert!(!file.words_of(mention.path).0.is_empty());
            proptest::prop_assert!(all.iter().all(|at| text.is_char_boundary(*at as usize)));
            places += all.len();
        }
        proptest::prop_assert_eq!(places, file.places.len());
        let kept = postcard::to_stdvec(&file).unwrap();
        proptest::prop_assert_eq!(postcard::from_bytes::<RustFile>(&kept).unwrap(), file);
    }
}
