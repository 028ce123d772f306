//! Progress bars on standard error.

use std::io::{self, IsTerminal as _};
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};

use crate::progress::{Progress, Watch};

/// Count, rate and what is left; the bar takes the room there is.
const STYLE: &str = "{msg:<24} {wide_bar} {human_pos}/{human_len} ({per_sec}, {eta} left)";

/// A step of fewer pieces is over before anybody has read a bar.
const LEAST: usize = 100;

/// A bar at a time, which goes when its step is over.
struct Bars {
    bar: Mutex<ProgressBar>,
}

/// Bars where standard error is a terminal and they are wanted.
pub(super) fn bars(quiet: bool) -> Progress {
    if quiet || !io::stderr().is_terminal() {
        return Progress::default();
    }
    Progress::to(Arc::new(Bars { bar: Mutex::new(ProgressBar::hidden()) }))
}

impl Bars {
    fn with(&self, act: impl FnOnce(&mut ProgressBar)) {
        act(&mut self.bar.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Watch for Bars {
    fn begin(&self, what: &'static str, count: usize) {
        let style = ProgressStyle::with_template(STYLE).expect("the template is fixed and tested");
        let bar = if count < LEAST {
            ProgressBar::hidden()
        } else {
            ProgressBar::new(count as u64).with_style(style).with_message(what)
        };
        self.with(|old| *old = bar);
    }

    fn advance(&self) {
        self.with(|bar| bar.inc(1));
    }

    fn end(&self) {
        self.with(|bar| bar.finish_and_clear());
    }
}
