//! Where to look: every node that a rule's pattern as a whole may stand for.

use super::bind::{is_expression, is_statement};
use super::state::{Bindings, Match};

use super::Matcher;
use crate::ast::{Kind, NodeId};
use crate::lex::TokenRange;
use crate::smpl::RuleFocus;
use crate::smpl::pattern::{ChoiceBy, ItemPat, Pat, PatKind, Pattern, Slot};

impl Matcher<'_> {
    pub(super) fn search(&self, inherited: &Bindings) -> Vec<Match> {
        let start = Match { bindings: inherited.clone(), ..Match::default() };
        if !self.inherited_fit(&start) {
            return Vec::new();
        }
        let mut found = match &self.rule.pattern {
            Pattern::Empty => Vec::new(),
            Pattern::Expression(pat) => self.expressions(pat, &start),
            Pattern::Type(pat) => self.types(pat, &start),
            Pattern::Statements(pats) => self.statements(pats, &start),
            Pattern::Items(items) => self.items(items, &start),
        };
        found.sort_by(|a, b| (a.first_token(), &a.links).cmp(&(b.first_token(), &b.links)));
        found.dedup();
        found
    }

    fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.ast().descendants(self.ast().root())
    }

    fn expressions(&self, pat: &Pat, start: &Match) -> Vec<Match> {
        let anywhere = self.rule.focus == RuleFocus::Identifier;
        let fits = |kind: Kind| {
            is_expression(kind)
                || matches!(
                    kind,
                    Kind::InitList { .. } | Kind::InitDeclarator { init: Some(_), .. }
                )
                || anywhere && matches!(kind, Kind::DeclaratorName)
        };
        let nodes = self.nodes().filter(|&id| fits(self.ast().kind(id)) && self.may_start(pat, id));
        // What stands in the parentheses that the rule asks for would match once more without them.
        let head = |pat: &Pat| match &pat.kind {
            PatKind::Node(node) => Some(node.head),
            _ => None,
        };
        if !matches!(head(pat.as_written()), Some(Kind::Paren { .. })) {
            return self.matches_in(pat, nodes, start);
        }
        let inside = |id: NodeId| {
            let parent = self.ast().parent(id)?;
            matches!(self.ast().kind(parent), Kind::Paren { .. }).then_some(parent)
        };
        let unless_met = nodes.filter(|&id| {
            inside(id).is_none_or(|parent| self.term(pat, parent, start.clone()).is_empty())
        });
        self.matches_in(pat, unless_met, start)
    }

    /// A cheap look at the head before anything is copied.
    fn may_start(&self, pat: &Pat, id: NodeId) -> bool {
        match &pat.kind {
            PatKind::Choice(choice) if choice.by == ChoiceBy::Isomorphism => {
                choice.arms.iter().flatten().any(|arm| self.may_start(arm, id))
            }
            PatKind::Node(node) => {
                std::mem::discriminant(&node.head) == std::mem::discriminant(&self.ast().kind(id))
                    || matches!(
                        node.head,
                        Kind::Ident
                            | Kind::Paren { .. }
                            | Kind::Cast { .. }
                            | Kind::Assign { .. }
                            | Kind::Binary { .. }
                            | Kind::Unary { .. }
                            | Kind::SizeofType { .. }
                    )
            }
            _ => true,
        }
    }

    fn types(&self, pat: &Pat, start: &Match) -> Vec<Match> {
        // The pattern is a whole type name; in the file a type is spread over specifiers and declarator.
        let PatKind::Node(node) = &pat.kind else { return Vec::new() };
        let Some(Slot::List(specifiers)) = node.slots.first() else {
            return Vec::new();
        };
        if let Some(Slot::Maybe(Some(_))) = node.slots.get(1) {
            return self.nodes().flat_map(|id| self.term(pat, id, start.clone())).collect();
        }
        let [only] = specifiers.elems.as_slice() else {
            // Several words: they need not stand side by side, nor in this order.
            let of_node = |id| {
                let found = self.specifiers_of(id)?;
                Some(self.specifiers(specifiers, found, None, start.clone()))
            };
            return self.nodes().filter_map(of_node).flatten().collect();
        };
        let is_name = |id: &NodeId| self.ast().kind(*id) == Kind::DeclaratorName;
        let mut found = Vec::new();
        let mut met = TokenRange::new(0, 0);
        for id in self.nodes().filter(|id| !is_name(id)) {
            // What is in a struct that was met is its own, not another match.
            if met.covers(self.ast().tokens(id)) {
                continue;
            }
            let here = self.term(only, id, start.clone());
            if !here.is_empty() && matches!(self.ast().kind(id), Kind::StructType { .. }) {
                met = self.ast().tokens(id);
            }
            found.extend(here);
        }
        found
    }

    fn specifiers_of(&self, id: NodeId) -> Option<&[NodeId]> {
        match self.ast().kind(id) {
            Kind::Declaration { specifiers, .. }
            | Kind::Field { specifiers, .. }
            | Kind::Parameter { specifiers, .. }
            | Kind::TypeName { specifiers, .. }
            | Kind::Function { specifiers, .. } => Some(self.ast().list(specifiers)),
            _ => None,
        }
    }

    /// Statements in a row: in a block, or one alone as the body of an `if` or loop.
    fn statements(&self, pats: &[Pat], start: &Match) -> Vec<Match> {
        let mut found = Vec::new();
        let first = pats.first().filter(|first| !first.is_run() && self.trace.is_none());
        if first.is_some_and(|first| !self.may_be_somewhere(first)) {
            return found;
        }
        if let Some(flow) = self.flow() {
            return self.sequences(flow, pats, start);
        }
        for id in self.nodes() {
            match self.ast().kind(id) {
                Kind::Compound { items }
                | Kind::Fragment { items }
                | Kind::StatementArgument { items } => {
                    let nodes = self.ast().list(items);
                    for from in 0..nodes.len() {
                        found.extend(self.sequence_at(pats, nodes, from, start));
                    }
                }
                kind if self.is_alone(id, kind) => {
                    found.extend(self.sequence_at(pats, &[id], 0, start));
                }
                Kind::Field { .. } => {
                    if let [pat] = pats {
                        found.extend(self.field(pat, id, start));
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// Whether `id` is a statement or declaration that is no element of a block.
    fn is_alone(&self, id: NodeId, kind: Kind) -> bool {
        let in_block = self.ast().parent(id).is_some_and(|parent| {
            matches!(
                self.ast().kind(parent),
                Kind::Compound { .. } | Kind::Fragment { .. } | Kind::StatementArgument { .. }
            )
        });
        (is_statement(kind) || matches!(kind, Kind::Function { .. })) && !in_block
    }

    /// A declaration in a rule stands for a member only where it is written in a struct.
    fn field(&self, pat: &Pat, id: NodeId, start: &Match) -> Vec<Match> {
        match &pat.kind {
            PatKind::Node(node) if matches!(node.head, Kind::Field { .. }) => {
                self.term(pat, id, start.clone()).into_vec()
            }
            _ => Vec::new(),
        }
    }

    /// Top-level items: each in its place; all of the rule's must be met for one of them to count.
    fn items(&self, items: &[ItemPat], start: &Match) -> Vec<Match> {
        items.iter().flat_map(|item| self.item(item, start)).collect()
    }

    /// One top-level item against the whole unit.
    pub(super) fn item(&self, item: &ItemPat, start: &Match) -> Vec<Match> {
        match item {
            ItemPat::Code(pat) => self.term(pat, self.ast().root(), start.clone()).into_vec(),
            ItemPat::Directive(_) | ItemPat::Dots(_) => Vec::new(),
        }
    }
}
