//! What `--verbose` tells: what was read, what was left out and why, and how long each stage took.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::report::{counted, safe_line};
use crate::snapshot::Cache;
use crate::sources::Reading;
use crate::text::RepoPath;
use crate::{Repository, Stage};

/// What happened on the way, written down as it happens.
pub(super) struct Journal(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    /// When each stage began.
    stages: Vec<(Stage, Instant)>,
    /// How many files of a known format were met.
    met: usize,
    excluded: Vec<RepoPath>,
    /// How many files of each format state something.
    formats: BTreeMap<[&'static str; 2], usize>,
    /// What was read of sources: how many were kept and how many not, and where.
    sources: Option<String>,
    /// Paths with what is said of them: what is recognised and not read, and what could not be read.
    left: Vec<(String, String)>,
}

impl Journal {
    pub(super) fn new() -> Self {
        Self(Mutex::default())
    }

    pub(super) fn begins(&self, stage: Stage) {
        self.entries().stages.push((stage, Instant::now()));
    }

    pub(super) fn meets(&self, path: &RepoPath, is_excluded: bool) {
        let mut entries = self.entries();
        entries.met += 1;
        if is_excluded {
            entries.excluded.push(path.clone());
        }
    }

    pub(super) fn has_read(&self, reading: &Reading) {
        let mut entries = self.entries();
        for format in reading.facts.values().filter_map(|facts| facts.format()) {
            *entries.formats.entry(format).or_default() += 1;
        }
    }

    pub(super) fn has_read_code(&self, cache: &Cache) {
        let (kept, missed) = cache.counts();
        let anew = counted(missed, "source", "sources");
        let told = match cache.file() {
            Some(file) => format!("sources: {anew} read, {kept} known from {}", file.to_string_lossy()),
            None => format!("sources: {anew} read"),
        };
        self.entries().sources = Some(told);
    }

    pub(super) fn has_loaded(&self, repository: &Repository) {
        let gaps = repository.gaps().iter().map(|gap| (gap.path.clone(), gap.what.to_string()));
        let problems = &repository.linked.problems;
        let problems = problems.iter().map(|fault| (fault.path.clone(), fault.message.clone()));
        self.entries().left.extend(gaps.chain(problems));
    }

    /// All of it, as lines.
    pub(super) fn text(&self) -> String {
        let mut entries = self.entries();
        entries.excluded.sort_unstable();
        entries.left.sort_unstable();
        entries.read() + &entries.left_out() + &entries.times(Instant::now())
    }

    /// A thread that failed while it wrote leaves nothing half done.
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn read(&self) -> String {
        if self.met == 0 {
            return String::new();
        }
        let formats = self.formats.iter().map(|([one, many], count)| counted(*count, one, many));
        let formats: Vec<String> = formats.collect();
        let formats = if formats.is_empty() { "nothing".to_owned() } else { formats.join(", ") };
        let sources = self.sources.iter().map(|told| format!("{}\n", safe_line(told))).collect::<String>();
        format!("read: {formats}; of {} met\n{sources}", counted(self.met, "file", "files"))
    }

    fn left_out(&self) -> String {
        let excluded = self.excluded.iter().map(|path| (path.as_str(), "`[scan] exclude` names it"));
        let left = self.left.iter().map(|(path, why)| (path.as_str(), why.as_str()));
        let line = |(path, why): (&str, &str)| format!("skipped: {}: {}\n", safe_line(path), safe_line(why));
        excluded.chain(left).map(line).collect()
    }

    /// "time: opening 0.4 ms, linking 1.2 ms; 1.6 ms in all".
    fn times(&self, end: Instant) -> String {
        let ends = self.stages.iter().skip(1).map(|(_, begin)| *begin).chain([end]);
        let took = self.stages.iter().zip(ends).map(|((stage, begin), end)| (*stage, end - *begin));
        let took: Vec<String> = took.map(|(stage, time)| format!("{} {}", stage.word(), ms(time))).collect();
        let all = self.stages.first().map_or(Duration::ZERO, |(_, begin)| end - *begin);
        format!("time: {}; {} in all\n", took.join(", "), ms(all))
    }
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
