//! Rules against code: where a pattern matches and what its metavariables are then bound to.
//!
//! In: a [`Rule`] and a [`Unit`], one parsed top-level item. Out: [`Match`]es. Terms are matched node by
//! node ([`term`](self)), lists with runs by trying each split, declarations by their types rather than
//! by how they are spelled. What a match says is complete enough to edit by: each token of the rule that
//! was met is linked to the tokens of the file it met.
//!
//! Requires that patterns and items are ASTs of the same front end. Knows nothing of where pages come
//! from: a `provenance` constraint is asked of [`Facts`], which the driver brings.

mod aggregate;
mod attribute;
mod bind;
mod clue;
mod declaration;
mod directive;
mod flow;
mod gap;
mod iso;
mod list;
mod operand;
mod promising;
mod prototype;
mod search;
mod sequence;
mod state;
mod string;
mod term;
mod trace;
mod type_choice;
mod types;

use std::cell::{Cell, OnceCell};

use bstr::BString;
use rustc_hash::FxHashSet;

use crate::ast::{Ast, Kind, NodeId};
use crate::lex::LexedFile;
use crate::smpl::attribute::OwnedAttribute;
use crate::smpl::pattern::Pattern;
use crate::smpl::{MetaId, ProvenanceClass, Rule};
use crate::tree::words::is_word;

pub use clue::may_match;
pub use directive::find_in_file;
pub use prototype::prototypes;
pub use types::{Declared, FileTypes, TypeOf};

use flow::Flow;
use gap::Block;
use trace::Trace;

pub use trace::{Cause, Miss, Why, why};

pub use state::{Bindings, Code, Link, Match, Place, Value};

/// One parsed item of a file.
#[derive(Clone, Copy, Debug)]
pub struct Unit<'a> {
    /// The file.
    pub file: &'a LexedFile,
    /// The item.
    pub ast: &'a Ast,
    /// What the rest of the file declares; without it typed metavariables see the item alone.
    pub types: Option<&'a dyn Declared>,
}

/// What is known about a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageFact {
    /// Its class.
    pub class: ProvenanceClass,
    /// For [`ProvenanceClass::Conditional`]: the expression that is true for a GUP page, as C text that is
    /// valid where the page is used.
    pub condition: Option<String>,
}

/// What an analysis knows about the expressions of a unit.
pub trait Facts {
    /// Where the page that `expr` is comes from; `None` where nothing is known.
    fn provenance(&self, ast: &Ast, expr: NodeId) -> Option<PageFact>;
}

/// Nothing is known: a `provenance` constraint never holds.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFacts;

impl Facts for NoFacts {
    fn provenance(&self, _: &Ast, _: NodeId) -> Option<PageFact> {
        None
    }
}

/// How often one rule may look at a piece of one function: some seconds. A rule that needs more is
/// combinatorial there.
const BUDGET: u32 = 20_000_000;

/// What a search has found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The matches, in source order.
    pub matches: Vec<Match>,
    /// The functions that were given up on, because the rule has too many ways to match them.
    pub given_up: Vec<String>,
}

/// All matches of `rule` in `unit`, given what its inherited metavariables are bound to, in source order.
///
/// The same tokens with the same bindings are one match.
pub fn find(rule: &Rule, unit: &Unit<'_>, inherited: &Bindings, facts: &dyn Facts) -> Found {
    find_noting(rule, unit, inherited, facts, None)
}

/// The same; what does not match is noted.
fn find_noting(
    rule: &Rule,
    unit: &Unit<'_>,
    inherited: &Bindings,
    facts: &dyn Facts,
    trace: Option<&Trace>,
) -> Found {
    if is_per_unit(rule) && !has_words(rule, unit.text(), inherited) {
        return Found::default();
    }
    let matcher = Matcher::new(rule, unit, facts, trace);
    if rule.required.in_nests && trace.is_none() && !matcher.is_promising() {
        return Found::default();
    }
    let matches = matcher.search(inherited);
    if matcher.is_spent() {
        return Found { matches: Vec::new(), given_up: vec![unit.title()] };
    }
    Found { matches, given_up: Vec::new() }
}

/// Whether `text` has the words that `rule` needs, and the names that it has inherited.
fn has_words(rule: &Rule, text: &[u8], inherited: &Bindings) -> bool {
    let is_there = |meta: &MetaId| match inherited.get(*meta) {
        Some(Value::Code(code)) => {
            !is_word(&code.text) || memchr::memmem::find(text, &code.text).is_some()
        }
        Some(Value::Positions(_)) | None => true,
    };
    rule.required.may_match(text) && rule.required.metas.iter().all(is_there)
}

/// Whether all that a rule requires must be in one item.
fn is_per_unit(rule: &Rule) -> bool {
    !matches!(rule.pattern, Pattern::Items(_))
}

impl Unit<'_> {
    fn text(&self) -> &[u8] {
        self.file.range_text(self.ast.tokens(self.ast.root()))
    }

    /// The first line of the item, for messages.
    fn title(&self) -> String {
        let text = String::from_utf8_lossy(self.text());
        text.lines().next().unwrap_or_default().trim_end_matches(['{', ' ']).to_owned()
    }
}

/// What stays the same while one rule is matched against one unit.
struct Matcher<'a> {
    rule: &'a Rule,
    unit: Unit<'a>,
    facts: &'a dyn Facts,
    /// Where to note what does not match.
    trace: Option<&'a Trace>,
    /// The graph of the unit, where it is a function and a sequence was asked for.
    flow: OnceCell<Option<Flow>>,
    /// The attributes of the unit with what they belong to, where a rule asked for them.
    attributes: OnceCell<Vec<OwnedAttribute>>,
    /// The names that the unit declares more than once, where an expression was bound.
    shadowed: OnceCell<FxHashSet<BString>>,
    /// What [`Gap`](gap)s need to know of the blocks around them, where there was one.
    blocks: OnceCell<Vec<Block>>,
    /// Whether the header of a function is matched with a prototype: parameters need no name there.
    in_prototype: bool,
    /// How many more looks there are.
    budget: Cell<u32>,
}

impl<'a> Matcher<'a> {
    fn new(
        rule: &'a Rule,
        unit: &Unit<'a>,
        facts: &'a dyn Facts,
        trace: Option<&'a Trace>,
    ) -> Matcher<'a> {
        Matcher {
            rule,
            unit: *unit,
            facts,
            trace,
            flow: OnceCell::new(),
            attributes: OnceCell::new(),
            shadowed: OnceCell::new(),
            blocks: OnceCell::new(),
            in_prototype: false,
            budget: Cell::new(BUDGET),
        }
    }
}

impl Matcher<'_> {
    fn ast(&self) -> &Ast {
        self.unit.ast
    }

    fn file(&self) -> &LexedFile {
        self.unit.file
    }

    fn flow(&self) -> Option<&Flow> {
        let build = || {
            let root = self.ast().root();
            let functions = self.ast().descendants(root);
            let function =
                functions.take(2).find(|&id| matches!(self.ast().kind(id), Kind::Function { .. }));
            function.map(|function| Flow::new(self.ast(), self.file(), function))
        };
        self.flow.get_or_init(build).as_ref()
    }

    /// Counts one look; false where there were too many.
    fn may_look(&self) -> bool {
        let left = self.budget.get();
        self.budget.set(left.saturating_sub(1));
        left > 0
    }

    fn is_spent(&self) -> bool {
        self.budget.get() == 0
    }

    /// Whether the isomorphism `name` may be used.
    fn allows(&self, name: &str) -> bool {
        self.rule.allows(name)
    }
}
