//! Every link leads somewhere: in the Markdown as a forge shows it, and in the book as mdBook builds it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mdbook_driver::MDBook;
use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use super::{events, pages, root};

/// The anchor that GitHub and GitLab make of a heading.
pub(crate) fn anchor(heading: &str) -> String {
    let is_kept = |one: &char| one.is_alphanumeric() || " -_".contains(*one);
    heading
        .trim()
        .to_lowercase()
        .chars()
        .filter(is_kept)
        .map(|one| if one == ' ' { '-' } else { one })
        .collect()
}

/// The anchors of a page; a second heading of the same words gets a number.
fn anchors(page: &str) -> BTreeSet<String> {
    let (mut found, mut times) = (BTreeSet::new(), BTreeMap::new());
    let mut heading: Option<String> = None;
    for (event, _) in events(page) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let name = anchor(&heading.take().expect("a heading"));
                let before = times.entry(name.clone()).or_insert(0);
                found.insert(if *before == 0 { name } else { format!("{name}-{before}") });
                *before += 1;
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    *heading += &text;
                }
            }
            _ => {}
        }
    }
    found
}

/// The links and pictures of a page.
fn links(page: &str) -> Vec<String> {
    let link = |event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.to_string()),
        _ => None,
    };
    events(page).filter_map(|(event, _)| link(event)).collect()
}

/// A path relative to a file, without `.` and `..`; `None` if it leaves the folder.
fn joined(from: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn is_sound(link: &str) -> bool {
    let host =
        link.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    host.contains('.')
        && host.split('.').all(|part| !part.is_empty())
        && !link.contains(|one: char| one.is_whitespace() || one.is_control())
}

#[test]
fn every_link_of_a_page_leads_somewhere() {
    let pages = pages();
    let known: BTreeMap<&str, BTreeSet<String>> =
        pages.iter().map(|(name, page)| (name.as_str(), anchors(page))).collect();
    let (mut inside, mut outside, mut wrong) = (0, 0, Vec::new());
    for (name, page) in &pages {
        for link in links(page) {
            if link.contains(':') {
                outside += 1;
                if !is_sound(&link) {
                    wrong.push(format!("{name}: `{link}` is no sound https address"));
                }
                continue;
            }
            inside += 1;
            let (path, fragment) = link.split_once('#').unwrap_or((&link, ""));
            let target = if path.is_empty() { Some(name.clone()) } else { joined(name, path) };
            let Some(target) = target else {
                wrong.push(format!("{name}: `{link}` leaves the repository"));
                continue;
            };
            if !root().join(&target).exists() {
                wrong.push(format!("{name}: `{link}`: there is no {target}"));
            }
            // A book is read where the rest of the repository is not.
            if name.starts_with("docs/") && !target.starts_with("docs/") {
                wrong.push(format!("{name}: `{link}` leaves the book"));
            }
            if !fragment.is_empty() && !known.get(target.as_str()).is_some_and(|all| all.contains(fragment)) {
                wrong.push(format!("{name}: `{link}`: no such heading in {target}"));
            }
        }
    }
    println!("links: {inside} inside, {outside} outside, in {} pages", pages.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(inside > 100, "only {inside} links were seen");
}

#[test]
fn a_link_that_leads_nowhere_is_seen() {
    let page =
        "# One `code` & two\n\n## Twice\n\n## Twice\n\n[a](b.md#c) ![d](e.svg)\n\n```sh\n[no](link)\n```\n";
    assert_eq!(links(page), ["b.md#c", "e.svg"]);
    assert_eq!(anchors(page).into_iter().collect::<Vec<_>>(), ["one-code--two", "twice", "twice-1"]);
    assert_eq!(joined("docs/a.md", "../b.md").as_deref(), Some("b.md"));
    assert_eq!(joined("docs/a.md", "../../b.md"), None);
    assert!(is_sound("https://nx.dev/docs#x"));
    for link in
        ["http://nx.dev", "https://", "https://nx", "https://nx..dev", "mailto:a@b.c", "https://a b.c"]
    {
        assert!(!is_sound(link), "{link}");
    }
}

/// Each page has one title, and its headings go down one level at a time.
#[test]
fn every_page_is_in_order() {
    let mut wrong = Vec::new();
    for (name, page) in pages() {
        let levels: Vec<HeadingLevel> = events(&page)
            .filter_map(|(event, _)| match event {
                Event::Start(Tag::Heading { level, .. }) => Some(level),
                _ => None,
            })
            .collect();
        if name == "docs/SUMMARY.md" {
            continue;
        }
        let titles = levels.iter().filter(|level| **level == HeadingLevel::H1).count();
        if titles != 1 || levels.first() != Some(&HeadingLevel::H1) {
            wrong.push(format!("{name}: {titles} titles"));
        }
        // One without would be a block that nobody knows how to judge.
        let known = ["sh", "toml", "text", "yaml", "dockerfile", "groovy"];
        for block in super::blocks(&page) {
            if !known.contains(&block.language.as_str()) {
                wrong.push(format!("{name}:{}: a block of `{}`", block.line, block.language));
            }
        }
        if levels.windows(2).any(|two| two[1] as usize > two[0] as usize + 1) {
            wrong.push(format!("{name}: a heading leaves a level out"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The addresses and anchors of a page of the book.
fn of_html(page: &str) -> (Vec<String>, BTreeSet<String>) {
    let values = |name: &str| {
        let before = format!(" {name}=\"");
        let all = page.split(before.as_str()).skip(1).filter_map(|rest| rest.split('"').next());
        all.map(|value| value.replace("&amp;", "&").replace("&#x27;", "'")).collect::<Vec<_>>()
    };
    let links = values("href").into_iter().chain(values("src")).collect();
    (links, values("id").into_iter().collect())
}

#[test]
fn the_book_is_built_and_complete() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut book = MDBook::load(root().join("docs")).unwrap_or_else(|error| panic!("{error:?}"));
    book.config.build.build_dir = folder.path().to_owned();
    // A page that the summary names and nobody has written is a fault, not an empty page.
    assert!(!book.config.build.create_missing);
    book.build().unwrap_or_else(|error| panic!("{error:?}"));
    if let Some(kept) = std::env::var_os("KEEP_BOOK") {
        std::fs::create_dir_all(&kept).expect("a folder");
        crate::watertight::copy(folder.path(), Path::new(&kept));
    }
    let is_page = |path: &Path| path.extension().is_some_and(|ending| ending == "html");
    let files = crate::configuration_schema::files(folder.path(), &|_| true);
    let name = |path: &Path| {
        path.strip_prefix(folder.path()).expect("in the book").to_string_lossy().replace('\\', "/")
    };
    let names: BTreeSet<String> = files.iter().map(|path| name(path)).collect();
    // What mdBook copies there is no page of its own: one for a printer, one for what is not found.
    let left_out = ["print.html", "404.html", "toc.html"];
    let read: BTreeMap<String, (Vec<String>, BTreeSet<String>)> = files
        .iter()
        .filter(|path| is_page(path) && !left_out.contains(&name(path).as_str()))
        .map(|path| (name(path), of_html(&std::fs::read_to_string(path).expect("a page"))))
        .collect();
    let (mut checked, mut wrong) = (0, BTreeSet::new());
    for (page, (links, _)) in &read {
        for link in links {
            if link.is_empty() || link.starts_with("https://") || link.starts_with("data:") {
                continue;
            }
            checked += 1;
            let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { Some(page.clone()) } else { joined(page, path) };
            match target.filter(|target| names.contains(target)) {
                None => drop(wrong.insert(format!("{page}: `{link}`: no such file"))),
                Some(target) if !fragment.is_empty() => {
                    if !read.get(&target).is_some_and(|(_, anchors)| anchors.contains(fragment)) {
                        wrong.insert(format!("{page}: `{link}`: no such heading"));
                    }
                }
                Some(_) => {}
            }
        }
    }
    println!("the book: {} pages, {checked} links", read.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Every page of the folder is in the book.
    for (name, _) in pages() {
        let Some(inside) = name.strip_prefix("docs/").filter(|name| *name != "SUMMARY.md") else { continue };
        let html = inside.replace("README.md", "index.html").replace(".md", ".html");
        assert!(read.contains_key(&html), "{name} is not in docs/SUMMARY.md");
    }
    assert!(checked > 500, "only {checked} links were seen");
}
