//! Values that take long to free.

use std::ops::Deref;
use std::thread;

/// A value that is freed on a thread of its own: millions of small parts take a good part of a second, which nobody
/// has to wait for, least of all where the program ends next.
#[derive(Debug)]
pub struct Aside<T: Send + 'static>(Option<T>);

impl<T: Send + 'static> Aside<T> {
    pub(super) fn new(value: T) -> Aside<T> {
        Aside(Some(value))
    }
}

impl<T: Send + 'static> Deref for Aside<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect("taken out only where it is dropped")
    }
}

impl<T: Send + 'static> Drop for Aside<T> {
    fn drop(&mut self) {
        let value = self.0.take();
        thread::spawn(move || drop(value));
    }
}
