//! The keys, as types: what each is for, of what form it is, and an example.

#![expect(dead_code, reason = "they describe: the parser reads by hand, and makes none of them")]

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::features::Versioned;
use crate::graph::{Correction, CouplingKind};
use crate::rules::Level;
use crate::rules::condition::{Catalogued, Declared, Relation};

/// The features of a repository, what they share, and how it is judged. At the root of the repository.
#[derive(JsonSchema)]
#[schemars(title = "watertight.toml", inline, rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Configuration {
    /// Named reasons for two features to know of each other, by name.
    responsibilities: Option<BTreeMap<String, Responsibility>>,
    /// The product features, by name. `storage/broker` is nested in `storage`; a name that ends in `/*` needs
    /// `each`.
    features: Option<BTreeMap<String, Feature>>,
    /// Units that belong to no feature on purpose: every feature may build on them, and they build on none.
    shared: Option<Section>,
    /// Units whose purpose is to put features together: they may depend on every feature, and nothing but tests
    /// and other assemblies may depend on them.
    assemblies: Option<Section>,
    /// Units that exist for tests: they may depend on everything, and only tests may depend on them.
    test_support: Option<Section>,
    /// Deployables that are always shipped together, on purpose, by name.
    deployments: Option<BTreeMap<String, Deployment>>,
    /// Features that live in other repositories, by name.
    external: Option<BTreeMap<String, External>>,
    /// Words by which rules can name units: each with the names, globs or paths of the units.
    #[schemars(example = BTreeMap::from([("edge", vec!["crates/edge-*", "service:gateway"])]))]
    tags: Option<BTreeMap<String, Vec<String>>>,
    /// Levels and numbers of rules, and rules of your own.
    rules: Option<BTreeMap<String, RuleSetting>>,
    /// Findings that a person accepted, with a reason and an end.
    exceptions: Option<Vec<Exception>>,
    /// Couplings that no manifest states, also before there is code.
    couplings: Option<Vec<DeclaredCoupling>>,
    /// What a manifest states and is not so.
    corrections: Option<Vec<DeclaredCorrection>>,
    /// What a change of a file that no unit holds affects, by its path or a glob.
    #[schemars(example = BTreeMap::from([("scripts/**", "nothing"), ("rust-toolchain.toml", "everything")]))]
    impact: Option<BTreeMap<String, ImpactOf>>,
    /// Numbers that the repository keeps to, and what one change may do to them.
    budgets: Option<Budgets>,
    /// What of history counts, and whether features that change together are coupled by that.
    changes: Option<Changes>,
    /// What is read.
    scan: Option<Scan>,
}

/// Numbers that the repository keeps to. What each means, and how to begin: the page about budgets.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Budgets {
    /// Which share of all pairs of features has to be independent at least.
    #[schemars(example = &"70 %")]
    independence: Option<Share>,
    /// The same, leaving out pairs that name a common responsibility.
    #[schemars(example = &"90 %")]
    independence_unshared: Option<Share>,
    /// How many couplings between features there may be, by kind.
    couplings: Option<CouplingBudgets>,
    /// Which share of all units a change to one of them may reach on average.
    #[schemars(example = &"12 %")]
    propagation_cost: Option<Share>,
    /// How many circles of features there may be.
    #[schemars(example = 0)]
    circles: Option<Count>,
    /// How many entries the baseline may have.
    #[schemars(example = 120)]
    baseline: Option<Count>,
    /// How many findings exceptions may cover in all.
    #[schemars(example = 10)]
    exceptions: Option<Count>,
    /// How much of what a budget allows may be left before `near-budget` tells it. Left out, it is 5 %; with 0 nothing is
    /// near.
    #[schemars(example = &"5 %")]
    near: Option<Share>,
    /// What each feature may do, by its name. The name of a parent, or a glob, means several: each by itself.
    features: Option<BTreeMap<String, FeatureBudgets>>,
    /// What each owner may have, by name.
    owners: Option<BTreeMap<String, OwnerBudgets>>,
    /// What one change may do, where one is judged: `check --since`.
    change: Option<ChangeBudgets>,
}

/// How many couplings of each kind there may be between features, once for each pair of units.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct CouplingBudgets {
    /// By `code`.
    #[schemars(example = 40)]
    code: Option<Count>,
    /// By `build`.
    #[schemars(example = 0)]
    build: Option<Count>,
    /// By `test`.
    #[schemars(example = 10)]
    test: Option<Count>,
    /// By `call`.
    #[schemars(example = 20)]
    call: Option<Count>,
    /// By `start`.
    #[schemars(example = 3)]
    start: Option<Count>,
    /// By `data`.
    #[schemars(example = 0)]
    data: Option<Count>,
    /// By `release`.
    #[schemars(example = 2)]
    release: Option<Count>,
    /// By `change`.
    #[schemars(example = 5)]
    change: Option<Count>,
}

/// What a feature may do.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct FeatureBudgets {
    /// How many couplings may lead from it to other features, by kind.
    couplings: Option<CouplingBudgets>,
    /// How many other features it may need directly.
    #[schemars(example = 2)]
    fan_out: Option<Count>,
    /// How many other features may need it directly.
    #[schemars(example = 5)]
    fan_in: Option<Count>,
    /// How many other features it may reach, directly or not.
    #[schemars(example = 4)]
    reaches: Option<Count>,
    /// How many deployables a change to one of its units may affect.
    #[schemars(example = 10)]
    affects: Option<Count>,
}

/// What an owner may have.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct OwnerBudgets {
    /// How many findings exceptions may cover that start at what is theirs.
    #[schemars(example = 2)]
    exceptions: Option<Count>,
}

/// What one change may do to the numbers.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ChangeBudgets {
    /// By how many points independence may fall; 0 if it may not.
    #[schemars(example = &"-1 %")]
    independence: Option<Fall>,
    /// The same, leaving out pairs that name a common responsibility.
    #[schemars(example = 0)]
    independence_unshared: Option<Fall>,
    /// How many couplings between features may be added, by kind.
    couplings: Option<CouplingBudgets>,
    /// By how many points the propagation cost may rise.
    #[schemars(example = &"0.5 %")]
    propagation_cost: Option<Share>,
    /// How many circles of features may be added.
    #[schemars(example = 0)]
    circles: Option<Count>,
    /// How many entries the baseline may grow by.
    #[schemars(example = 0)]
    baseline: Option<Count>,
    /// How many findings more exceptions may cover.
    #[schemars(example = 1)]
    exceptions: Option<Count>,
}

/// What of history counts, and from when on two features change together.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Changes {
    /// Whether features that change together, and that nothing else ties, are coupled by that. Where a rule looks at
    /// such couplings (`co-change`), they are there in any case.
    #[schemars(example = true)]
    couplings: Option<bool>,
    /// How far back commits count, from the one that is read. Default: `1 year`.
    #[schemars(example = "6 months")]
    since: Option<String>,
    /// In how many commits both have to change. Default: 5.
    #[schemars(range(min = 1, max = 1_000_000), example = 8)]
    support: Option<u32>,
    /// In which share of the commits of the one that changes less, the other has to change too. Default: `30 %`.
    #[schemars(example = "50 %")]
    confidence: Option<String>,
    /// More units than these, and a commit says nothing about what belongs together. Default: 30.
    #[schemars(range(min = 1, max = 1_000_000), example = 40)]
    most_units: Option<u32>,
    /// The same of features. Default: 10.
    #[schemars(range(min = 1, max = 1_000_000), example = 5)]
    most_features: Option<u32>,
    /// Texts in names or addresses of authors that are programs, beside those that everybody knows.
    #[schemars(example = vec!["our-release-robot"])]
    bots: Option<Vec<String>>,
    /// Files whose changes say nothing: paths or globs.
    #[schemars(example = vec!["**/generated/**"])]
    ignore: Option<Vec<String>>,
}

/// What a file affects: every unit, none, or these.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(super) enum ImpactOf {
    Word(ImpactWord),
    /// Features and units, as in an exception.
    These(#[schemars(length(min = 1))] Vec<Selector>),
}

/// Every unit, or none.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(super) enum ImpactWord {
    Everything,
    Nothing,
}

/// What is shared, in one sentence; or a table.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(super) enum Responsibility {
    Sentence(String),
    Table(ResponsibilityTable),
}

/// A named reason for two features to know of each other.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct ResponsibilityTable {
    /// What is shared, in one sentence.
    #[schemars(example = &"Money moves exactly once")]
    about: Option<String>,
    /// Who answers for it.
    #[schemars(example = &"@shop/payments")]
    owner: Option<String>,
    /// The only units that it lets features share, by path or by `kind:name`. Those that no feature owns belong
    /// to the responsibility itself. Left out, it excuses couplings to all units of the features that name it.
    #[schemars(length(min = 1), example = ["crates/ledger", "datastore:ledger"])]
    through: Option<Vec<String>>,
}

/// A product feature: a named set of units with an owner and responsibilities.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Feature {
    /// What it is for.
    #[schemars(example = &"Turns a cart into a paid order")]
    about: Option<String>,
    /// Who answers for it; named in findings. Several stand apart by spaces or commas. Left out, it is whom
    /// `CODEOWNERS` names.
    #[schemars(example = &"@shop/checkout")]
    owner: Option<String>,
    /// The responsibilities that it shares with others.
    #[schemars(example = ["payments"])]
    responsibilities: Option<Vec<String>>,
    /// Folders or globs, from the root of the repository; one that matches a folder takes every unit below it.
    #[schemars(example = ["services/checkout", "crates/checkout-*"])]
    paths: Option<Vec<String>>,
    /// A glob: every folder that it matches becomes a feature of its own, and its name takes the place of the
    /// `*` at the end of the feature's name. Not together with `paths`.
    #[schemars(example = &"core/node/*")]
    each: Option<String>,
    /// Binaries, images and services that belong to it, by name or path, wherever they lie.
    #[schemars(example = ["checkout-api"])]
    deployables: Option<Vec<String>>,
    /// API packages, and modules that are an API, by name or path: its published contract. Depending on one is a
    /// `call`, not `code`. Naming one here also assigns it.
    #[schemars(example = ["checkout-client"])]
    apis: Option<Vec<String>>,
    /// Units of any kind, by name, by path or by `kind:name`.
    #[schemars(example = ["datastore:orders"])]
    units: Option<Vec<String>>,
    /// Words by which rules can name it.
    #[schemars(example = ["edge"])]
    tags: Option<Vec<String>>,
    /// The only features whose APIs it may call. Left out, it may call all of them.
    #[schemars(example = ["users"])]
    consumes: Option<Vec<String>>,
    /// The only features that may call its APIs. Left out, all of them may.
    #[schemars(example = ["storefront"])]
    consumers: Option<Vec<String>>,
    /// All that features which share a responsibility with it may use of it besides its APIs, packages and modules, by
    /// name or path. Left out, they may use everything.
    #[schemars(example = ["crates/checkout-events", "src/checkout/api/**"])]
    exposes: Option<Vec<String>>,
    /// Which side of its APIs copes with the other side's being older or newer. With `client`, a client works with
    /// every server, so that neither has to be deployed before the other; with `server`, or where nothing is said, the
    /// server comes first.
    versioned: Option<VersionedWord>,
}

/// A feature that lives in another repository. Depending on one of its packages is a `call`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct External {
    /// What it is for.
    #[schemars(example = &"Who a person is, and what they may do")]
    about: Option<String>,
    /// Who answers for it.
    #[schemars(example = &"@shop/identity")]
    owner: Option<String>,
    /// The packages that it publishes, by name or glob: those that others depend on.
    #[schemars(length(min = 1), example = ["users-client", "users-types-*"])]
    packages: Vec<String>,
    /// Which side of its APIs copes with the other side's being older or newer, as of a feature of this repository.
    versioned: Option<VersionedWord>,
}

/// A feature, declared next to its code: it takes the folder that the file lies in and everything below. The same
/// keys may stand in `[package.metadata.watertight]` of a `Cargo.toml`, for that package alone.
#[derive(JsonSchema)]
#[schemars(title = "feature.toml", inline, deny_unknown_fields)]
pub(super) struct Nearby {
    /// The name of the feature.
    #[schemars(example = &"users")]
    feature: String,
}

/// Units that belong to no feature.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Section {
    /// Folders or globs, from the root of the repository.
    #[schemars(example = ["crates/common-*"])]
    paths: Option<Vec<String>>,
    /// Units of any kind, by name, by path or by `kind:name`.
    #[schemars(example = ["image:base"])]
    units: Option<Vec<String>>,
}

/// Deployables that are always shipped together, on purpose.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Deployment {
    /// What it is for; for people.
    #[schemars(example = &"The pages and what fills them")]
    about: Option<String>,
    /// Who deploys it; for people.
    #[schemars(example = &"@shop/platform")]
    owner: Option<String>,
    /// Binaries, images or services, by name or path.
    #[schemars(example = ["storefront-web", "image:catalog"])]
    deployables: Vec<String>,
}

/// A finding that a person accepted.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Exception {
    /// The rule.
    #[schemars(example = &"unshared-coupling")]
    rule: String,
    /// The units that the finding leads from.
    #[schemars(example = &"checkout")]
    from: Selector,
    /// The units that it leads to; left out for rules about one unit alone.
    #[schemars(example = &"users")]
    to: Option<Selector>,
    /// Why it was accepted.
    #[schemars(length(min = 1), example = &"moving to the API of users")]
    reason: String,
    /// The last day on which it counts, in UTC. Left out, it counts for ever.
    #[schemars(example = &"2027-03-31")]
    until: Option<Day>,
    /// Who accepted it.
    #[schemars(example = &"@shop/checkout")]
    owner: Option<String>,
}

/// A coupling that no manifest states.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct DeclaredCoupling {
    /// What needs the other: a feature, a unit's name or path, or `kind:name`.
    #[schemars(example = &"checkout")]
    from: String,
    /// What is needed; in the same words.
    #[schemars(example = &"datastore:fraud-scores")]
    to: String,
    /// In which way.
    #[schemars(example = &"data")]
    kind: Kind,
    /// Why it is known.
    #[schemars(length(min = 1), example = &"reads the table that is made every night")]
    reason: String,
}

/// What a manifest states and is not so.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct DeclaredCorrection {
    /// Which units the couplings lead from.
    #[schemars(example = &"checkout-report")]
    from: Selector,
    /// Which units they lead to.
    #[schemars(example = &"users-client")]
    to: Selector,
    /// Only couplings of this kind. Left out, those of each kind.
    #[schemars(example = &"call")]
    kind: Option<Kind>,
    /// What is so instead.
    #[schemars(rename = "as", example = &"types-only")]
    corrected: CorrectionWord,
    /// Why.
    #[schemars(length(min = 1), example = &"borrows the Email type, and calls nothing")]
    reason: String,
}

/// What is read.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Scan {
    /// Folders, files or globs that are not read.
    #[schemars(example = ["testdata/invalid"])]
    exclude: Option<Vec<String>>,
    /// Whether Backstage catalogs say whose a unit is that nothing nearer names. Left out, they do.
    #[schemars(example = false)]
    catalogs: Option<bool>,
    /// Where rule files lie. Left out, it is `.watertight/rules`.
    #[schemars(example = &"ci/watertight")]
    rules_folder: Option<String>,
}

/// What `[rules]` says of a rule: its level, its level and numbers, or a rule of your own.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(super) enum RuleSetting {
    Level(LevelWord),
    Numbers(Numbers),
    Own(Box<OwnRule>),
}

/// The level of a rule from a rule file, and its numbers.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Numbers {
    /// Its level.
    #[schemars(example = &"warn")]
    level: Option<LevelWord>,
    /// How many couplings a row may have (`chain`).
    longest: Option<Number>,
    /// How many features may be reached (`reach`).
    more_than: Option<Number>,
    /// How many features may name one responsibility (`broad-responsibilities`).
    most_features: Option<Number>,
    /// What share of all features may name one responsibility (`broad-responsibilities`).
    most_percent: Option<Number>,
    /// How many days before its end an exception is announced (`expiring-exceptions`).
    days: Option<Number>,
}

/// What must not be in this repository, beside what the tool brings.
#[derive(JsonSchema)]
#[schemars(title = "A rule of your own", deny_unknown_fields)]
pub(super) struct OwnRule {
    /// What must not be, in one line.
    #[schemars(length(min = 1), example = &"What runs at the edge may not build on storage")]
    summary: String,
    /// What its findings do. Left out, it is `deny`.
    #[schemars(example = &"deny")]
    level: Option<LevelWord>,
    /// What happened, as a sentence with placeholders.
    #[schemars(example = &"`{from}` {verb} `{to}`")]
    message: Option<String>,
    /// What stands under the line, with placeholders.
    #[schemars(example = &"`{from}` {verb} `{to}`{conditions}")]
    label: Option<String>,
    /// What to do, the best first; with placeholders.
    #[schemars(example = ["move what `{from}` needs out of storage"])]
    help: Option<Vec<String>>,
    /// Markdown for `explain`.
    #[schemars(example = &"## What it finds\n\n…")]
    explanation: Option<String>,
    /// When it finds something: exactly one of these.
    condition: Condition,
}

/// A rule of your own, in a file that is named after it.
#[derive(JsonSchema)]
#[schemars(title = "A rule file", inline, deny_unknown_fields)]
pub(super) struct RuleFile {
    /// The name of the file, without `.toml`: kebab-case, and it names the fault.
    #[schemars(regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"), example = &"edge-uses-storage")]
    id: String,
}

/// When a rule finds something: exactly one of these.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields, extend("minProperties" = 1, "maxProperties" = 1))]
pub(super) struct Condition {
    /// One edge.
    coupling: Option<CouplingCondition>,
    /// A walk of two edges or more, told at the last one with everybody whom it lets in.
    path: Option<PathCondition>,
    /// A circle.
    cycle: Option<CycleCondition>,
    /// Two features on one unit: each that is coupled to it, and its owner.
    meeting: Option<MeetingCondition>,
    /// A unit or feature that too many other features reach.
    reach: Option<ReachCondition>,
    /// Features coupled in a row that is too long.
    chain: Option<ChainCondition>,
    /// An image whose Dockerfile copies less than its binaries are built with, or packages that only others need.
    copy: Option<CopyCondition>,
    /// A job whose path filter leaves out what it is built from, or lets it run for other features.
    trigger: Option<TriggerCondition>,
    /// What is wrong with what catalogs say.
    catalog: Option<CatalogCondition>,
    /// What is wrong with the configuration itself.
    declaration: Option<DeclarationCondition>,
}

/// One edge.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct CouplingCondition {
    /// Which kinds of coupling.
    kinds: Kinds,
    /// From which units.
    #[schemars(example = &"tag:edge")]
    from: Selector,
    /// To which units.
    #[schemars(example = &"feature:storage")]
    to: Selector,
    /// One of these has to hold, if there are any.
    #[schemars(example = ["same-feature"])]
    when: Option<Vec<RelationWord>>,
    /// None of these may hold.
    #[schemars(example = ["shares-responsibility"])]
    unless: Option<Vec<RelationWord>>,
    /// Who else gets in by that edge, to be told with it.
    lets_in: Option<LetsIn>,
}

/// A walk of two edges or more.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PathCondition {
    /// Which kinds of coupling are walked.
    kinds: Kinds,
    /// The kinds of the last edge, where they differ.
    last_kinds: Option<Kinds>,
    /// Where it starts.
    #[schemars(example = &"feature")]
    from: Selector,
    /// Which units it goes through; or `same-feature`: the units of the feature to which the last one belongs.
    #[schemars(example = &"unassigned")]
    through: Selector,
    /// What the last unit before the end is, too.
    #[schemars(example = &"anything")]
    last: Selector,
    /// Where it ends.
    #[schemars(example = &"feature")]
    to: Selector,
    /// What has to hold of the first edge: one of these, if there are any.
    #[schemars(example = ["may-call"])]
    enters_when: Option<Vec<RelationWord>>,
    /// What has to hold of the last edge: one of these, if there are any.
    #[schemars(example = ["exposed"])]
    leaves_when: Option<Vec<RelationWord>>,
    /// What may not hold of where it starts and where it ends.
    #[schemars(example = ["same-feature"])]
    unless: Option<Vec<RelationWord>>,
}

/// A circle.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct CycleCondition {
    /// Whose circle. Left out, it is one of features.
    of: Option<OfWord>,
    /// Which kinds of coupling close it.
    kinds: Kinds,
    /// From which units. Left out, from all.
    #[schemars(example = &"feature")]
    from: Option<Selector>,
    /// To which units. Left out, to all.
    #[schemars(example = &"feature")]
    to: Option<Selector>,
}

/// Two features on one unit.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct MeetingCondition {
    /// Which kinds of coupling lead there.
    kinds: Kinds,
    /// From which units. Left out, from those of features.
    #[schemars(example = &"feature")]
    from: Option<Selector>,
    /// On which units they meet.
    #[schemars(example = &"kind:datastore")]
    on: Selector,
    /// What makes it right for two of them.
    #[schemars(example = ["shares-responsibility"])]
    unless: Option<Vec<RelationWord>>,
    /// Through which units features come there as well.
    lets_in: Option<LetsIn>,
}

/// A unit or feature that too many other features reach.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ReachCondition {
    /// What is reached. Left out, features.
    of: Option<OfWord>,
    /// Which kinds of coupling count.
    kinds: Kinds,
    /// Which units are judged. Left out, all.
    #[schemars(example = &"shared")]
    to: Option<Selector>,
    /// How many features may reach it, without its own.
    more_than: Number,
}

/// Features coupled in a row.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct ChainCondition {
    /// Which kinds of coupling count.
    kinds: Kinds,
    /// How many couplings a row may have.
    longest: Number,
    /// From which units. Left out, from all.
    #[schemars(example = &"feature")]
    from: Option<Selector>,
    /// To which units. Left out, to all.
    #[schemars(example = &"feature")]
    to: Option<Selector>,
}

/// What a Dockerfile copies.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct CopyCondition {
    /// Which images are judged. Left out, all.
    #[schemars(example = &"kind:image")]
    from: Option<Selector>,
    /// Which packages may be copied without need: by what they are to the binaries.
    #[schemars(example = ["same-feature"])]
    unless: Option<Vec<RelationWord>>,
}

/// What lets a job run.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct TriggerCondition {
    /// Which jobs are judged. Left out, all.
    #[schemars(example = &"kind:job")]
    from: Option<Selector>,
    /// Which packages may let a job run without need: by what they are to what it works on.
    #[schemars(example = ["same-feature"])]
    unless: Option<Vec<RelationWord>>,
}

/// What is wrong with what catalogs say.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct CatalogCondition {
    /// What about it.
    #[schemars(example = &"contradictions")]
    about: CataloguedWord,
}

/// What is wrong with the configuration itself.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct DeclarationCondition {
    /// What about it.
    #[schemars(example = &"unassigned-units")]
    about: DeclaredWord,
    /// How many features may name one responsibility; of `broad-responsibilities`, and needed there.
    most_features: Option<Number>,
    /// What share of all features may name one responsibility; of `broad-responsibilities`, and needed there.
    most_percent: Option<Number>,
    /// How many days before its end an exception is announced; of `expiring-exceptions`, and needed there.
    days: Option<Number>,
}

/// A walk back from an edge to the features that get in by it.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct LetsIn {
    /// Which kinds of coupling are walked.
    kinds: Kinds,
    /// Through which units.
    #[schemars(example = &"shared")]
    through: Selector,
}

/// Which units: a name, a role, `kind:name`, a path, or several of them joined.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(super) enum Selector {
    Word(String),
    Any(AnyOf),
    All(AllOf),
    Not(NotOf),
}

/// What one of these selects.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct AnyOf {
    /// The selectors.
    #[schemars(length(min = 1), example = ["shared", "unassigned"])]
    any: Vec<Selector>,
}

/// What all of these select.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct AllOf {
    /// The selectors.
    #[schemars(length(min = 1), example = ["feature", "kind:package"])]
    all: Vec<Selector>,
}

/// What this does not select.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct NotOf {
    /// The selector.
    #[schemars(example = &"assembly")]
    not: Box<Selector>,
}

/// A day of the calendar.
struct Day;

impl JsonSchema for Day {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

/// A whole number from 1 on.
struct Number;

impl JsonSchema for Number {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": 1_000_000, "examples": [4] })
    }
}

/// A whole number from 0 on.
struct Count;

impl JsonSchema for Count {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Count".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0, "maximum": 1_000_000_000 })
    }
}

/// A share of a whole: a percentage as text, or a number from 0 to 1.
struct Share;

impl JsonSchema for Share {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Share".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let percent = r"^[+]?[0-9]+(\.[0-9]+)? *%$";
        json_schema!({ "type": ["string", "number"], "pattern": percent, "minimum": 0, "maximum": 1 })
    }
}

/// By which share something may fall: the same, with a minus.
struct Fall;

impl JsonSchema for Fall {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Fall".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let percent = r"^-[0-9]+(\.[0-9]+)? *%$|^0+(\.0+)? *%$";
        json_schema!({ "type": ["string", "number"], "pattern": percent, "minimum": -1, "maximum": 0 })
    }
}

/// At least one kind of coupling.
struct Kinds;

impl JsonSchema for Kinds {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Kinds".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let kind = generator.subschema_for::<Kind>();
        json_schema!({ "type": "array", "items": kind, "minItems": 1, "examples": [["code", "build"]] })
    }
}

/// Which side of an API copes with the other side's version. It stands where it is used, since a declaration next to the
/// code has a schema of its own.
pub(super) struct VersionedWord;

impl JsonSchema for VersionedWord {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Versioned".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words = Versioned::WORDS.map(|(word, _)| word);
        json_schema!({ "type": "string", "enum": words, "examples": [words[0]] })
    }
}

/// A word of a list that the code has.
macro_rules! words {
    ($($name:ident = $title:literal: $all:expr;)*) => {$(
        pub(super) struct $name;

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                $title.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "enum": $all })
            }
        }
    )*};
}

words! {
    Kind = "Kind": CouplingKind::ALL.map(CouplingKind::word);
    CorrectionWord = "Correction": Correction::ALL.map(Correction::word);
    LevelWord = "Level": Level::ALL.map(Level::word);
    RelationWord = "Relation": Relation::ALL.map(Relation::word);
    CataloguedWord = "Catalogued": Catalogued::words();
    DeclaredWord = "Declaration": Declared::words();
    OfWord = "Of": ["features", "units"];
}
