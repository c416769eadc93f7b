//! The line on a terminal that says what takes so long, and that is gone before anything else is printed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::Stage;
use crate::report::counted;

/// Nobody wants to read of what is over already.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often the line is drawn anew.
const TICK: Duration = Duration::from_millis(100);

/// What turns meanwhile, drawn and in ASCII; the last of each would stand for what is done.
const TURNING: [&str; 2] = ["⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ", "-\\|/ "];

/// The line, drawn by a thread of its own: a stage that takes long tells nothing in between.
pub(super) struct Progress {
    seen: Arc<Seen>,
    end: Sender<()>,
    thread: JoinHandle<()>,
}

/// What is known of the way so far.
struct Seen {
    stage: Mutex<Stage>,
    files: AtomicUsize,
    start: Instant,
}

impl Progress {
    /// Begins to wait; `None` where there is no thread to be had.
    pub(super) fn new(is_unicode: bool) -> Option<Self> {
        let seen =
            Seen { stage: Mutex::new(Stage::Opening), files: AtomicUsize::new(0), start: Instant::now() };
        let seen = Arc::new(seen);
        let (end, ended) = mpsc::channel();
        let shared = Arc::clone(&seen);
        let thread = thread::Builder::new().spawn(move || show(&shared, &ended, is_unicode)).ok()?;
        Some(Self { seen, end, thread })
    }

    pub(super) fn begins(&self, stage: Stage) {
        if let Ok(mut now) = self.seen.stage.lock() {
            *now = stage;
        }
    }

    pub(super) fn meets(&self) {
        self.seen.files.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes the line away, if it is there.
    pub(super) fn end(self) {
        drop(self.end);
        // A thread that failed has drawn nothing more.
        let _ = self.thread.join();
    }
}

impl Seen {
    /// "linking: 1024 files, 3 s".
    fn line(&self) -> String {
        let stage = self.stage.lock().map_or(Stage::Opening, |stage| *stage);
        let files = match self.files.load(Ordering::Relaxed) {
            0 => String::new(),
            count => counted(count, "file", "files") + ", ",
        };
        format!("{}: {files}{} s", stage.word(), self.start.elapsed().as_secs())
    }
}

fn show(seen: &Seen, ended: &Receiver<()>, is_unicode: bool) {
    let is_over = |wait| ended.recv_timeout(wait) != Err(RecvTimeoutError::Timeout);
    if is_over(PATIENCE) {
        return;
    }
    let turning = if is_unicode { TURNING[0] } else { TURNING[1] };
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::default_spinner().tick_chars(turning));
    loop {
        bar.set_message(seen.line());
        bar.tick();
        if is_over(TICK) {
            break;
        }
    }
    bar.finish_and_clear();
}
