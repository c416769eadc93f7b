//! `watertight graph`

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::ValueEnum;

use crate::draw::{DrawLevel, Judgement, LARGEST, Layout, Picture, Start, View};
use crate::features::RoleWord;
use crate::findings::Finding;
use crate::graph::cargo::{BuildOptions, BuildSets, build_sets};
use crate::graph::{CouplingKind, UnitId};
use crate::report::{GraphLevel, Part, graph_json, safe_line};
use crate::text::Fault;
use crate::{Change, Repository, Stage, Watch, draw};

use super::check::told_of;
use super::console::Console;
use super::may::kinds;
use super::named::part;
use super::open::Opened;
use super::write::{unwritten, write};
use super::{Exit, Outcome, Where};

/// Draw the features, and what couples them.
///
/// As a matrix in the terminal, as a picture (SVG, Graphviz, Mermaid), or as data
/// (JSON, CSV). What breaks a rule stands out. Without a configuration, the
/// features are drawn that `init` would propose.
///
/// Examples:
///   watertight graph
///   watertight graph --format svg --output features.svg
///   watertight graph --focus checkout --depth 2 --format mermaid
///   watertight graph --level packages --only-findings --format dot
///   watertight graph --level units --format json
///   watertight graph --build-sets --target x86_64-unknown-linux-gnu
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// What the nodes are [default: features; with --build-sets, packages]
    #[arg(long, value_enum)]
    level: Option<Level>,

    /// How to draw them [default: matrix; with --build-sets, json]
    #[arg(long, value_enum)]
    format: Option<GraphFormat>,

    /// Write to a file, and not to the standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Also say which packages of the repository each binary links
    #[arg(long)]
    build_sets: bool,

    /// Build sets for this target triple, also as the host [default: for every platform at once]
    #[arg(long, value_name = "TRIPLE", requires = "build_sets")]
    target: Option<String>,

    /// Build sets with all Cargo features instead of the default ones
    #[arg(long, requires = "build_sets")]
    all_features: bool,

    #[command(flatten)]
    part: Chosen,
}

/// Which part is drawn.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What is drawn")]
struct Chosen {
    /// Only what lies around a feature or a unit; may be given several times
    #[arg(long, value_name = "NAME")]
    focus: Vec<String>,

    /// How many steps away from --focus
    #[arg(long, value_name = "N", default_value_t = 1, requires = "focus")]
    depth: usize,

    /// Only couplings of these kinds [default: all but test, and that where it breaks a rule]
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_parser = kinds())]
    kinds: Vec<CouplingKind>,

    /// Only what this feature or unit leads to, by itself or through others
    #[arg(long, value_name = "NAME")]
    from: Option<String>,

    /// Only what leads to this feature or unit
    #[arg(long, value_name = "NAME")]
    to: Option<String>,

    /// Only what breaks a rule, and is not accepted
    #[arg(long)]
    only_findings: bool,

    /// Draw units of a role as well that are left out by themselves; may be given several times
    #[arg(long, value_name = "ROLES", value_enum, value_delimiter = ',')]
    with: Vec<With>,

    /// Fold nested features into their parents: this many parts of a name are left
    #[arg(long, value_name = "PARTS", num_args = 0..=1, require_equals = true, default_missing_value = "1")]
    fold: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Level {
    /// Product features, and what else breaks a rule
    Features,
    /// Packages and their binaries
    Packages,
    /// What is deployed: services, datastores, secrets, images, and the binaries in them
    Services,
    /// Everything
    Units,
}

impl Level {
    fn drawn(self) -> DrawLevel {
        match self {
            Self::Features => DrawLevel::Features,
            Self::Packages => DrawLevel::Packages,
            Self::Services => DrawLevel::Services,
            Self::Units => DrawLevel::Units,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum GraphFormat {
    /// A design structure matrix for the terminal: layers and circles show as blocks
    Matrix,
    /// The same as SVG
    MatrixSvg,
    /// A picture that needs nothing else
    Svg,
    /// For Graphviz
    Dot,
    /// For Mermaid, in Markdown of GitHub and GitLab
    Mermaid,
    /// One JSON document
    Json,
    /// A table: one line for each pair of nodes that is coupled
    Csv,
    /// A page for a browser to look around in: the graph and the matrix of `watertight report`
    Html,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum With {
    /// What every feature may build on
    Shared,
    /// What puts features together
    Assembly,
    /// What exists for tests
    TestSupport,
    /// What embodies a responsibility
    Responsibility,
    /// What nothing names
    Unassigned,
}

impl With {
    fn role(self) -> RoleWord {
        match self {
            Self::Shared => RoleWord::Shared,
            Self::Assembly => RoleWord::Assembly,
            Self::TestSupport => RoleWord::TestSupport,
            Self::Responsibility => RoleWord::Responsibility,
            Self::Unassigned => RoleWord::Unassigned,
        }
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Outcome {
    match drawn(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn drawn(arguments: &Arguments, console: &Console) -> Result<Outcome, Outcome> {
    let (level, format) = arguments.choice()?;
    let opened = Opened::new(arguments.place.path.as_deref(), &arguments.place.how, console)?;
    let repository = opened.load(&arguments.place.how)?;
    let view = arguments.part.view(level, &opened, &repository)?;
    console.begins(Stage::Judging);
    let mut problems = repository.linked.problems.clone();
    let sets = match arguments.build_sets {
        false => None,
        true => {
            let options =
                BuildOptions { target: arguments.target.clone(), all_features: arguments.all_features };
            let (sets, more) = build_sets(&repository.linked.cargo, &options)
                .map_err(|why| Outcome::refused(&why, "`rustc --print target-list` lists them"))?;
            problems.extend(more);
            Some(sets)
        }
    };
    let output = rendered(
        arguments,
        format,
        &view,
        &Drawing { opened: &opened, repository: &repository, sets, problems: &problems },
        console,
    )?;
    let mut messages = opened.notice(&arguments.place.how, &repository);
    let exit = if problems.is_empty() { Exit::Clean } else { Exit::Problems };
    let Some(path) = &arguments.output else { return Ok(Outcome { output, messages, exit }) };
    write(path, &output).map_err(|error| unwritten(path, &error))?;
    messages += &console.notice(format!("written to `{}`\n", safe_line(&path.to_string_lossy())));
    Ok(Outcome { output: String::new(), messages, exit })
}

/// What is drawn from.
struct Drawing<'a> {
    opened: &'a Opened<'a>,
    repository: &'a Repository,
    sets: Option<BuildSets>,
    problems: &'a [Fault],
}

/// Judges, and makes the text of a format.
fn rendered(
    arguments: &Arguments,
    format: GraphFormat,
    view: &View,
    drawing: &Drawing<'_>,
    console: &Console,
) -> Result<String, Outcome> {
    let Drawing { opened, repository, sets, problems } = drawing;
    let texts = opened.texts();
    let units = match view.level {
        DrawLevel::Features => None,
        DrawLevel::Packages => Some(GraphLevel::Packages),
        DrawLevel::Services => Some(GraphLevel::Services),
        DrawLevel::Units => Some(GraphLevel::Units),
    };
    if let (GraphFormat::Json, Some(level), false) = (format, units, arguments.part.is_any()) {
        console.begins(Stage::Reporting);
        return Ok(graph_json(repository, level, None, &texts, sets.as_ref(), problems));
    }
    let change = judged(opened, repository)?;
    let baselined = change.baselined.iter().map(|one| &one.finding);
    let excepted = change.verdict.excepted.iter().map(|one| &one.finding);
    let accepted: Vec<Finding> = baselined.chain(excepted).cloned().collect();
    let judgement = Judgement { findings: &change.verdict.findings, accepted: &accepted };
    console.begins(Stage::Reporting);
    let data = || Picture::unbounded(repository, judgement, view);
    let picture = || Picture::new(repository, judgement, view, LARGEST);
    Ok(match (format, units) {
        (GraphFormat::Json, Some(level)) => {
            let (units, couplings) = data().contents();
            let part = Part { units: &units, couplings: &couplings };
            graph_json(repository, level, Some(part), &texts, sets.as_ref(), problems)
        }
        (GraphFormat::Json, None) => draw::json(&data(), repository, &texts, problems),
        (GraphFormat::Html, _) => page(arguments, view, drawing, &change)?,
        (GraphFormat::Csv, _) => draw::csv(&data(), repository, &texts),
        (GraphFormat::Svg, _) => {
            let picture = picture();
            draw::svg(&picture, &Layout::new(&picture))
        }
        (GraphFormat::Dot, _) => draw::dot(&picture()),
        (GraphFormat::Mermaid, _) => draw::mermaid(repository, judgement, view),
        (GraphFormat::Matrix, _) => {
            let picture = Picture::new(repository, judgement, view, draw::LARGEST_MATRIX);
            draw::matrix(&picture, console.style_of_output())
        }
        (GraphFormat::MatrixSvg, _) => {
            draw::matrix_svg(&Picture::new(repository, judgement, view, draw::LARGEST_MATRIX))
        }
    })
}

/// The page that shows the graph alone; what is asked for is what it begins with.
fn page(
    arguments: &Arguments,
    view: &View,
    drawing: &Drawing<'_>,
    change: &Change,
) -> Result<String, Outcome> {
    let Drawing { opened, repository, .. } = drawing;
    let part = &arguments.part;
    if view.level != DrawLevel::Features || part.from.is_some() || part.to.is_some() || part.fold.is_some() {
        return Err(Outcome::refused(
            "a page shows all features and opens them to their units by itself",
            "leave out `--level`, `--from`, `--to` and `--fold`, or take `--format svg`",
        ));
    }
    let focus = view.focus.as_ref().and_then(|(units, depth)| Some((*units.first()?, *depth)));
    let start = Start {
        is_graph_alone: true,
        focus,
        kinds: view.kinds.clone(),
        only_findings: view.only_findings,
        with: view.with.clone(),
        ..Start::default()
    };
    let told = told_of(change, repository, None);
    Ok(draw::page(&told, repository, &opened.texts(), &opened.name(), &start))
}

/// What breaks a rule, and what of that is accepted: by an exception, or in the baseline.
fn judged(opened: &Opened<'_>, repository: &Repository) -> Result<Change, Outcome> {
    let mut change = Change::of_everything(repository);
    if let Some(baseline) = opened.baseline()? {
        change.accept(&baseline, None, &repository.rules);
    }
    Ok(change)
}

impl Arguments {
    /// The level and the format that are meant.
    fn choice(&self) -> Result<(DrawLevel, GraphFormat), Outcome> {
        let (level, format) = match self.build_sets {
            false => (Level::Features, GraphFormat::Matrix),
            true => (Level::Packages, GraphFormat::Json),
        };
        let (level, format) = (self.level.unwrap_or(level), self.format.unwrap_or(format));
        if self.build_sets && (format != GraphFormat::Json || level == Level::Features) {
            return Err(Outcome::refused(
                "build sets are told of binaries, in JSON alone",
                "leave out `--format`, and `--level features`",
            ));
        }
        Ok((level.drawn(), format))
    }
}

impl Chosen {
    /// Whether anything is said about what is drawn.
    fn is_any(&self) -> bool {
        let lists = self.focus.is_empty() && self.kinds.is_empty() && self.with.is_empty();
        !lists || self.from.is_some() || self.to.is_some() || self.only_findings || self.fold.is_some()
    }

    fn view(&self, level: DrawLevel, opened: &Opened<'_>, repository: &Repository) -> Result<View, Outcome> {
        let of = |name: &String| Ok(part(name, opened, repository)?.units);
        let focus: Vec<BTreeSet<UnitId>> = self.focus.iter().map(of).collect::<Result<_, _>>()?;
        let focus: BTreeSet<UnitId> = focus.into_iter().flatten().collect();
        Ok(View {
            level,
            kinds: (!self.kinds.is_empty()).then(|| self.kinds.iter().copied().collect()),
            focus: (!self.focus.is_empty()).then_some((focus, self.depth)),
            from: self.from.as_ref().map(of).transpose()?,
            to: self.to.as_ref().map(of).transpose()?,
            only_findings: self.only_findings,
            with: self.with.iter().map(|with| with.role()).collect(),
            fold: self.fold,
        })
    }
}
