//! The AST of a slice to a [`Pat`]: placeholders become again what they stood for.
//!
//! In: what the front end made of the text that [`slice`](super::slice) wrote. Out: the pattern. A
//! placeholder may have been given company so that C takes it (`;` after a statement metavariable, `int`
//! before dots in a struct): such a node is replaced as a whole.

use smallvec::{SmallVec, smallvec};

use super::attribute::{AttributePat, OwnedAttribute, owned};
use super::body::{Body, Placement};
use super::pattern::{Attached, ListPat, NameKind, NamePat, NodePat, Pat, PatKind, Slot, TokenIx};
use super::shape::{Part, own_tokens, parts, separator};
use super::slice::{Slice, within};
use crate::ast::{Ast, Kind, List, NodeId};
use crate::lex::TokenId;

/// Lowers the items of a fragment, or the one node of another shape.
pub(super) fn lower(slice: &Slice, ast: &Ast, body: &Body) -> Vec<Pat> {
    let lower = Lower { slice, ast, body, attributes: owned(ast, &slice.file) };
    let root = ast.root();
    match ast.kind(root) {
        Kind::Fragment { items } => lower.list(items).elems,
        _ => vec![lower.pat(root)],
    }
}

/// A labelled statement as its label, whose body is left out, and the statement.
fn label_apart(mut pat: Pat) -> SmallVec<[Pat; 1]> {
    let PatKind::Node(NodePat { head: Kind::Labeled { .. }, slots, own, .. }) = &mut pat.kind
    else {
        return smallvec![pat];
    };
    let Some(Slot::Maybe(body)) = slots.last_mut() else { return smallvec![pat] };
    let Some(body) = body.take() else { return smallvec![pat] };
    if let Some((first, _)) = pat.tokens {
        pat.tokens = Some((first, own.last().copied().unwrap_or(first)));
    }
    let mut both = smallvec![pat];
    both.extend(label_apart(*body));
    both
}

struct Lower<'a> {
    slice: &'a Slice,
    ast: &'a Ast,
    body: &'a Body,
    attributes: Vec<OwnedAttribute>,
}

impl Lower<'_> {
    fn pat(&self, id: NodeId) -> Pat {
        if let Some(stood_for) = self.stood_for(id) {
            return stood_for;
        }
        let node_parts = parts(self.ast, id);
        let own = own_tokens(self.ast, &self.slice.file, id, &node_parts);
        let own: Vec<TokenIx> = own.into_iter().filter_map(|t| self.slice.source(t)).collect();
        let mut attached = self.attached(own.iter().copied());
        let slots = node_parts.iter().map(|part| self.slot(part, &mut attached)).collect();
        let node = NodePat { head: self.ast.kind(id), slots, own, attributes: self.attributes(id) };
        let pat = Pat { kind: PatKind::Node(node), attached, tokens: self.token_range(id) };
        if self.lacks_semicolon(id) { within(pat) } else { pat }
    }

    fn attributes(&self, id: NodeId) -> Vec<AttributePat> {
        let own = self.attributes.iter().filter(|attribute| attribute.owner == id);
        own.map(|attribute| {
            let tokens = self.slice.file.tokens.significant(attribute.tokens);
            let tokens = tokens.filter_map(|token| self.slice.source(token)).collect();
            AttributePat { tokens, place: attribute.place }
        })
        .collect()
    }

    /// Whether `id` is an expression that the rule wrote without `;` where a statement could stand.
    fn lacks_semicolon(&self, id: NodeId) -> bool {
        let Kind::ExprStatement { expr: Some(_), semi: true } = self.ast.kind(id) else {
            return false;
        };
        let last = self.slice.file.tokens.significant(self.ast.tokens(id)).next_back();
        last.is_some_and(|token| self.slice.is_synthetic(token))
    }

    /// Where `id` is one placeholder and its company: what that stood for.
    fn stood_for(&self, id: NodeId) -> Option<Pat> {
        let (kind, range) = (self.ast.kind(id), self.ast.tokens(id));
        let words = || self.slice.file.tokens.significant(range);
        let mut roles = words().filter_map(|token| self.slice.role(token));
        let role = roles.next()?;
        let alone = roles.next().is_none()
            && words().all(|t| self.slice.role(t).is_some() || self.slice.is_synthetic(t));
        let replaced = match kind {
            Kind::Ident | Kind::TypedefName | Kind::DeclaratorName | Kind::PrimitiveType => {
                words().count() == 1
            }
            Kind::ExprStatement { .. }
            | Kind::Declaration { .. }
            | Kind::Field { .. }
            | Kind::Parameter { .. }
            | Kind::Enumerator { .. }
            | Kind::InitItem { .. } => alone && self.slice.replaces(role, kind),
            _ => false,
        };
        if !replaced || !alone {
            return None;
        }
        let pat = self.slice.pattern_of(role, self.body);
        // An expression without `;` at the end of the code is looked for inside of statements.
        let bare = matches!(kind, Kind::ExprStatement { .. }) && self.slice.is_expression(role);
        Some(if bare { within(pat) } else { pat })
    }

    fn slot(&self, part: &Part, attached: &mut Vec<Attached>) -> Slot {
        match *part {
            Part::One(id) => Slot::One(Box::new(self.pat(id))),
            Part::Maybe(id) => Slot::Maybe(id.map(|id| Box::new(self.pat(id)))),
            Part::List(list) => Slot::List(self.list(list)),
            Part::MaybeList(list) => Slot::MaybeList(list.map(|list| self.list(list))),
            Part::Name(token) => Slot::Name(self.name(token, attached)),
            Part::MaybeName(token) => Slot::MaybeName(token.map(|t| self.name(t, attached))),
        }
    }

    fn list(&self, list: List) -> ListPat {
        let ids = self.ast.list(list);
        let separators = ids.windows(2).map(|pair| {
            let between = separator(self.ast, &self.slice.file, pair[0], pair[1]);
            between.into_iter().filter_map(|token| self.slice.source(token)).collect()
        });
        ListPat {
            separators: separators.collect(),
            elems: ids.iter().flat_map(|&id| self.element(id)).collect(),
        }
    }

    /// An element of a list. A label and the statement behind it are two, as they are two points in the
    /// flow; `?` makes the element one that may be missing.
    fn element(&self, id: NodeId) -> SmallVec<[Pat; 1]> {
        let optional = |pat: Pat| {
            let is_optional = pat.tokens.is_some_and(|(first, _)| self.body.token(first).optional);
            match is_optional {
                true => {
                    let tokens = pat.tokens;
                    Pat::new(PatKind::Optional(Box::new(pat)), tokens)
                }
                false => pat,
            }
        };
        label_apart(self.pat(id)).into_iter().map(optional).collect()
    }

    fn name(&self, token: TokenId, attached: &mut Vec<Attached>) -> NamePat {
        let placeholder = self.slice.role(token);
        if let Some(name) = placeholder.and_then(|role| self.slice.name_of(role, self.body)) {
            attached.extend(self.attached([name.token]));
            return name;
        }
        let source = self.slice.source(token).unwrap_or(TokenIx(0));
        attached.extend(self.attached([source]));
        let text = self.slice.file.text(token).to_string();
        NamePat { token: source, kind: NameKind::Text(text) }
    }

    fn attached(&self, tokens: impl IntoIterator<Item = TokenIx>) -> Vec<Attached> {
        let metas = |token: TokenIx| {
            let body_token = self.body.token(token);
            let code = body_token.placement == Placement::Code;
            body_token
                .attached
                .iter()
                .filter(move |_| code)
                .map(move |&meta| Attached { meta, token })
        };
        tokens.into_iter().flat_map(metas).collect()
    }

    fn token_range(&self, id: NodeId) -> Option<(TokenIx, TokenIx)> {
        let tokens = self.slice.file.tokens.significant(self.ast.tokens(id));
        let mut sources = tokens.flat_map(|token| self.slice.source_range(token));
        let first = sources.next()?;
        Some(sources.fold((first, first), |(low, high), ix| (low.min(ix), high.max(ix))))
    }
}
