//! Exit codes, as the documentation promises them.

use std::process::{ExitCode, Termination};

/// What `--help` says about them.
pub(super) const HELP: &str = "\
Exit codes:
  0  checked, and clean (warnings don't count)
  1  the repository breaks a rule at level deny
  2  an input could not be read, or the run could not go on: the arguments, the configuration, no
     repository, a report that can't be written; 1 if only inputs are at fault and there are findings too";

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
