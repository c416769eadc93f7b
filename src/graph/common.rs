//! What history says of two that change in the same commits.

/// Two that change in the same commits: how often, and in which.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CommonCommits {
    /// Commits that change both.
    pub shared: usize,
    /// Commits that change the one that the coupling leads from.
    pub of_from: usize,
    /// Commits that change the other.
    pub of_to: usize,
    /// The newest that change both, newest first, as people write them: short name and subject.
    pub newest: Vec<String>,
}

impl CommonCommits {
    /// Its numbers and its newest commits, a line each.
    pub fn details(&self) -> Vec<String> {
        let share = |of: usize| self.shared * 100 / of.max(1);
        let confidence = format!(
            "{} % of the commits that change the first change the second, and {} % the other way round",
            share(self.of_from),
            share(self.of_to)
        );
        std::iter::once(confidence).chain(self.newest.iter().map(|told| format!("commit {told}"))).collect()
    }

    /// "12 commits change both, of 20 and 30"
    pub fn sentence(&self) -> String {
        format!("{} commits change both, of {} and {}", self.shared, self.of_from, self.of_to)
    }
}
