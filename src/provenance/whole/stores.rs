//! Which functions access a member, for any member: those that may store to it.
//!
//! A member's name is looked up in the index; the functions that access a member of that name are parsed and
//! typed once, not solved, and the structs are kept. So `pages` of two structs costs one search, and only
//! the functions of the right struct are solved.

use std::sync::Arc;

use rayon::prelude::*;

use super::super::ask::{FunctionId, HeapKey, RecordKey};
use super::{WholeTree, accesses_member};
use crate::items::ItemKind;
use crate::lex::TokenKind;

/// A function and the structs on which it accesses a member of one name.
#[derive(Clone, Debug)]
pub(super) struct Accessing {
    function: FunctionId,
    records: Vec<RecordKey>,
}

impl WholeTree {
    /// The functions that may store to the member or to what it points to.
    pub(super) fn storing(&self, key: &HeapKey) -> Vec<FunctionId> {
        let hop = key.last();
        let all = self.accessing(&hop.member);
        let right = all.iter().filter(|accessing| accessing.records.contains(&hop.record));
        right.map(|accessing| accessing.function).collect()
    }

    fn accessing(&self, member: &Arc<str>) -> Arc<[Accessing]> {
        if let Some(known) = self.accessing.lock().expect("no panic").get(member) {
            return known.clone();
        }
        let files = self.corpus.mentioning(member);
        let found: Vec<Vec<Accessing>> =
            files.par_iter().map(|&number| self.accessing_in(number, member)).collect();
        let found: Arc<[Accessing]> = found.into_iter().flatten().collect();
        self.accessing.lock().expect("no panic").insert(member.clone(), found.clone());
        found
    }

    fn accessing_in(&self, number: u32, member: &Arc<str>) -> Vec<Accessing> {
        let Some(file) = self.file_where(number, |bytes| accesses_member(bytes, member)) else {
            return Vec::new();
        };
        let mut items: Vec<u32> = Vec::new();
        for (item, token) in file.mentions(member) {
            let before = file.lexed.tokens.significant_before(token);
            let is_access = before.is_some_and(|before| {
                matches!(file.lexed.tokens.kind(before), TokenKind::Dot | TokenKind::Arrow)
            });
            let is_function = matches!(
                file.items[item as usize].kind,
                ItemKind::Function | ItemKind::MacroFunction
            );
            if is_access && is_function {
                items.push(item);
            }
        }
        items.dedup();
        let accessing = |item: u32| {
            let function = FunctionId { file: number, item };
            let infos = self.members(&self.function(function)?, file.clone());
            let named = infos.values().filter(|info| info.name.as_ref() == Some(member));
            let mut records: Vec<RecordKey> = named.map(|info| info.record.clone()).collect();
            records.sort();
            records.dedup();
            (!records.is_empty()).then_some(Accessing { function, records })
        };
        items.into_iter().filter_map(accessing).collect()
    }
}
