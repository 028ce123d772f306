//! Flags for adders: the edits that the campaign's rules need before they can run.
//!
//! In: the sites of a file that need a flag ([`Threading`]). Out: lines that keep it beside pages in structs; a semantic
//! patch that sets it, or gives their functions a parameter and their calls an argument, and what its `provenance(…)`
//! constraints ask for. The rules then convert the sites by the flag.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use bstr::ByteSlice;

use crate::ast::{Ast, NodeId};
use crate::edit::FileFacts;
use crate::lex::{LexedFile, TokenRange};
use crate::matcher::{Facts, PageFact, Unit};
use crate::provenance::{Insertion, Setter, Site, Threaded, Threading};
use crate::smpl::ProvenanceClass;

/// The flags of one file.
#[derive(Debug, Default)]
pub(super) struct Flags<'s> {
    functions: BTreeMap<&'s str, Flagged<'s>>,
    /// By function.
    setters: BTreeMap<&'s str, SetFlag<'s>>,
    /// By the adder's function and its page: what is true for a page from GUP.
    tests: BTreeMap<(&'s str, &'s str), &'s str>,
    insertions: BTreeSet<&'s Insertion>,
}

/// A flag that a function sets.
#[derive(Debug, PartialEq)]
struct SetFlag<'s> {
    flag: &'s str,
    /// What to, where the function starts.
    value: &'s str,
    /// The variable beside whose stores it is set.
    page: Option<&'s str>,
}

impl<'s> SetFlag<'s> {
    fn new(flag: &'s str, setter: &'s Setter) -> SetFlag<'s> {
        SetFlag { flag, value: &setter.value, page: setter.page.as_deref() }
    }

    /// Its declaration.
    fn text(&self) -> String {
        let SetFlag { flag, value, page } = self;
        match page {
            Some(_) => format!("bool {flag};"),
            None => format!("bool {flag} = {value};"),
        }
    }
}

#[derive(Debug)]
struct Flagged<'s> {
    flag: &'s str,
    function: &'s Threaded,
}

impl<'s> Flags<'s> {
    /// The flags that `sites`, all of one file, need.
    pub(super) fn of(sites: impl Iterator<Item = &'s Site>) -> Flags<'s> {
        let mut flags = Flags::default();
        for threading in sites.filter_map(|site| site.threading.as_ref()) {
            // A function has one flag, and that says one thing: what does not agree is left.
            if !flags.agrees(threading) {
                continue;
            }
            for function in &threading.functions {
                let flagged = Flagged { flag: &threading.flag, function };
                flags.functions.insert(&function.name, flagged);
            }
            for setter in &threading.setters {
                flags.setters.insert(&setter.name, SetFlag::new(&threading.flag, setter));
            }
            if let Some(kept) = &threading.kept {
                flags.insertions.extend(&kept.insertions);
                let place = (kept.function.as_str(), kept.page.as_str());
                flags.tests.extend(kept.test.as_deref().map(|test| (place, test)));
            }
        }
        flags
    }

    /// Whether a function would have its flag from one place only, and for one page or one condition.
    fn agrees(&self, threading: &Threading) -> bool {
        let functions = threading.functions.iter().all(|function| {
            let name = function.name.as_str();
            let known = self.functions.get(name);
            !self.setters.contains_key(name) && known.is_none_or(|k| k.function == function)
        });
        let setters = threading.setters.iter().all(|setter| {
            let name = setter.name.as_str();
            let known = self.setters.get(name);
            let set = SetFlag::new(&threading.flag, setter);
            !self.functions.contains_key(name) && known.is_none_or(|known| *known == set)
        });
        functions && setters
    }

    /// The flag that a function has as a parameter for its page `page`, or that is kept beside it, once the patch was run.
    pub(super) fn handed_to(&self, function: &str, page: &str) -> Option<&'s str> {
        if let Some(test) = self.tests.get(&(function, page)) {
            return Some(test);
        }
        let flagged = self.functions.get(function)?;
        (flagged.function.page_name == page).then_some(flagged.flag)
    }

    /// The flag that a function has set to `value`, once the patch was run.
    pub(super) fn set_in(&self, function: &str, value: &str) -> Option<&'s str> {
        let SetFlag { flag, value: set, page } = self.setters.get(function)?;
        (*set == value && page.is_none()).then_some(flag)
    }

    /// The semantic patch that hands the flags down; `None` where there are none. All calls are matched by its first
    /// rule, which sees the file as the sites were found in it.
    pub(super) fn patch(&self) -> Option<String> {
        let mut calls: Vec<String> = Vec::new();
        let mut definitions = String::new();
        let mut most = 0;
        for (name, Flagged { flag, function }) in &self.functions {
            let arg = |at| if at == function.page { "page".to_owned() } else { format!("arg{at}") };
            let args: Vec<String> = (0..function.parameters).map(arg).collect();
            calls.push(format!("  {name}({}\n+ \t, cond\n  )\n", args.join(", ")));
            most = most.max(function.parameters);
            write!(
                definitions,
                "\n@@\nparameter list ps;\n@@\n  {name}(ps\n+ \t, bool {flag}\n  ) {{ ... }}\n"
            )
            .expect("a string takes all");
        }
        for (name, set) in self.setters.iter().filter(|(_, set)| set.page.is_none()) {
            write!(
                definitions,
                "\n@@\nparameter list ps;\n@@\n  {name}(ps) {{\n+ \t{}\n  \t...\n  }}\n",
                set.text()
            )
            .expect("a string takes all");
        }
        if calls.is_empty() {
            return (!definitions.is_empty()).then_some(definitions);
        }
        let others: String = (0..most).map(|at| format!("expression arg{at};\n")).collect();
        let page = "expression page : provenance(conditional, cond);\n";
        Some(format!("@@\n{others}{page}@@\n(\n{})\n{definitions}", calls.join("|\n")))
    }

    /// Puts the variables that the patch added where they belong by their length, if a function has its declarations in
    /// that order, the longest first, as some subsystems want it.
    pub(super) fn settle(&self, bytes: Vec<u8>) -> Vec<u8> {
        let added: Vec<String> = self.setters.values().map(SetFlag::text).collect();
        let is_added = |line: &[u8]| added.iter().any(|text| line.trim() == text.as_bytes());
        let mut lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
        for at in 0..lines.len() {
            if !is_added(lines[at]) {
                continue;
            }
            let rest = lines[at + 1..].iter();
            let others = rest.take_while(|line| !line.trim().is_empty()).count();
            let block = &lines[at + 1..at + 1 + others];
            let is_whole = block.iter().all(|line| line.trim_end().ends_with(b";"));
            if is_whole && others > 1 && block.is_sorted_by_key(|line| Reverse(line.len())) {
                let longer = block.iter().take_while(|line| line.len() > lines[at].len()).count();
                lines[at..=at + longer].rotate_left(1);
            }
        }
        lines.concat()
    }

    /// The file with the lines that keep flags beside pages, and what the patch asks of it.
    pub(super) fn kept_in(&self, file: &LexedFile) -> (LexedFile, CallFacts) {
        let mut bytes = Vec::with_capacity(file.bytes.len());
        let mut done = 0;
        // Where something was put in, and how much there is before what follows.
        let mut put: Vec<(usize, usize)> = Vec::new();
        for insertion in &self.insertions {
            let at = file.lines.line_span(insertion.line);
            let at = at.map_or(file.bytes.len(), |span| span.start as usize);
            bytes.extend_from_slice(&file.bytes[done..at]);
            bytes.extend_from_slice(insertion.text.as_bytes());
            bytes.push(b'\n');
            done = at;
            put.push((at, bytes.len() - at));
        }
        bytes.extend_from_slice(&file.bytes[done..]);
        let kept = LexedFile::new(file.path.clone(), bytes);
        let now = |offset: u32| {
            let before = put.iter().rev().find(|(at, _)| *at <= offset as usize);
            offset + before.map_or(0, |&(_, more)| more as u32)
        };
        let moved = |range: TokenRange| {
            let span = file.span(range);
            let (first, last) = (now(span.start), now(span.end - 1));
            let start = kept.tokens.at_offset(first)?;
            Some(TokenRange { start, end: kept.tokens.at_offset(last)?.next() })
        };
        let calls = self.functions.values().flat_map(|flagged| &flagged.function.calls);
        let facts = calls.filter_map(|call| Some((moved(call.page)?, call.flag.clone())));
        let facts = CallFacts(Arc::new(facts.collect()));
        (kept, facts)
    }
}

/// What each call hands down, by the tokens of its page.
#[derive(Clone, Debug)]
pub(super) struct CallFacts(Arc<BTreeMap<TokenRange, String>>);

impl FileFacts for CallFacts {
    fn of(&self, _: &LexedFile, _: &[Unit<'_>]) -> Box<dyn Facts + '_> {
        Box::new(self.clone())
    }
}

impl Facts for CallFacts {
    fn provenance(&self, ast: &Ast, expr: NodeId) -> Option<PageFact> {
        let flag = self.0.get(&ast.tokens(expr))?;
        Some(PageFact { class: ProvenanceClass::Conditional, condition: Some(flag.clone()) })
    }
}
