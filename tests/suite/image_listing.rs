//! What lands in an image, line by line, as golden facts show it.

use std::collections::BTreeMap;
use std::fmt::Write;

use watertight::sources::dockerfile::{CargoBuild, Contents, Dockerfile};
use watertight::text::{LineIndex, Span, Spanned};

/// Finds the lines of a text.
struct Lines<'t> {
    text: &'t str,
    index: LineIndex,
}

impl Lines<'_> {
    /// The line, and what stands there.
    fn at(&self, span: Span) -> String {
        let position = self.index.position(self.text, span.start);
        let written = self.text.get(span.range()).expect("a span within the text, between characters");
        let mut short: String = written.split_whitespace().collect::<Vec<_>>().join(" ");
        if short.chars().count() > 60 {
            short = short.chars().take(60).chain("…".chars()).collect();
        }
        format!("{}:{} {short}", position.line, position.column)
    }

    fn words(&self, words: &[Spanned<String>]) -> String {
        let words = words.iter().map(|word| {
            let line = self.index.position(self.text, word.span.start).line;
            format!("{}@{line}", word.value)
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

/// Everything that is known of the image of a stage.
pub(crate) fn listing(
    file: &Dockerfile,
    text: &str,
    target: Option<&str>,
    arguments: &[(&str, &str)],
) -> String {
    let arguments: BTreeMap<String, String> =
        arguments.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let Some(contents) = file.built(target, &arguments) else { return "  no such stage\n".to_owned() };
    let lines = Lines { text, index: LineIndex::new(text) };
    let mut list = String::new();
    inputs(&mut list, &contents, &lines);
    for (at, build) in contents.builds.iter().enumerate() {
        writeln!(list, "  build {at}: {}", shown(build, &lines)).expect("written");
    }
    for binary in &contents.binaries {
        let name = if binary.is_certain { binary.name.as_str() } else { "(all)" };
        let by = binary.built_by.map_or("nothing known".to_owned(), |build| format!("build {build}"));
        writeln!(list, "  binary {name} from {} by {by}", binary.source_path).expect("written");
        for span in &binary.spans {
            writeln!(list, "    {}", lines.at(*span)).expect("written");
        }
    }
    for unknown in &contents.unknown {
        writeln!(list, "  unknown {} at {}", unknown.value, lines.at(unknown.span)).expect("written");
    }
    for (name, value) in &contents.environment {
        writeln!(list, "  env {name}={}", lines.words(std::slice::from_ref(value))).expect("written");
    }
    if let Some(entry) = &contents.entry {
        writeln!(list, "  entry {entry:?}").expect("written");
    }
    if contents.is_onbuild {
        writeln!(list, "  has ONBUILD").expect("written");
    }
    list
}

fn inputs(list: &mut String, contents: &Contents, lines: &Lines<'_>) {
    for base in &contents.bases {
        let unknown = if base.is_known { "" } else { " unknown" };
        let place = lines.at(base.image.span);
        writeln!(
            list,
            "  base {:?}{unknown} {} in stage {} at {place}",
            base.how, base.image.value, base.stage
        )
        .expect("written");
    }
    for copy in &contents.copies {
        let mount = if copy.is_mount { " mounted" } else { "" };
        let builder = match copy.is_plan_only {
            true => " plan only",
            false if copy.is_builder_only => " builder only",
            false => "",
        };
        let excludes =
            if copy.excludes.is_empty() { String::new() } else { format!(" but {:?}", copy.excludes) };
        let place = lines.at(copy.path.span);
        let (path, to, stage) = (&copy.path.value, &copy.destination, copy.stage);
        writeln!(list, "  copy {path} to {to} in stage {stage}{mount}{builder}{excludes} at {place}")
            .expect("written");
    }
}

fn shown(build: &CargoBuild, lines: &Lines<'_>) -> String {
    let mut shown =
        format!("{:?} {} in {} stage {}", build.command, build.profile, build.folder, build.stage);
    let listed = [("packages", &build.packages), ("excluded", &build.excluded), ("bins", &build.bins)];
    for (what, words) in listed.into_iter().filter(|(_, words)| !words.is_empty()) {
        write!(shown, " {what} {}", lines.words(words)).expect("written");
    }
    let paths = [("manifest", &build.manifest_path), ("path", &build.path)];
    for (what, path) in paths.into_iter().filter_map(|(what, path)| Some((what, path.as_ref()?))) {
        write!(shown, " {what} {}", path.value).expect("written");
    }
    let texts = [("triple", &build.triple), ("target-dir", &build.target_dir), ("output", &build.output)];
    for (what, text) in texts.into_iter().filter_map(|(what, text)| Some((what, text.as_ref()?))) {
        write!(shown, " {what} {text}").expect("written");
    }
    let flags = [
        ("all bins", build.all_bins),
        ("workspace", build.workspace),
        ("no bins", build.is_without_bins),
        ("uncertain", !build.is_certain),
        ("all features", build.all_features),
        ("no default features", build.no_default_features),
    ];
    for (flag, _) in flags.into_iter().filter(|(_, is_set)| *is_set) {
        write!(shown, ", {flag}").expect("written");
    }
    if !build.features.is_empty() {
        write!(shown, ", features {}", build.features.join(",")).expect("written");
    }
    format!("{shown}\n    {}", lines.at(build.span))
}
