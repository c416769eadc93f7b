//! From a tree to the jobs of a pipeline.

use crate::text::Spanned;
use crate::text::yaml::Node;

use super::super::github::{Combination, Listed, MOST_COMBINATIONS, Pair};
use super::super::{Script, texts};
use super::{Defaults, Include, Job, Line, Lines, PipelineFile, Rule};

/// How many jobs of one file are looked at.
const MOST_JOBS: usize = 2_000;

/// How deep lists of lines may hold lists, as GitLab allows it.
const DEEPEST: usize = 10;

/// Keys at the top that are no jobs.
const KEYWORDS: [&str; 13] = [
    "default",
    "include",
    "stages",
    "types",
    "variables",
    "workflow",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
    "spec",
    "pages:deploy",
];

pub(super) fn file(tree: &Node<'_>, text: &str) -> PipelineFile {
    let lines = |key: &str| {
        let node = tree.at(&["default", key]).or_else(|| tree.get(key));
        node.map(|node| lines_of(node, text))
    };
    let is_job = |name: &str, node: &Node<'_>| !KEYWORDS.contains(&name) && node.is_map();
    let jobs =
        tree.entries().iter().filter(|(name, node)| name.text().is_some_and(|name| is_job(name, node)));
    PipelineFile {
        includes: tree.get("include").map(includes).unwrap_or_default(),
        stages: tree.get("stages").or_else(|| tree.get("types")).map(|node| values(node).collect()),
        variables: tree.get("variables").map(variables).unwrap_or_default(),
        default: Defaults { before: lines("before_script"), after: lines("after_script") },
        jobs: jobs.take(MOST_JOBS).filter_map(|(name, node)| job(name.spanned()?, node, text)).collect(),
    }
}

fn values<'n>(node: &'n Node<'_>) -> impl Iterator<Item = String> + 'n {
    node.items().iter().filter_map(Node::text).map(str::to_owned)
}

/// `include`: one, or a list; a text alone is local unless it is a URL.
fn includes(node: &Node<'_>) -> Vec<Include> {
    let mut found = Vec::new();
    let items = if node.is_list() { node.items() } else { std::slice::from_ref(node) };
    for item in items {
        let local = match item.text() {
            Some(text) => Some(item).filter(|_| !text.contains("://")),
            None => item.get("local"),
        };
        match local {
            Some(node) => found.extend(node.text().map(|path| Include {
                local: Some(path.trim_start_matches('/').to_owned()),
                span: node.span,
            })),
            None => found.push(Include { local: None, span: item.span }),
        }
    }
    found
}

/// Names with their values; a variable may also say what it is for.
fn variables(node: &Node<'_>) -> Vec<Pair> {
    let pair = |(name, node): &(Node<'_>, Node<'_>)| {
        let value = node.spanned().or_else(|| node.get("value").and_then(Node::spanned));
        Some((name.text()?.to_owned(), value?))
    };
    node.entries().iter().filter_map(pair).collect()
}

fn lines_of(node: &Node<'_>, text: &str) -> Lines {
    let mut lines = Lines::default();
    add_lines(node, text, &mut lines, 0);
    lines
}

fn add_lines(node: &Node<'_>, text: &str, lines: &mut Lines, depth: usize) {
    if node.text().is_some() {
        match lines.0.last_mut() {
            Some(Line::Own(script)) => script.add(node, text),
            _ => lines.0.push(Line::Own(Script::of(node, text))),
        }
    } else if let Some((job, key)) = reference(node) {
        lines.0.push(Line::Of { job, key });
    } else if depth < DEEPEST {
        node.items().iter().for_each(|item| add_lines(item, text, lines, depth + 1));
    }
}

/// `!reference [job, key]`
fn reference(node: &Node<'_>) -> Option<(String, String)> {
    let [job, key] = node.items() else { return None };
    let key = key.text().filter(|key| matches!(*key, "script" | "before_script" | "after_script" | "rules"));
    Some((job.text()?.to_owned(), key?.to_owned()))
}

fn job(id: Spanned<String>, node: &Node<'_>, text: &str) -> Option<Job> {
    let lines = |key: &str| node.get(key).map(|node| lines_of(node, text));
    let matrix = node.at(&["parallel", "matrix"]).map(Node::items).unwrap_or_default();
    let mut combinations: Vec<Combination> = matrix.iter().flat_map(combinations_of).collect();
    combinations.truncate(MOST_COMBINATIONS);
    let trigger = node.at(&["trigger", "include"]);
    // A pipeline of another project.
    let project = node.get("trigger").filter(|node| node.text().is_some() || node.get("project").is_some());
    Some(Job {
        extends: node.get("extends").map(texts).unwrap_or_default(),
        stage: node.get("stage").and_then(Node::spanned),
        needs: node.get("needs").map(|node| node.items().iter().filter_map(needed).collect()),
        rules: node.get("rules").map(|node| node.items().iter().flat_map(rules).collect()),
        only: changes(node.at(&["only"])),
        except: changes(node.at(&["except"])),
        before: lines("before_script"),
        script: lines("script"),
        after: lines("after_script"),
        variables: node.get("variables").map(variables).unwrap_or_default(),
        matrix: combinations,
        children: trigger
            .map(includes)
            .or_else(|| project.map(|node| vec![Include { local: None, span: node.span }]))
            .unwrap_or_default(),
        id,
    })
}

/// A job of this pipeline that is waited for; those of other pipelines are left out.
fn needed(node: &Node<'_>) -> Option<Spanned<String>> {
    let is_elsewhere = node.get("pipeline").is_some() || node.get("project").is_some();
    node.spanned().or_else(|| node.get("job").and_then(Node::spanned).filter(|_| !is_elsewhere))
}

/// The files of `changes`: a list, or a map with `paths`.
fn changes(node: Option<&Node<'_>>) -> Option<Listed> {
    let (key, told) = node?.entries().iter().find(|(key, _)| key.text() == Some("changes"))?;
    let paths = told.get("paths").unwrap_or(told);
    Some(Listed { at: key.span, items: texts(paths) })
}

fn rules(node: &Node<'_>) -> Vec<Rule> {
    let plain = Rule { changes: None, has_condition: false, is_never: false, of: None };
    if let Some((job, _)) = reference(node) {
        return vec![Rule { of: Some(job), ..plain }];
    }
    if node.is_list() {
        return node.items().iter().filter(|item| item.is_map()).flat_map(rules).collect();
    }
    let never = node.get("when").and_then(Node::text) == Some("never");
    let other = ["if", "exists"].iter().any(|key| node.get(key).is_some());
    vec![Rule { changes: changes(Some(node)), has_condition: other, is_never: never, ..plain }]
}

/// The values of one entry of a matrix, each with each.
fn combinations_of(node: &Node<'_>) -> Vec<Combination> {
    let mut all: Vec<Combination> = vec![Vec::new()];
    for (name, values) in node.entries() {
        let Some(name) = name.text() else { continue };
        let values = texts(values);
        let each = all.iter().flat_map(|one| {
            values.iter().map(move |value| [one.as_slice(), &[(name.to_owned(), value.clone())]].concat())
        });
        all = each.take(MOST_COMBINATIONS).collect();
    }
    all
}
