//! What the page knows: one JSON document inside of it, read by its own script alone.
//!
//! Units, couplings and files are named by their positions, so that 10,000 units take a few megabytes. Texts are
//! harmless in a terminal, hold no credential, and are set as text by the script.

use serde::Serialize;

/// Everything.
#[derive(Serialize)]
pub(super) struct Page {
    pub(super) title: String,
    pub(super) version: &'static str,
    pub(super) verdict: Verdict,
    pub(super) numbers: Vec<Number>,
    /// The kinds of coupling.
    pub(super) kinds: Vec<Kind>,
    /// The words for kinds of units.
    pub(super) unit_kinds: Vec<&'static str>,
    pub(super) files: Vec<String>,
    /// Features first, in order, and then what belongs to none.
    pub(super) groups: Vec<Group>,
    pub(super) units: Vec<Unit>,
    pub(super) couplings: Vec<Coupling>,
    /// Under what condition couplings are there, in words.
    pub(super) conditions: Vec<String>,
    pub(super) responsibilities: Vec<Responsibility>,
    /// For each feature, those that it reaches, as positions; its own is left out.
    pub(super) reaches: Vec<Vec<usize>>,
    pub(super) findings: Vec<Finding>,
    pub(super) plan: Plan,
    pub(super) start: Opening,
    pub(super) picture: Picture,
    pub(super) notes: Vec<Note>,
}

#[derive(Serialize)]
pub(super) struct Verdict {
    /// `good`, `bad` or `unsure`.
    pub(super) state: &'static str,
    pub(super) word: &'static str,
    pub(super) line: String,
    /// Independent pairs and all pairs; absent below two features.
    pub(super) independence: Option<(usize, usize)>,
    /// The same of what a change is compared with.
    pub(super) before: Option<(usize, usize)>,
    /// How many features ship alone, and how many ship something.
    pub(super) alone: (usize, usize),
}

/// One number for the head of the page.
#[derive(Serialize)]
pub(super) struct Number {
    pub(super) value: usize,
    pub(super) name: String,
    pub(super) note: String,
}

#[derive(Serialize)]
pub(super) struct Kind {
    pub(super) word: &'static str,
    pub(super) verb: &'static str,
    pub(super) step: &'static str,
    /// Whether reach is walked along it.
    pub(super) reaches: bool,
}

/// A line of a file: positions of the file, and the line from 1.
#[derive(Serialize, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line(pub(super) usize, pub(super) usize);

/// A feature, or all units of another role.
#[derive(Serialize)]
pub(super) struct Group {
    pub(super) name: String,
    /// `feature`, `shared`, `assembly`, `test-support`, `responsibility` or `unassigned`.
    pub(super) role: &'static str,
    /// Whether it is one unit, which a finding is about.
    pub(super) is_culprit: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) about: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) owner: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) responsibilities: Vec<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) declared: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ships: Option<Ships>,
}

/// Whether a feature can be deployed alone.
#[derive(Serialize)]
pub(super) struct Ships {
    /// `alone`, `together` or `nothing`.
    pub(super) standing: &'static str,
    /// Why, as sentences.
    pub(super) why: Vec<String>,
    pub(super) deployables: Vec<Deployable>,
}

#[derive(Serialize)]
pub(super) struct Deployable {
    pub(super) unit: usize,
    /// The packages that it links, or that what it runs links; absent where no package manager says so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) links: Vec<usize>,
    /// What it runs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) runs: Vec<usize>,
}

/// Name, position of its kind, position of its group, where it is declared, whether it is an API package.
#[derive(Serialize)]
pub(super) struct Unit(pub(super) String, pub(super) usize, pub(super) usize, pub(super) Line, pub(super) u8);

/// From and to, the kind that judges it, its [`Standing`], file and line, and 0 or a condition's position plus 1.
#[derive(Serialize)]
pub(super) struct Coupling(
    pub(super) usize,
    pub(super) usize,
    pub(super) usize,
    pub(super) Standing,
    pub(super) Line,
    pub(super) usize,
);

/// What the rules say about a coupling, as a number: the worse, the smaller.
pub(super) struct Standing(pub(super) super::super::Standing);

impl Serialize for Standing {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let order = super::super::Standing::WORST_FIRST;
        let position = order.iter().position(|one| *one == self.0);
        serializer.serialize_u64(position.unwrap_or_default() as u64)
    }
}

#[derive(Serialize)]
pub(super) struct Responsibility {
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) about: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) owner: Option<String>,
    pub(super) declared: Line,
}

#[derive(Serialize)]
pub(super) struct Finding {
    pub(super) rule: String,
    /// `deny`, `warn`, or what else has become of it: `baselined`, `excepted`, `inherited`, `gone`.
    pub(super) level: &'static str,
    pub(super) message: String,
    pub(super) places: Vec<Place>,
    pub(super) help: Vec<String>,
    pub(super) details: Vec<String>,
    /// The features that it is about, as positions of groups.
    pub(super) features: Vec<usize>,
    pub(super) owners: Vec<String>,
    /// How many ordered pairs of features are coupled by way of it.
    pub(super) pairs: usize,
    /// Why it is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Place {
    pub(super) at: Line,
    pub(super) label: String,
    /// What stands in the line.
    pub(super) text: String,
}

/// What is shown first.
#[derive(Serialize)]
pub(super) struct Opening {
    pub(super) is_graph_alone: bool,
    /// The group that is chosen, and how far around it one sees.
    pub(super) chosen: Option<usize>,
    pub(super) depth: usize,
    /// The kinds that are on; null for all but tests.
    pub(super) kinds: Option<Vec<usize>>,
    pub(super) only_findings: bool,
    pub(super) roles: Vec<&'static str>,
}

/// What to cut, in this order.
#[derive(Serialize, Default)]
pub(super) struct Plan {
    pub(super) steps: Vec<Cut>,
    /// What is left after these, as a sentence; empty where nothing is.
    pub(super) left: String,
}

/// One step of the plan: what to remove, and what that pays.
#[derive(Serialize)]
pub(super) struct Cut {
    /// How many places change.
    pub(super) places: usize,
    /// What is better then, as a sentence.
    pub(super) pays: String,
    /// The couplings that go, as positions of the two units, and their lines.
    pub(super) couplings: Vec<(usize, usize, Place)>,
    /// The features that it makes deploy alone.
    pub(super) freed: Vec<usize>,
}

/// Where the groups stand, and by which ways what couples them runs.
#[derive(Serialize)]
pub(super) struct Picture {
    /// How wide and how high it is, without what is not shown.
    pub(super) size: (f64, f64),
    /// Left, top, width and height of each group.
    pub(super) boxes: Vec<(f64, f64, f64, f64)>,
    /// Whether it is shown before anybody asks for it.
    pub(super) is_shown: Vec<bool>,
    /// From, to, and the corners of the way, as x and y in turn.
    pub(super) ways: Vec<(usize, usize, Vec<f64>)>,
    pub(super) frames: Vec<Frame>,
}

/// What is drawn around several groups.
#[derive(Serialize)]
pub(super) struct Frame {
    pub(super) text: String,
    pub(super) at: (f64, f64, f64, f64),
}

/// A problem or a gap.
#[derive(Serialize)]
pub(super) struct Note {
    /// `problem` or `gap`.
    pub(super) what: &'static str,
    pub(super) path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<usize>,
    pub(super) text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) help: String,
}
