//! Exit codes, as the documentation promises them.

use std::process::{ExitCode, Termination};

use crate::Repository;

/// What `--help` says about them where nothing is judged.
pub(super) const HELP: &str = "\
Exit codes:
  0  done
  2  an input could not be read, or the run could not go on: the arguments,
     the configuration, no repository, a file that can't be written";

/// The same where rules are judged.
pub(super) const OF_CHECK: &str = "\
Exit codes:
  0  checked, and clean (warnings don't count)
  1  the repository breaks a rule at level deny
  2  an input could not be read, or the run could not go on: the arguments,
     the configuration, no repository, a report that can't be written;
     1 if only inputs are at fault and there are findings too";

/// The same where findings are accepted.
pub(super) const OF_BASELINE: &str = "\
Exit codes:
  0  the check will be clean of what is there now
  1  findings at level deny are left
  2  an input could not be read, or the run could not go on: the arguments,
     the configuration, no repository, a baseline that can't be written";

/// The same where a question is answered.
pub(super) const OF_ANSWER: &str = "\
Exit codes:
  0  yes: no rule at level deny forbids it
  1  no
  2  the run could not go on: the arguments, the configuration, no repository";

/// The same where a change is asked about.
pub(super) const OF_IMPACT: &str = "\
Exit codes:
  0  answered, also where nothing is affected
  2  an input could not be read, or the run could not go on: the arguments,
     the configuration, no repository, no commit to compare with";

/// The same where an order is asked for.
pub(super) const OF_ORDER: &str = "\
Exit codes:
  0  there is an order
  1  there is none: features wait for each other in a circle
  2  an input could not be read, or the run could not go on: the arguments,
     the configuration, no repository";

/// The same where a gate is begun.
pub(super) const OF_INIT: &str = "\
Exit codes:
  0  written, or nothing new; and the check is clean
  1  the check finds what no baseline holds
  2  an input could not be read, or the run could not go on: the arguments, the
     configuration, nothing that could be a feature, a file that can't be written";

/// The same where rules are proved.
pub(super) const OF_PROOF: &str = "\
Exit codes:
  0  done; with --prove: every rule at level deny can find something, or has
     nothing here yet that it is about
  1  with --prove: a rule at level deny is dead, so a green check is no proof
  2  the run could not go on: the arguments, the configuration, no repository";

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Checked, and clean.
    Clean,
    /// The repository breaks a rule at level deny.
    Findings,
    /// An input could not be read; the rest was checked, and is clean.
    Problems,
    /// The run could not go on.
    Error,
}

impl Exit {
    /// How a run ends that only reads, and judges nothing.
    pub(super) fn of_reading(repository: &Repository) -> Self {
        if repository.linked.problems.is_empty() { Self::Clean } else { Self::Problems }
    }

    /// The code for the shell.
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Problems | Self::Error => 2,
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self.code())
    }
}
