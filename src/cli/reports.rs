//! Which reports are wanted, in which formats, and where each goes.

use std::fmt;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::draw::{Outlook, Start, page};
use crate::findings::Finding;
use crate::report::{
    Style, Texts, Told, compact, failures, github, gitlab, human, job_summary, json, junit, markdown,
    safe_line, sarif, summary,
};
use crate::rules::Level;
use crate::text::toml::did_you_mean;
use crate::{Repository, Stage, Watch};

use super::console::Console;
use super::terminal::Surroundings;
use super::write::{append, unwritten, write};
use super::{Exit, Outcome};

/// GitHub leaves a step's summary out if it is larger.
const LARGEST_JOB_SUMMARY: u64 = 1024 * 1024;

/// Where a step of GitHub Actions leaves its summary.
const JOB_SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// How to report, and where to.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Reports {
    /// What the standard output gets [default: human, or nothing if every --report names a file]
    #[arg(long, value_enum)]
    format: Option<ReportFormat>,

    /// Write a report to a file as well: `--report sarif=out.sarif`; may be given several times.
    ///
    /// Without a path, this is what the standard output gets.
    #[arg(long = "report", value_name = "FORMAT[=PATH]", value_parser = requested)]
    reports: Vec<Request>,

    /// Show every line of every finding, and list what is recognised and not read
    #[arg(long)]
    all: bool,

    /// List what the base of a change has already, instead of counting it
    #[arg(long)]
    inherited: bool,

    /// List what the baseline holds, instead of counting it
    #[arg(long)]
    baselined: bool,

    /// What a page tells before all else.
    #[arg(skip)]
    outlook: Outlook,
}

/// The formats of a check's report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// For a person
    Human,
    /// For a program; `watertight schema` prints its schema
    Json,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// Annotations of a GitHub Actions run, and the summary of its job
    Github,
    /// GitLab Code Quality
    Gitlab,
    /// For systems that show tests: JUnit XML
    Junit,
    /// A comment on a pull request
    Markdown,
    /// One line a finding
    Compact,
    /// A page for a browser, as `watertight report` writes it
    Html,
}

/// One report, and the file for it; the standard output if there is none.
#[derive(Debug, Clone)]
struct Request {
    format: ReportFormat,
    path: Option<PathBuf>,
}

fn requested(text: &str) -> Result<Request, String> {
    let (name, path) = match text.split_once('=') {
        Some((_, "")) => {
            return Err("there is no path behind the `=`; write one, or leave the `=` out".to_owned());
        }
        Some((name, path)) => (name, Some(PathBuf::from(path))),
        None => (text, None),
    };
    let format = ReportFormat::from_str(name, false).map_err(|_| {
        let known: Vec<String> = ReportFormat::value_variants().iter().map(ToString::to_string).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        did_you_mean(name, &known)
    })?;
    Ok(Request { format, path })
}

impl fmt::Display for ReportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_possible_value().map_or(Ok(()), |value| f.write_str(value.get_name()))
    }
}

/// What a run has to report.
pub(super) struct Report<'a> {
    pub(super) told: &'a Told<'a>,
    pub(super) texts: &'a Texts<'a>,
    pub(super) repository: &'a Repository,
    /// What the repository is called.
    pub(super) name: &'a str,
    pub(super) console: &'a Console,
    /// What a person should know besides.
    pub(super) notice: String,
}

impl Reports {
    /// A page in a file, and what it tells before all else; `-` is the standard output.
    pub(super) fn page(file: PathBuf, outlook: Outlook) -> Self {
        let path = (file != Path::new("-")).then_some(file);
        Self { reports: vec![Request { format: ReportFormat::Html, path }], outlook, ..Self::default() }
    }

    /// Refuses two reports for one place. To be asked before the work begins: nobody should wait for an
    /// error about arguments.
    pub(super) fn check(&self) -> Result<(), Outcome> {
        let wanted = self.format.iter().count() + self.for_output().count();
        if wanted > 1 {
            return Err(two_reports("the standard output"));
        }
        let paths = self.reports.iter().filter_map(|one| one.path.as_ref());
        let mut paths: Vec<(PathBuf, &PathBuf)> = paths.map(|path| (place(path), path)).collect();
        paths.sort();
        match paths.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(two_reports(&format!("`{}`", safe_line(&pair[0].1.to_string_lossy())))),
            None => Ok(()),
        }
    }

    fn for_output(&self) -> impl Iterator<Item = ReportFormat> {
        self.reports.iter().filter(|request| request.path.is_none()).map(|request| request.format)
    }

    /// What the standard output gets; nothing if only files are asked for.
    fn output_format(&self) -> Option<ReportFormat> {
        let default = self.reports.is_empty().then_some(ReportFormat::Human);
        self.format.or_else(|| self.for_output().next()).or(default)
    }

    /// Makes all reports and writes those that go to files. One that can't be written is an error; the
    /// others are written all the same.
    pub(super) fn deliver(&self, report: &Report<'_>) -> Outcome {
        let Report { told, console, .. } = *report;
        console.begins(Stage::Reporting);
        let output_format = self.output_format();
        let output = output_format.map(|format| self.on_output(format, report)).unwrap_or_default();
        let mut delivery =
            Delivery { messages: console.notice(report.notice.clone()), ..Delivery::default() };
        for Request { format, path } in &self.reports {
            if let Some(path) = path {
                delivery
                    .note(path, write(path, &self.render(*format, report, Surroundings::style_of_file())));
            }
        }
        if let Some(path) = self.job_summary() {
            let written = append(&path, &job_summary(told, report.texts), LARGEST_JOB_SUMMARY);
            delivery.note(&path, written);
        }
        if output_format.is_none() {
            delivery.messages += &console.notice(delivery.sum_up(told));
        }
        let exit = if delivery.has_failed { Exit::Error } else { exit(told) };
        Outcome { output, messages: delivery.messages, exit }
    }

    /// The standard output. Who wants to read of failures alone reads no others; a program needs them all.
    fn on_output(&self, format: ReportFormat, report: &Report<'_>) -> String {
        let Report { told, texts, console, .. } = *report;
        let style = console.style_of_output();
        let failing = || {
            let failing = told.findings.iter().filter(|finding| finding.level == Level::Deny);
            failing.cloned().collect::<Vec<Finding>>()
        };
        match format {
            ReportFormat::Human if console.is_quiet() => {
                failures(&Told { findings: &failing(), ..*told }, texts, self.with_choices(style))
            }
            ReportFormat::Compact if console.is_quiet() => {
                compact(&Told { findings: &failing(), ..*told }, texts)
            }
            format => self.render(format, report, style),
        }
    }

    fn render(&self, format: ReportFormat, report: &Report<'_>, style: Style) -> String {
        let Report { told, texts, repository, .. } = report;
        match format {
            ReportFormat::Human => human(told, texts, self.with_choices(style)),
            ReportFormat::Json => json(told, texts),
            ReportFormat::Sarif => sarif(told, texts, &repository.rules),
            ReportFormat::Github => github(told, texts),
            ReportFormat::Gitlab => gitlab(told, texts),
            ReportFormat::Junit => junit(told, texts),
            ReportFormat::Markdown => markdown(told, texts),
            ReportFormat::Compact => compact(told, texts),
            ReportFormat::Html => {
                let start = Start { outlook: self.outlook.clone(), ..Start::default() };
                page(told, repository, texts, report.name, &start)
            }
        }
    }

    fn with_choices(&self, style: Style) -> Style {
        Style { all: self.all, inherited: self.inherited, baselined: self.baselined, gaps: self.all, ..style }
    }

    /// The file for the job's summary: it belongs to the format `github`, wherever that goes.
    fn job_summary(&self) -> Option<PathBuf> {
        let formats = self.reports.iter().map(|request| request.format).chain(self.output_format());
        let is_wanted = formats.into_iter().any(|format| format == ReportFormat::Github);
        let path = std::env::var_os(JOB_SUMMARY).filter(|path| is_wanted && !path.is_empty())?;
        Some(PathBuf::from(path))
    }
}

fn two_reports(place: &str) -> Outcome {
    Outcome::refused(
        &format!("two reports want {place}"),
        "give each a file of its own: `--report json=report.json`",
    )
}

/// What became of the files.
#[derive(Default)]
struct Delivery {
    messages: String,
    written: Vec<String>,
    has_failed: bool,
}

impl Delivery {
    fn note(&mut self, path: &Path, written: std::io::Result<()>) {
        match written {
            Ok(()) => self.written.push(format!("`{}`", safe_line(&path.to_string_lossy()))),
            Err(error) => {
                self.has_failed = true;
                self.messages += &unwritten(path, &error).messages;
            }
        }
    }

    /// The line for a person who would otherwise see nothing.
    fn sum_up(&self, told: &Told<'_>) -> String {
        let where_to = match self.written.is_empty() {
            true => String::new(),
            false => format!("; written to {}", self.written.join(", ")),
        };
        format!("{}{where_to}\n", safe_line(&summary(told)))
    }
}

/// Where a file lies, however that is written.
fn place(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_path_buf(),
    }
}

fn exit(told: &Told<'_>) -> Exit {
    match (told.denied(), told.problems.is_empty()) {
        (0, true) => Exit::Clean,
        (0, false) => Exit::Problems,
        _ => Exit::Findings,
    }
}
