//! A real browser without a window: Chromium, spoken to over the pipe of its DevTools protocol.
//!
//! The protocol is JSON, each message ended by a zero byte, so that it takes no library: those that there are bring an
//! asynchronous runtime or a WebSocket with them. Debian's package `chromium` has the program; `.ci/run` installs it.

use std::cell::{Cell, RefCell};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// What the program may be called; `CHROMIUM` names another one.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// How long a page may take for one answer. Far more than it needs: a machine may be busy.
const PATIENCE: Duration = Duration::from_secs(120);

/// One page in a browser of its own.
pub(crate) struct Browser {
    child: Child,
    commands: RefCell<File>,
    answers: Receiver<Value>,
    events: RefCell<Vec<Value>>,
    session: String,
    last: Cell<u64>,
    _folder: tempfile::TempDir,
}

fn program() -> PathBuf {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = std::env::split_paths(&path).flat_map(|folder| NAMES.map(|name| folder.join(name)));
    named.into_iter().chain(all).find(|path| path.is_file()).unwrap_or_else(|| {
        panic!(
            "the tests of the page need a browser, and there is none: `apt-get install chromium`, or name one in \
             the variable CHROMIUM"
        )
    })
}

fn pipe(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo runs");
    assert!(made.success(), "no pipe at {}", path.display());
    path
}

impl Browser {
    /// Opens a file, with a window of this size, and waits until it is loaded.
    pub(crate) fn open(file: &Path, (width, height): (u32, u32)) -> Self {
        let browser = Self::start();
        for domain in ["Runtime", "Log", "Network", "Page"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        browser.call("Emulation.setDeviceMetricsOverride", size);
        browser.prefer("light");
        browser.call("Page.navigate", json!({ "url": format!("file://{}", file.display()) }));
        browser.wait_for("Page.loadEventFired");
        browser
    }

    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (commands, answers) = (pipe(folder.path(), "commands"), pipe(folder.path(), "answers"));
        // The shell hands on both pipes under the numbers that the browser expects. What it may be kept from in a
        // container, its sandbox, is of no use here: the pages are our own.
        let script = "exec \"$0\" \"$@\" 3<\"$COMMANDS\" 4>\"$ANSWERS\"";
        let child = Command::new("sh")
            .args(["-c", script])
            .arg(program())
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--hide-scrollbars", "--no-first-run", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .env("COMMANDS", &commands)
            .env("ANSWERS", &answers)
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the browser runs");
        let commands = OpenOptions::new().write(true).open(commands).expect("a pipe");
        let answers = File::open(answers).expect("a pipe");
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(answers).split(0).map_while(Result::ok) {
                let message = serde_json::from_slice(&message).expect("JSON");
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut browser = Self {
            child,
            commands: RefCell::new(commands),
            answers: receiver,
            events: RefCell::default(),
            session: String::new(),
            last: Cell::new(0),
            _folder: folder,
        };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attached =
            browser.call("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }));
        browser.session = attached["sessionId"].as_str().expect("a session").to_owned();
        browser
    }

    /// Sends a command of the protocol, and waits for what comes of it.
    pub(crate) fn call(&self, method: &str, parameters: Value) -> Value {
        let id = self.last.get() + 1;
        self.last.set(id);
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if !self.session.is_empty() {
            message["sessionId"] = self.session.clone().into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.commands.borrow_mut().write_all(&bytes).expect("the browser listens");
        let end = Instant::now() + PATIENCE;
        loop {
            let answer = self.next(end, method);
            if answer["id"] == id {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.events.borrow_mut().push(answer);
        }
    }

    fn next(&self, end: Instant, what: &str) -> Value {
        let left = end.saturating_duration_since(Instant::now());
        self.answers.recv_timeout(left).unwrap_or_else(|error| panic!("no answer to {what}: {error}"))
    }

    fn wait_for(&self, event: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.events.borrow().iter().any(|one| one["method"] == event) {
            let next = self.next(end, event);
            self.events.borrow_mut().push(next);
        }
    }

    /// The value of an expression; a promise is waited for.
    pub(crate) fn value(&self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let result = self.call("Runtime.evaluate", parameters);
        assert!(result["exceptionDetails"].is_null(), "{expression}: {result}");
        result["result"]["value"].clone()
    }

    /// The text of the first element that a selector names.
    pub(crate) fn text(&self, selector: &str) -> String {
        let value = self.value(&format!("document.querySelector({selector:?}).textContent"));
        value.as_str().unwrap_or_else(|| panic!("{selector} has a text")).to_owned()
    }

    /// How many elements a selector names.
    pub(crate) fn count(&self, selector: &str) -> u64 {
        self.value(&format!("document.querySelectorAll({selector:?}).length")).as_u64().expect("a number")
    }

    /// Clicks in the middle of the first element that a selector names, as a person does.
    pub(crate) fn click(&self, selector: &str) {
        let place = self.value(&format!(
            "(() => {{ const one = document.querySelector({selector:?}); one.scrollIntoView({{ block: 'center' }}); \
             const {{ x, y, width, height }} = one.getBoundingClientRect(); return [x + width / 2, y + height / 2]; }})()"
        ));
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let parameters =
                json!({ "type": kind, "x": place[0], "y": place[1], "button": button, "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", parameters);
        }
        self.settle();
    }

    /// Waits until everything that is on its way is drawn.
    pub(crate) fn settle(&self) {
        self.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))");
    }

    /// Presses a key that writes nothing: `ArrowDown`, `Enter`, `Escape`, `Tab`.
    pub(crate) fn press(&self, key: &str) {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            "ArrowLeft" => 37,
            "ArrowUp" => 38,
            "ArrowRight" => 39,
            "ArrowDown" => 40,
            other => panic!("{other} is not known here"),
        };
        let text = if key == "Enter" { "\r" } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let parameters = json!({
                "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code,
                "text": if kind == "keyDown" { text } else { "" },
            });
            self.call("Input.dispatchKeyEvent", parameters);
        }
    }

    /// Writes a text where the focus is.
    pub(crate) fn write(&self, text: &str) {
        for letter in text.chars() {
            let parameters =
                json!({ "type": "keyDown", "text": letter.to_string(), "key": letter.to_string() });
            self.call("Input.dispatchKeyEvent", parameters);
            self.call("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": letter.to_string() }));
        }
    }

    /// Says what light the reader's system prefers. Nothing glides to its place, so that it is there at once.
    pub(crate) fn prefer(&self, light: &str) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": light },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// What the page looks like, as PNG; kept in the folder that `KEEP_PAGES` names, to be looked at.
    pub(crate) fn picture(&self, name: &str) -> Vec<u8> {
        let picture = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        let bytes = STANDARD.decode(picture["data"].as_str().expect("a picture")).expect("Base64");
        if let Some(folder) = std::env::var_os("KEEP_PAGES") {
            std::fs::write(Path::new(&folder).join(format!("{name}.png")), &bytes).expect("written");
        }
        bytes
    }

    /// What the page printed, as PDF.
    pub(crate) fn printed(&self) -> Vec<u8> {
        let printed = self.call("Page.printToPDF", json!({ "preferCSSPageSize": true }));
        STANDARD.decode(printed["data"].as_str().expect("a document")).expect("Base64")
    }

    /// All that was written to the console, thrown, refused by the policy, or asked in a dialog.
    pub(crate) fn complaints(&self) -> Vec<String> {
        // What is still on its way comes before the answer to this.
        self.value("new Promise((done) => setTimeout(done, 50))");
        let events = self.events.borrow();
        let loud = ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"];
        let is_loud = |event: &&Value| {
            let method = event["method"].as_str().unwrap_or_default();
            loud.contains(&method) || method == "Page.javascriptDialogOpening"
        };
        events.iter().filter(is_loud).map(Value::to_string).collect()
    }

    /// Every address that was asked for, but the file itself.
    pub(crate) fn requests(&self) -> Vec<String> {
        let events = self.events.borrow();
        let asked = events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        let asked = asked.filter(|event| event["params"]["type"] != "Document");
        asked.map(|event| event["params"]["request"]["url"].to_string()).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
