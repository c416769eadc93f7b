//! A repository at many moments, and which commits made its numbers jump.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::insight::{Turn, turn};
use crate::snapshot::{Commit, GitFiles, Log, Logged, Snapshot};
use crate::text::{Date, RepoPath};

use super::past::{Measured, Past, Shared, Walk};

/// Which commits of the main line become points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// All of them.
    Commit,
    /// The last one of each day, in UTC.
    Day,
    /// The last one of each week, from Monday on.
    Week,
    /// The last one of each month.
    Month,
    /// Those that a tag names.
    Tag,
}

/// A commit, and what is measured of it.
#[derive(Debug, Clone)]
pub struct Point {
    /// The commit.
    pub logged: Logged,
    /// When it was made, in seconds since 1970: as it says itself, unless that can't be by the order of the commits.
    pub time: i64,
    /// Its tags, sorted.
    pub tags: Vec<String>,
    /// What is measured, or why nothing is.
    pub measured: Measured,
}

/// A commit that made numbers jump.
#[derive(Debug, Clone)]
pub struct Jump {
    /// The commit.
    pub logged: Logged,
    /// Of a merge, those of the commits that it brought which touched the lines of what came, newest first.
    pub brought: Vec<Logged>,
    /// What it changed.
    pub turn: Turn,
    /// For each coupling that came, its line in the file that says so, from 1.
    pub lines: Vec<Option<usize>>,
    /// When it was made, as [`Point::time`].
    pub time: i64,
}

/// A repository at many moments.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Oldest first.
    pub points: Vec<Point>,
    /// Oldest first.
    pub jumps: Vec<Jump>,
    /// When the commit that is read was made, in seconds since 1970.
    pub newest: i64,
    /// How many commits of the main line lie in the time that is looked at.
    pub commits: usize,
    /// How many were measured, and not found to be as one before.
    pub measured: usize,
    /// How many tags name commits that are not among those, on other branches or older.
    pub tags_elsewhere: usize,
}

/// How many commits of one stretch may be told as jumps.
const MOST_OF_A_STRETCH: usize = 3;

/// How many parts each core walks, and how short none of them is.
const PARTS: usize = 4;
const SHORTEST: usize = 16;

/// How many commits that a merge brought are looked through.
const MOST_BROUGHT: usize = 500;

/// Measures points of a main line, and finds the commits that changed most: at most `jumps` of them.
pub fn history(past: Past<'_>, log: &Log, every: Every, most: usize, jumps: usize) -> History {
    let line: Vec<&Logged> = log.commits.iter().rev().collect();
    let times = believable(&line);
    let tags = past.git.tags();
    let mut chosen: Vec<usize> = match every {
        Every::Commit => (0..line.len()).collect(),
        Every::Day => last_of_each(&times, |day, _| day),
        // 1970 began on a Thursday.
        Every::Week => last_of_each(&times, |day, _| (day + 3).div_euclid(7)),
        Every::Month => last_of_each(&times, |_, month| month),
        Every::Tag => (0..line.len()).filter(|at| tags.contains_key(&line[*at].commit)).collect(),
    };
    if matches!(every, Every::Day | Every::Week | Every::Month) && chosen.first().is_some_and(|at| *at > 0) {
        // What came between the first commit and the end of its period would be nobody's.
        chosen.insert(0, 0);
    }
    chosen.drain(..chosen.len().saturating_sub(most));
    let shared = Shared::default();
    let (measures, mut measured) = measures((past, &shared), &line, &chosen);
    let stretches = stretches(&measures);
    let first = chosen.first().copied().unwrap_or_default();
    let found: Vec<(Vec<(usize, Turn)>, usize)> = stretches
        .par_iter()
        .take(jumps)
        .map(|(ends, turn)| match (chosen[ends.0], chosen[ends.1]) {
            // Nothing lies between.
            (from, to) if from + 1 == to => (vec![(to, turn.clone())], 0),
            ends => turns((past, &shared), &line, ends),
        })
        .collect();
    measured += found.iter().map(|(_, measured)| measured).sum::<usize>();
    let mut all: Vec<(usize, Turn)> = found.into_iter().flat_map(|(turns, _)| turns).collect();
    all.sort_by(|(_, one), (_, other)| one.by_size(other));
    all.truncate(jumps);
    all.sort_by_key(|(at, _)| *at);
    let on_line: HashSet<Commit> = line.iter().map(|logged| logged.commit).collect();
    let jumps = all.into_par_iter().map(|(at, turn)| Jump {
        brought: brought(past, line[at], &turn, &on_line),
        lines: lines(past, &line[at].commit, &turn),
        time: times[at],
        logged: line[at].clone(),
        turn,
    });
    let jumps = jumps.collect();
    let points = chosen.iter().zip(measures).map(|(at, measured)| Point {
        time: times[*at],
        logged: line[*at].clone(),
        tags: tags.get(&line[*at].commit).cloned().unwrap_or_default(),
        measured,
    });
    let points = points.collect();
    let tags_elsewhere = match every {
        Every::Tag => tags.keys().filter(|commit| !on_line.contains(commit)).count(),
        _ => 0,
    };
    let newest = line.last().map_or(0, |logged| logged.seconds);
    History { points, jumps, newest, commits: line.len() - first, measured, tags_elsewhere }
}

/// When each commit was made, as far as the order of the commits allows it: the most of them are believed that can be
/// true together, and where a clock went wrong, it was when the one before was made.
fn believable(line: &[&Logged]) -> Vec<i64> {
    // The longest sequence that never falls: the last one of the best of each length, and who comes before whom.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(line.len());
    for (at, logged) in line.iter().enumerate() {
        let length = ends.partition_point(|end| line[*end].seconds <= logged.seconds);
        before.push(length.checked_sub(1).map(|one| ends[one]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut is_true = vec![false; line.len()];
    let mut next = ends.last().copied();
    while let Some(at) = next {
        is_true[at] = true;
        next = before[at];
    }
    let first = is_true.iter().position(|is_true| *is_true).unwrap_or_default();
    let mut now = line.get(first).map_or(0, |logged| logged.seconds);
    let times = line.iter().zip(is_true).map(|(logged, is_true)| {
        if is_true {
            now = logged.seconds;
        }
        now
    });
    times.collect()
}

/// The last commit of each day, week or month.
fn last_of_each(times: &[i64], of: fn(i64, i64) -> i64) -> Vec<usize> {
    let mut chosen: Vec<usize> = Vec::new();
    let mut now = None;
    for (at, time) in times.iter().enumerate() {
        let period = of(time.div_euclid(86_400), Date::of_seconds(*time).month());
        if now == Some(period) {
            chosen.pop();
        }
        now = Some(period);
        chosen.push(at);
    }
    chosen
}

/// What is measured of some commits, and how many had to be. Each core walks a part of the way by itself.
fn measures(
    (past, shared): (Past<'_>, &Shared),
    line: &[&Logged],
    chosen: &[usize],
) -> (Vec<Measured>, usize) {
    // Some parts of the way are harder than others.
    let length = chosen.len().div_ceil(PARTS * rayon::current_num_threads()).max(SHORTEST);
    let parts: Vec<(Vec<Measured>, usize)> = chosen
        .par_chunks(length)
        .map(|part| {
            let mut walk = Walk::new(past, shared);
            let measures = part.iter().map(|at| walk.measure(&line[*at].commit)).collect();
            (measures, walk.measured)
        })
        .collect();
    let measured = parts.iter().map(|(_, measured)| measured).sum();
    (parts.into_iter().flat_map(|(measures, _)| measures).collect(), measured)
}

/// From one point to a later one between which something changed, those first between which most did. What can't be
/// measured is passed over.
fn stretches(measures: &[Measured]) -> Vec<((usize, usize), Turn)> {
    let sound: Vec<usize> = (0..measures.len()).filter(|at| measures[*at].is_ok()).collect();
    let mut stretches: Vec<((usize, usize), Turn)> = sound
        .windows(2)
        .filter_map(|pair| {
            let (before, now) = (measures[pair[0]].as_ref().ok()?, measures[pair[1]].as_ref().ok()?);
            if Arc::ptr_eq(before, now) {
                return None;
            }
            let changed = turn(before, now);
            (!changed.is_none()).then_some(((pair[0], pair[1]), changed))
        })
        .collect();
    stretches.sort_by(|(_, one), (_, other)| one.by_size(other));
    stretches
}

/// The commits of a stretch that changed something, those first that changed most.
fn turns(
    (past, shared): (Past<'_>, &Shared),
    line: &[&Logged],
    (from, to): (usize, usize),
) -> (Vec<(usize, Turn)>, usize) {
    let mut walk = Walk::new(past, shared);
    let mut before = None;
    let mut found = Vec::new();
    for (at, logged) in line.iter().enumerate().take(to + 1).skip(from) {
        let Ok(now) = walk.measure(&logged.commit) else { continue };
        if let Some(before) = before.filter(|before| !Arc::ptr_eq(before, &now)) {
            let changed = turn(&before, &now);
            if !changed.is_none() {
                found.push((at, changed));
            }
        }
        before = Some(now);
    }
    found.sort_by(|(_, one), (_, other)| one.by_size(other));
    found.truncate(MOST_OF_A_STRETCH);
    (found, walk.measured)
}

/// For each coupling that came, its line in the file that says so.
fn lines(past: Past<'_>, commit: &Commit, turn: &Turn) -> Vec<Option<usize>> {
    let Ok(files) = GitFiles::of_commit(past.git, commit, past.folder) else {
        return vec![None; turn.came.len()];
    };
    let mut texts: HashMap<&str, Vec<u8>> = HashMap::new();
    let mut found = Vec::new();
    for edge in &turn.came {
        found.push(edge.line.as_ref().and_then(|(path, span)| {
            let read = || files.read(&RepoPath::from_normal(path)).unwrap_or_default();
            let before = texts.entry(path).or_insert_with(read).get(..span.range().start)?;
            Some(1 + before.iter().filter(|byte| **byte == b'\n').count())
        }));
    }
    found
}

/// Of the commits that a merge brought, those that touched a file of which a line is evidence of what came.
fn brought(past: Past<'_>, merge: &Logged, turn: &Turn, on_line: &HashSet<Commit>) -> Vec<Logged> {
    if !merge.is_merge() {
        return Vec::new();
    }
    let came = turn.came.iter().filter_map(|edge| Some(&*edge.line.as_ref()?.0));
    let files: HashSet<&str> = came.collect();
    let all = past.git.brought(merge, &|commit| on_line.contains(commit), MOST_BROUGHT);
    let touches = |logged: &Logged| {
        let changes = past.git.changes(logged, past.folder).unwrap_or_default();
        changes.iter().any(|one| files.contains(one.path.as_str()))
    };
    let mut touching: Vec<Logged> = all.into_iter().filter(|one| !one.is_merge() && touches(one)).collect();
    touching.truncate(MOST_OF_A_STRETCH);
    touching
}
