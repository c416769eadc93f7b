//! The page of a report in a real browser: it shows what it should, it can be used, and nothing in it runs or is
//! loaded but its own script.

use std::path::{Path, PathBuf};

use crate::browser::Browser;
use crate::history::past;
use crate::hostile::hostile;
use crate::watertight::{copied, repository, run, testdata};

const DESKTOP: (u32, u32) = (1440, 900);
const TABLET: (u32, u32) = (800, 1200);

/// A report in a folder of its own.
struct Report {
    folder: tempfile::TempDir,
}

impl Report {
    fn of(repository: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("report.html");
        let run = run(repository, &format!("report . --html {}", file.display()));
        assert!(file.is_file(), "{}", run.transcript());
        Self { folder }
    }

    fn of_the_sample() -> Self {
        Self::of(&testdata("monorepos/shop"))
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("report.html")
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.file()).expect("a page")
    }

    fn open(&self, size: (u32, u32)) -> Browser {
        Browser::open(&self.file(), size)
    }
}

/// No complaint in the console, and nothing asked for.
fn assert_quiet(browser: &Browser) {
    assert_eq!(browser.complaints(), Vec::<String>::new());
    assert_eq!(browser.requests(), Vec::<String>::new());
}

/// A box of the graph, by the name of its feature or its unit.
fn node(name: &str) -> String {
    format!(".node[aria-label^=\"{name},\"]")
}

#[test]
fn the_sample_is_shown_in_every_size_and_light() {
    let report = Report::of_the_sample();
    for (size, name) in [(DESKTOP, "desktop"), (TABLET, "tablet")] {
        for light in ["light", "dark"] {
            let browser = report.open(size);
            browser.prefer(light);
            assert_eq!(browser.text("h1"), "Not watertight");
            assert_eq!(browser.text("#score"), "45 %");
            assert_eq!(browser.count("details.feature"), 5);
            assert_eq!(browser.count(".node.of-feature"), 5);
            assert_eq!(browser.count("details.finding"), 16);
            assert_eq!(browser.count(".plan > li"), 8);
            let width = "document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(browser.value(width), true, "nothing is wider than the window: {name}");
            let picture = browser.picture(&format!("shop-{name}-{light}"));
            assert!(picture.starts_with(b"\x89PNG"));
            assert_quiet(&browser);
        }
    }
}

#[test]
fn the_search_finds_features_and_units_and_chooses_them() {
    let browser = Report::of_the_sample().open(DESKTOP);
    browser.write("/");
    assert_eq!(browser.value("document.activeElement.id"), "words");
    browser.write("fulfil");
    assert!(browser.text("#offers li").starts_with("fulfilment"));
    browser.press("Enter");
    assert_eq!(browser.text("#panel h3"), "fulfilment");
    assert_eq!(browser.count(".node.chosen.of-feature"), 1);
    assert!(browser.text("#said").starts_with("fulfilment: needs "), "{}", browser.text("#said"));
    // A unit is shown inside of its feature.
    browser.write("/");
    browser.write("users-store");
    browser.press("Enter");
    assert_eq!(browser.text("#panel h3"), "users-store");
    assert_eq!(browser.text(".node.chosen.of-unit .name"), "users-store");
    browser.write("/");
    browser.write("nobody has this name");
    assert_eq!(browser.text("#offers"), "Nothing has this name.");
    browser.press("Escape");
    browser.press("Escape");
    assert_quiet(&browser);
}

/// What is chosen is chosen everywhere: in the graph, in the matrix, in what is told of it.
#[test]
fn what_is_chosen_is_told_with_its_lines() {
    let browser = Report::of_the_sample().open(DESKTOP);
    assert_eq!(browser.count("#panel[hidden]"), 1);
    browser.click(&node("checkout"));
    assert_eq!(browser.text("#panel h3"), "checkout");
    assert_eq!(browser.count("#bands rect"), 2);
    assert!(browser.count(".node:not(.near)") > 0 && browser.count("#stage.dim") == 1);
    let told = browser.text("#panel");
    for part in
        ["@shop/checkout", "✗ not alone", "services/checkout/Cargo.toml:17", "4 other features need it"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    browser.click("#only-around");
    let around = browser.count(".node");
    browser.click("#open-units");
    assert!(browser.count(".node.of-unit") >= 7 && browser.count(".node") > around);
    browser.picture("shop-units");
    browser.press("Escape");
    assert_eq!((browser.count("#panel[hidden]"), browser.count(".node.of-unit")), (1, 0));
    assert_quiet(&browser);
}

/// How many lines there are in the picture, by the words below the tools.
fn shown(browser: &Browser) -> (u64, u64) {
    let text = browser.text("#shown");
    let mut numbers = text.split(|one: char| !one.is_ascii_digit()).filter_map(|part| part.parse().ok());
    (numbers.next().expect("boxes"), numbers.next().expect("lines"))
}

#[test]
fn switches_show_and_hide() {
    let browser = Report::of_the_sample().open(DESKTOP);
    let (boxes, lines) = shown(&browser);
    browser.click("[data-kind=code]");
    let without_code = shown(&browser);
    assert!(without_code.0 == boxes && without_code.1 < lines, "{without_code:?}");
    browser.click("[data-kind=code]");
    assert_eq!(shown(&browser), (boxes, lines));
    browser.click("[data-kind=test]");
    assert!(shown(&browser).1 >= lines);
    browser.click("[data-kind=test]");
    browser.click("[data-role=assembly]");
    assert_eq!(shown(&browser).0, boxes + 1);
    browser.click("[data-role=assembly]");
    browser.click("#only-findings");
    let findings = shown(&browser);
    assert!(findings.1 > 0 && findings.1 < lines, "{findings:?}");
    assert_eq!(browser.count("#stage .line.free"), 0);
    // The same kinds are counted in the matrix.
    let cells = "document.querySelector('.cell.deny').getAttribute('d').length";
    let before = browser.value(cells);
    browser.click("[data-kind=code]");
    assert_ne!(browser.value(cells), before);
    assert_quiet(&browser);
}

#[test]
fn the_graph_moves_and_can_be_used_without_a_mouse() {
    let browser = Report::of_the_sample().open(DESKTOP);
    let place = "document.querySelector('#stage > g').getAttribute('transform')";
    let before = browser.value(place);
    browser.click("#larger");
    let larger = browser.value(place);
    assert_ne!(larger, before);
    browser.click("#fit");
    assert_eq!(browser.value(place), before);
    browser.value("document.getElementById('stage').focus()");
    browser.press("ArrowLeft");
    assert_ne!(browser.value(place), before);
    browser.write("0");
    assert_eq!(browser.value(place), before);
    // One box alone is in the order of the tabulator, and arrows lead from it to others.
    assert_eq!(browser.count(".node[tabindex='0']"), 1);
    browser.press("Tab");
    let focused = "document.activeElement.getAttribute('aria-label')";
    let first = browser.value(focused);
    let way: Vec<_> = ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"]
        .iter()
        .map(|key| {
            browser.press(key);
            browser.value(focused)
        })
        .collect();
    assert!(way.iter().any(|label| *label != first), "{way:?}");
    browser.press("Enter");
    let chosen =
        browser.value("document.querySelector('.node[aria-pressed=true]').getAttribute('aria-label')");
    assert_eq!(Some(&chosen), way.last());
    // In the matrix too.
    browser.value("document.querySelector('#cells svg').focus()");
    browser.press("ArrowRight");
    assert!(browser.text("#said").starts_with("storefront → catalog: "), "{}", browser.text("#said"));
    browser.press("Enter");
    assert_eq!(browser.text("#panel h3"), "storefront");
    assert_quiet(&browser);
}

/// Blank cells are independent pairs: the picture and the score are the same thing.
#[test]
fn the_blanks_of_the_matrix_are_the_score() {
    let browser = Report::of_the_sample().open(DESKTOP);
    let coupled = browser.value(
        "[...document.querySelectorAll('#cells .cell:not(.weak)')]\
         .reduce((sum, one) => sum + one.getAttribute('d').split('M').length - 1, 0)",
    );
    assert!(browser.text(".score").contains("Of 20 ordered pairs of features, 9 are independent"));
    assert_eq!(coupled, 20 - 9);
}

#[test]
fn features_and_findings_are_told_with_their_evidence() {
    let browser = Report::of_the_sample().open(DESKTOP);
    browser.click("#feature-1 > summary");
    let told = browser.text("#feature-1 .body");
    for part in [
        "Turns a cart into a paid order",
        "@shop/checkout",
        "Money moves exactly once",
        "Can it be deployed alone?",
        "It needs 2 other features: fulfilment, users.",
        "checkout-api",
        "Reaches through others",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    // What its deployable links, by whom that belongs to.
    assert!(told.contains("of checkout") && told.contains("packages"), "{told}");
    browser.click("#finding-0 > summary");
    let told = browser.text("#finding-0");
    for part in ["crates/common-telemetry/Cargo.toml:10", "checkout-orders.workspace = true", "What to do"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    browser.value("document.querySelector('#findings input').focus()");
    browser.write("secret");
    assert_eq!(browser.text("#finding-count"), "1 of 16");
    browser.value("document.querySelector('#features input').focus()");
    browser.write("@shop/users");
    assert_eq!(browser.text("#feature-count"), "1 of 5 features");
    // A feature that the filter hides is found all the same.
    browser.click(".story button.name");
    assert_eq!(browser.text("#panel h3"), "catalog");
    browser.value("[...document.querySelectorAll('#panel button')].find((one) => one.textContent === 'All about it').click()");
    assert_eq!(browser.count("#feature-0[open]"), 1);
    assert_quiet(&browser);
}

#[test]
fn the_light_can_be_switched_and_paper_gets_all() {
    let browser = Report::of_the_sample().open(DESKTOP);
    let ground = "getComputedStyle(document.body).backgroundColor";
    let light = browser.value(ground);
    browser.click("#theme");
    let dark = browser.value(ground);
    assert_ne!(light, dark);
    browser.click("#theme");
    assert_eq!(browser.value(ground), light);
    let few = browser.value("document.querySelectorAll('details[open]').length");
    browser.value("globalThis.opened = 0; addEventListener('beforeprint', () => { opened = document.querySelectorAll('details.feature[open] .body, details.finding[open] .body').length; })");
    let printed = browser.printed();
    assert!(printed.starts_with(b"%PDF") && printed.len() > 20_000, "{}", printed.len());
    assert_eq!(browser.value("opened"), 5 + 16);
    assert_eq!(browser.value("document.querySelectorAll('details[open]').length"), few);
    assert_quiet(&browser);
}

/// Everything that can be used has a name, and every text can be read against what it stands on.
#[test]
fn it_can_be_heard_and_read() {
    let report = Report::of_the_sample();
    for light in ["light", "dark"] {
        let browser = report.open(DESKTOP);
        browser.prefer(light);
        browser.click("#feature-1 > summary");
        browser.click("#finding-0 > summary");
        browser.click(&node("users"));
        browser.call("Accessibility.enable", serde_json::json!({}));
        let tree = browser.call("Accessibility.getFullAXTree", serde_json::json!({}));
        let usable = ["button", "link", "searchbox", "combobox", "textbox", "listbox"];
        let (mut count, mut landmarks) = (0, Vec::new());
        for one in tree["nodes"].as_array().expect("a tree") {
            let role = one["role"]["value"].as_str().unwrap_or_default();
            let is_ignored = one["ignored"] == true;
            if usable.contains(&role) && !is_ignored {
                count += 1;
                assert_ne!(one["name"]["value"].as_str().unwrap_or_default(), "", "{one}");
            }
            if ["banner", "navigation", "main", "complementary"].contains(&role) {
                landmarks.push(role.to_owned());
            }
        }
        assert!(count > 40, "{count}");
        for landmark in ["banner", "navigation", "main", "complementary"] {
            assert!(landmarks.iter().any(|one| one == landmark), "{landmark}: {landmarks:?}");
        }
        let faint = browser.value(CONTRAST);
        assert_eq!(faint, serde_json::json!([]), "{light}");
    }
}

/// Texts that have less contrast than 4.5 to 1 against the nearest ground behind them, as WCAG 2.2 measures it.
const CONTRAST: &str = r"(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const parts = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => [r, g, b].map((one) => one / 255).map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)).reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (element) => { for (let one = element; one; one = one.parentElement) { const found = parts(getComputedStyle(one).backgroundColor); if (found[3] === 255) return found; } return [255, 255, 255]; };
  const faint = new Set();
  for (const element of document.querySelectorAll('body *:not(svg *):not(script):not(style):not(option)')) {
    const own = [...element.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
    if (!own || !element.offsetParent) continue;
    const [one, other] = [light(parts(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a);
    if ((one + 0.05) / (other + 0.05) < 4.5) faint.add(`${element.tagName} ${element.className}: ${((one + 0.05) / (other + 0.05)).toFixed(2)}`);
  }
  return [...faint];
})()";

/// Nothing but the page's own script runs, whoever puts it there; and nothing can be loaded or sent.
#[test]
fn the_policy_of_the_page_holds() {
    let browser = Report::of_the_sample().open(DESKTOP);
    let refused = |what: &str| {
        let tried = format!(
            "(async () => {{ try {{ {what}; return 'done'; }} catch (error) {{ return error.name; }} }})()"
        );
        browser.value(&tried)
    };
    assert_eq!(refused("document.body.innerHTML = '<img src=x onerror=globalThis.ran=true>'"), "TypeError");
    assert_eq!(
        refused(
            "const s = document.createElement('script'); s.textContent = 'globalThis.ran = true'; document.body.append(s)"
        ),
        "TypeError"
    );
    assert_eq!(refused("await fetch('https://page.example/')"), "TypeError");
    assert_eq!(
        refused(
            "await new Promise((done, fail) => { const i = new Image(); i.onload = done; i.onerror = () => fail(new RangeError()); i.src = 'https://page.example/x.png'; })"
        ),
        "RangeError"
    );
    refused("document.body.setAttribute('onclick', 'globalThis.ran = true'); document.body.click()");
    refused(
        "const f = document.createElement('form'); f.action = 'https://page.example/'; document.body.append(f); f.submit()",
    );
    assert_eq!(browser.value("globalThis.ran === undefined"), true);
    let complaints = browser.complaints().join("\n");
    assert!(complaints.contains("Content Security Policy"), "{complaints}");
    // The policy is there before anything that it is about, and the script is one.
    let page = Report::of_the_sample().text();
    let policy = page.find("Content-Security-Policy").expect("a policy");
    assert!(policy < page.find("<style").expect("a style") && policy < page.find("<script").expect("data"));
    assert_eq!(page.matches("<script").count(), 2);
    // Beside its data, of which nothing is markup.
    let (before, rest) = page.split_once("application/json").expect("data");
    let (_, after) = rest.split_once("</script>").expect("an end");
    for word in ["https://", "src=", "@import", "url(", "<link", "<base"] {
        assert!(!before.contains(word) && !after.contains(word), "{word}");
    }
}

/// Names, texts and paths that are markup and scripts are shown as they are, wherever they are shown.
#[test]
fn a_hostile_repository_runs_nothing() {
    let browser = Report::of(hostile().path()).open(DESKTOP);
    let elements = "[document.scripts.length, document.images.length, document.querySelectorAll('iframe, object, embed, link, base, form, meta[http-equiv=refresh]').length]";
    assert_eq!(browser.value(elements), serde_json::json!([2, 0, 0]));
    // Everything is opened, chosen and pointed at once.
    browser.value(
        "(async () => {
           const wait = () => new Promise((done) => setTimeout(done));
           for (let round = 0; round < 3; round += 1) {
             for (const one of document.querySelectorAll('details:not([open])')) one.open = true;
             for (const one of document.querySelectorAll('button.more')) one.click();
             await wait();
           }
           for (const one of document.querySelectorAll('[data-role], [data-kind]')) one.click();
           for (const label of [...document.querySelectorAll('.node')].map((one) => one.dataset.key)) {
             const one = document.querySelector(`[data-key=\"${label}\"]`);
             if (!one) continue;
             one.dispatchEvent(new PointerEvent('pointermove', { bubbles: true }));
             one.dispatchEvent(new MouseEvent('click', { bubbles: true }));
             document.getElementById('open-units').click();
             await wait();
           }
         })()",
    );
    for words in ["script", "onerror", "odd", "evil"] {
        browser.value("document.getElementById('words').focus()");
        browser.write(words);
        browser.press("Enter");
    }
    let text = browser.text("main");
    assert!(
        text.contains("<img src=x onerror=alert(1)>") && text.contains("<script>alert(1)<"),
        "names are shown"
    );
    assert_eq!(browser.value("globalThis.pwned === undefined"), true);
    assert_eq!(browser.value(elements), serde_json::json!([2, 0, 0]));
    browser.picture("hostile");
    assert_quiet(&browser);
}

/// Without a configuration, with nothing coupled, with nothing at all: a page says so.
#[test]
fn small_repositories_have_a_page_too() {
    let one = [("Cargo.toml", "[package]\nname = \"alone\"\n"), ("src/main.rs", "fn main() {}\n")];
    for files in [&one[..], &[("watertight.toml", "[features.a]\n[features.b]\n")]] {
        let browser = Report::of(repository(files).path()).open(TABLET);
        assert!(
            browser.text("#cells").contains("needs two features") || browser.count("details.feature") == 2
        );
        assert_eq!(browser.count("#finding-list"), 1);
        assert_quiet(&browser);
    }
}

/// How many features the large repository has, and how many packages each of them.
const MANY: (usize, usize) = (500, 20);

/// So many features, whose packages build on each other, and on those of features before; one responsibility excuses
/// nearly all of that.
fn large() -> tempfile::TempDir {
    let (features, packages) = MANY;
    let mut configuration = "[responsibilities]\nall = \"Everything\"\n".to_owned();
    let mut files = vec![("Cargo.toml".to_owned(), "[workspace]\nmembers = [\"f*/u*\"]\n".to_owned())];
    for feature in 0..features {
        let responsibilities = if feature % 100 == 99 { "" } else { "responsibilities = [\"all\"]\n" };
        configuration +=
            &format!("[features.feature-{feature}]\npaths = [\"f{feature}\"]\n{responsibilities}");
        for package in 0..packages {
            let mut needs = Vec::new();
            if package > 0 {
                needs.push((feature, package / 2));
            }
            // Spread over those before, without chance: the same on every machine.
            if package % 5 == 4 && feature > 0 {
                let back = 1 + (feature * 31 + package * 17) % feature.min(60);
                needs.push((feature - back, (feature + package) % packages));
            }
            let lines: String = needs
                .iter()
                .map(|(feature, package)| {
                    format!("n{feature}-{package} = {{ path = \"../../f{feature}/u{package}\" }}\n")
                })
                .collect();
            let manifest = format!("[package]\nname = \"n{feature}-{package}\"\n\n[dependencies]\n{lines}");
            let target = if package + 1 == packages { "main.rs" } else { "lib.rs" };
            files.push((format!("f{feature}/u{package}/Cargo.toml"), manifest));
            files.push((format!("f{feature}/u{package}/src/{target}"), String::new()));
        }
    }
    files.push(("watertight.toml".to_owned(), configuration));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    repository(&files)
}

/// Nothing freezes: the bounds are many times what it takes, for machines that are busy.
#[test]
fn five_hundred_features_and_ten_thousand_units_answer_at_once() {
    let report = Report::of(large().path());
    let timed = |what: &str, most: f64, act: &mut dyn FnMut()| {
        let start = std::time::Instant::now();
        act();
        let taken = start.elapsed().as_secs_f64();
        println!("{what}: {taken:.2} s");
        assert!(taken < most, "{what} takes {taken:.1} s");
    };
    let mut opened = None;
    timed("loading", 30.0, &mut || opened = Some(report.open(DESKTOP)));
    let browser = opened.expect("a browser");
    assert_eq!(shown(&browser).0, 500);
    timed("zoom", 5.0, &mut || browser.click("#larger"));
    timed("a switch", 5.0, &mut || browser.click("[data-kind=code]"));
    timed("the switch again", 5.0, &mut || browser.click("[data-kind=code]"));
    timed("a search", 10.0, &mut || {
        browser.write("/");
        browser.write("n123-7");
        browser.press("Enter");
        browser.settle();
    });
    assert_eq!(browser.text("#panel h3"), "n123-7");
    assert!(browser.count(".node.of-unit") >= 20);
    timed("all steps around", 10.0, &mut || {
        browser.value("(() => { const one = document.querySelector('#depth select'); one.value = '99'; one.dispatchEvent(new Event('change')); })()");
        browser.settle();
    });
    timed("all of it", 5.0, &mut || browser.press("Escape"));
    timed("a section", 5.0, &mut || browser.click("#feature-250 > summary"));
    assert!(browser.text("#feature-250 .body").contains("/u1/Cargo.toml"));
    browser.picture("large");
    assert_quiet(&browser);
}

/// The graph alone, which begins with what is asked for.
#[test]
fn the_graph_has_a_page_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("graph.html");
    let shop = testdata("monorepos/shop");
    let wanted = "--focus checkout --kinds code,call --only-findings --with assembly";
    let drawn = run(&shop, &format!("graph --format html --output {} {wanted}", file.display()));
    assert_eq!(drawn.code, 0, "{}", drawn.transcript());
    let browser = Browser::open(&file, DESKTOP);
    let sections = "[...document.querySelectorAll('main > section')].map((one) => one.id)";
    assert_eq!(browser.value(sections), serde_json::json!(["overview", "graph", "matrix"]));
    assert_eq!(browser.text("#panel h3"), "checkout");
    let on =
        "[...document.querySelectorAll('.tools .switch[aria-pressed=true]')].map((one) => one.textContent)";
    assert_eq!(browser.value(on), serde_json::json!(["code", "call", "assemblies", "only findings"]));
    assert_quiet(&browser);
    let refused = run(&shop, "graph --format html --level units");
    assert_eq!(refused.code, 2, "{}", refused.transcript());
}

/// What those read first who decide, and what became of the numbers: there without a script, and allowed by the policy.
#[test]
fn the_page_begins_with_a_summary_and_tells_the_history() {
    let folder = past();
    let file = folder.path().join("page.html");
    let made = run(folder.path(), "report --html page.html --today 2026-11-21");
    assert_eq!(made.code, 0, "{}", made.transcript());
    let browser = Browser::open(&file, DESKTOP);
    let ids = "[...document.querySelectorAll('main > section')].map((one) => one.id)";
    let ids = browser.value(ids);
    assert_eq!(ids.as_array().expect("ids")[..3], ["overview", "history", "graph"]);
    let titles = browser.value("[...document.querySelectorAll('.summary h2')].map((one) => one.textContent)");
    let wanted = ["Where we stand", "Where it is going", "What it costs", "What pays most"];
    assert_eq!(titles, serde_json::json!(wanted));
    let numbered = browser.value("document.querySelectorAll('#history tbody tr').length");
    let marked = browser.value("document.querySelectorAll('#history circle').length");
    assert_eq!(numbered, marked);
    // The style of the chart counts: a policy that forbids it would leave lines filled with black.
    assert_eq!(browser.value("getComputedStyle(document.querySelector('#history .series')).fill"), "none");
    assert_quiet(&browser);
    browser.picture("history");
    let summary = run(folder.path(), "report --summary - --today 2026-11-21").output;
    for title in wanted {
        assert!(summary.contains(&format!("## {title}")), "{summary}");
    }
    let without = run(folder.path(), "report --summary - --no-history").output;
    assert!(!without.contains("Where it is going"), "{without}");
}

#[test]
fn the_page_goes_where_it_is_wanted_and_findings_are_no_failure() {
    let shop = copied(&testdata("monorepos/shop"));
    let output = run(shop.path(), "report --html -");
    assert_eq!((output.code, output.messages.as_str()), (0, ""));
    assert!(output.output.starts_with("<!doctype html>") && output.output.ends_with("</html>\n"));
    let written = run(shop.path(), "report --html report.html");
    assert_eq!((written.code, written.output.as_str()), (0, ""));
    assert!(written.messages.contains("written to `report.html`"), "{}", written.transcript());
    // The page itself is no part of what is read, and so is the same again.
    let page = std::fs::read_to_string(shop.path().join("report.html")).expect("a page");
    run(shop.path(), "report --html report.html");
    assert_eq!(std::fs::read_to_string(shop.path().join("report.html")).expect("a page"), page);
    let checked = run(shop.path(), "check --report html=check.html");
    assert_eq!(checked.code, 1);
    let checked = std::fs::read_to_string(shop.path().join("check.html")).expect("a page");
    // A check has no time for what only a report tells.
    assert!(page.contains("Where we stand") && !checked.contains("Where we stand"));
    let rest = |page: &str| page[page.find("<noscript>").expect("the rest")..].to_owned();
    assert_eq!(rest(&checked), rest(&page));
    let refused = run(shop.path(), "report --html nowhere/report.html");
    assert_eq!(refused.code, 2);
    assert!(refused.messages.contains("its folder is not there"), "{}", refused.transcript());
}
