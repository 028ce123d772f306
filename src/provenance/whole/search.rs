//! Searches through the text of many files: which of them have nothing for it.
//!
//! Everything here is by text and tokens alone, so that a file that has nothing can be asked again when it has changed,
//! and nothing else has to be known.

use std::sync::Arc;

use super::WholeTree;
use super::callers::{
    calls_by_text, calls_member, items_defining, may_define_macro, sets_member, targets_by_text,
};
use super::corpus::{SourceFile, may_define};
use super::stores::may_store;
use super::trail::Search;

impl WholeTree {
    /// What `find` finds in a file whose text passes `wanted`, and the file: `None` where that is nothing, which is noted
    /// for the search at hand.
    pub(super) fn found_in<T>(
        &self,
        number: u32,
        wanted: impl Fn(&[u8]) -> bool,
        find: impl Fn(&SourceFile) -> Vec<T>,
    ) -> (Option<Arc<SourceFile>>, Vec<T>) {
        let file = self.unnoted_file_where(number, wanted);
        let found = file.as_ref().map(|file| find(file)).unwrap_or_default();
        let is_of_tree = (number as usize) < self.files;
        match found.is_empty() {
            true if is_of_tree => self.corpus.trail.note_quiet(number),
            false if is_of_tree => self.corpus.trail.note_file(number),
            _ => {}
        }
        (file.filter(|_| !found.is_empty()), found)
    }

    /// Whether a file has nothing for a search.
    pub fn has_nothing_for(&self, search: &Search, number: u32) -> bool {
        let found = |wanted: &dyn Fn(&[u8]) -> bool, find: &dyn Fn(&SourceFile) -> bool| {
            self.unnoted_file_where(number, wanted).is_some_and(|file| find(&file))
        };
        !match search {
            Search::Definitions(name) => found(&|bytes| may_define(bytes, name), &|file| {
                !items_defining(file, name).is_empty()
            }),
            Search::Touches => self.may_touch(number, &self.vocabulary().touch_stems()),
            Search::Macros(name) => {
                let bytes = self.corpus.plain().bytes(number);
                bytes.is_some_and(|bytes| may_define_macro(&bytes, name))
            }
            Search::Stores { member, tag, behind } => {
                found(&|bytes| may_store(bytes, member, *behind), &|file| {
                    !self.items_storing(file, member, tag, *behind).is_empty()
                })
            }
            Search::Calls { member, tag } => found(&|bytes| calls_member(bytes, member), &|file| {
                !calls_by_text(file, member, tag).is_empty()
            }),
            Search::Targets { member, tag } => {
                found(&|bytes| sets_member(bytes, member), &|file| {
                    !targets_by_text(file, member, tag).is_empty()
                })
            }
        }
    }
}
