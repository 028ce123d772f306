//! How far work that takes long has come, for whoever watches.
//!
//! In: steps with a name and a count, and each piece that is done. Out: calls of the one who watches; nothing
//! where nobody does, which costs next to nothing. What a result is never depends on it.

use std::fmt;
use std::sync::Arc;

/// Somebody who watches.
pub trait Watch: Send + Sync {
    /// A step of `count` pieces begins; `what` names them.
    fn begin(&self, what: &'static str, count: usize);
    /// One of them is done. Called from many threads.
    fn advance(&self);
    /// The step is over, done or not.
    fn end(&self);
}

/// Tells the one who watches.
#[derive(Clone, Default)]
pub struct Progress {
    watch: Option<Arc<dyn Watch>>,
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("is_watched", &self.watch.is_some()).finish()
    }
}

impl Progress {
    /// Tells `watch`.
    pub fn to(watch: Arc<dyn Watch>) -> Progress {
        Progress { watch: Some(watch) }
    }

    /// Begins a step, which lasts as long as the value. Only one at a time.
    pub fn begin(&self, what: &'static str, count: usize) -> Step<'_> {
        let watch = self.watch.as_deref();
        if let Some(watch) = watch {
            watch.begin(what, count);
        }
        Step { watch }
    }
}

/// A step that is being worked on.
pub struct Step<'p> {
    watch: Option<&'p dyn Watch>,
}

impl fmt::Debug for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step").finish_non_exhaustive()
    }
}

impl Step<'_> {
    /// A piece is done; gives back what it came to.
    pub fn done<T>(&self, piece: T) -> T {
        if let Some(watch) = self.watch {
            watch.advance();
        }
        piece
    }
}

impl Drop for Step<'_> {
    fn drop(&mut self) {
        if let Some(watch) = self.watch {
            watch.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Told(Mutex<Vec<String>>);

    impl Watch for Told {
        fn begin(&self, what: &'static str, count: usize) {
            self.0.lock().unwrap().push(format!("{count} {what}"));
        }

        fn advance(&self) {
            self.0.lock().unwrap().push("one".into());
        }

        fn end(&self) {
            self.0.lock().unwrap().push("end".into());
        }
    }

    #[test]
    fn a_step_ends_when_it_goes() {
        let told = Arc::new(Told::default());
        let progress = Progress::to(told.clone());
        let step = progress.begin("files", 2);
        assert_eq!(step.done(7), 7);
        drop(step);
        assert_eq!(*told.0.lock().unwrap(), ["2 files", "one", "end"]);
        assert_eq!(Progress::default().begin("files", 2).done(7), 7);
    }
}
