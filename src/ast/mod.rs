//! Our own AST: one arena a top-level item, node ids, token ranges.
//!
//! A node is a [`Kind`] and the range of file tokens it was written with; children are named by
//! [`NodeId`] or, where there can be many, by a [`List`]. Leaf text is never stored: it is read from the
//! original bytes through the token range, so nothing the normaliser did to the text can leak in.
//!
//! Everything is one id space. The matcher wants that (a metavariable is bound to a node, whatever it
//! is), and the analyses lose nothing by it, for they match on [`Kind`] without a catch-all arm.
//!
//! Invariants: a child's token range lies within its parent's; the root is the last node made; ranges
//! start and end at significant tokens, and only [`Kind::Absent`] has an empty one. [`Ast::parent`]
//! leads from every node but the root to the root.

mod children;
mod kind;
pub mod print;

pub use children::Children;
pub use kind::{AssignOp, BinaryOp, Kind, Label, LiteralKind, Storage, StructKind, UnaryOp};

use serde::{Deserialize, Serialize};

use crate::lex::{TokenId, TokenRange};

/// A node of one [`Ast`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeId(u32);

impl NodeId {
    /// The number as an index: nodes are numbered from 0 without gaps.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Child nodes in source order, kept in the arena. Read it with [`Ast::list`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct List {
    start: u32,
    len: u32,
}

impl List {
    /// How many children there are.
    pub fn len(self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

/// A node: what it is and which tokens it was written with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// The file tokens from its first to its last.
    pub tokens: TokenRange,
}

/// The nodes of one top-level item, or of one fragment of a rule.
#[derive(Clone, Debug, Default)]
pub struct Ast {
    nodes: Vec<Node>,
    parents: Vec<Option<NodeId>>,
    lists: Vec<NodeId>,
    attributes: Vec<TokenRange>,
}

impl Ast {
    /// The node of `id`.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// What `id` is.
    pub fn kind(&self, id: NodeId) -> Kind {
        self.nodes[id.index()].kind
    }

    /// The tokens `id` was written with.
    pub fn tokens(&self, id: NodeId) -> TokenRange {
        self.nodes[id.index()].tokens
    }

    /// The nodes of a list.
    pub fn list(&self, list: List) -> &[NodeId] {
        &self.lists[list.start as usize..(list.start + list.len) as usize]
    }

    /// The node that holds `id`; `None` for the root.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.parents[id.index()]
    }

    /// The whole item. Panics on an AST without nodes, which no stage hands out.
    pub fn root(&self) -> NodeId {
        NodeId(self.nodes.len().checked_sub(1).expect("an AST has a root") as u32)
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node at all.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// All node ids, children before their parents.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// The attributes (`__init`, `__attribute__((…))`, stray attribute identifiers) in token order.
    ///
    /// They hang on the item and not on nodes: the kernel puts them where C has no place for them.
    pub fn attributes(&self) -> &[TokenRange] {
        &self.attributes
    }

    /// `id` and all that hang below it, in source order, a parent before its children.
    pub fn descendants(&self, id: NodeId) -> Descendants<'_> {
        Descendants { ast: self, stack: vec![id] }
    }

    /// The nodes above `id`, the nearest first, `id` itself not included.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(id), |&id| self.parent(id))
    }

    /// `id` without the parentheses around it.
    pub fn strip_parens(&self, mut id: NodeId) -> NodeId {
        while let Kind::Paren { inner } = self.kind(id) {
            id = inner;
        }
        id
    }

    /// The smallest node that holds token `token`.
    pub fn innermost_at(&self, token: TokenId) -> Option<NodeId> {
        let mut found = None;
        let mut next = (!self.is_empty()).then(|| self.root());
        while let Some(id) = next.filter(|&id| self.tokens(id).contains(token)) {
            found = Some(id);
            next = self.children(id).into_iter().find(|&c| self.tokens(c).contains(token));
        }
        found
    }
}

/// See [`Ast::descendants`].
#[derive(Clone, Debug)]
pub struct Descendants<'a> {
    ast: &'a Ast,
    stack: Vec<NodeId>,
}

impl Iterator for Descendants<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let id = self.stack.pop()?;
        self.stack.extend(self.ast.children(id).into_iter().rev());
        Some(id)
    }
}

/// Makes an [`Ast`], children first.
#[derive(Debug, Default)]
pub struct Builder {
    ast: Ast,
}

impl Builder {
    /// Adds a node and returns its id.
    pub fn add(&mut self, kind: Kind, tokens: TokenRange) -> NodeId {
        let id = NodeId(self.ast.nodes.len() as u32);
        self.ast.nodes.push(Node { kind, tokens });
        id
    }

    /// Keeps a list of children.
    pub fn list(&mut self, ids: &[NodeId]) -> List {
        let start = self.ast.lists.len() as u32;
        self.ast.lists.extend_from_slice(ids);
        List { start, len: ids.len() as u32 }
    }

    /// Notes an attribute.
    pub fn attribute(&mut self, tokens: TokenRange) {
        self.ast.attributes.push(tokens);
    }

    /// The node so far, for lowering that has to look back.
    pub fn node(&self, id: NodeId) -> &Node {
        self.ast.node(id)
    }

    /// Widens a node to `tokens`, for parentheses and terminators found after the node was made.
    pub fn widen(&mut self, id: NodeId, tokens: TokenRange) {
        let node = &mut self.ast.nodes[id.index()];
        node.tokens = node.tokens.join(tokens);
    }

    /// Ends the building: `root` must be the node added last.
    pub fn finish(mut self, root: NodeId) -> Ast {
        assert_eq!(root.index() + 1, self.ast.nodes.len(), "the root is the last node made");
        self.ast.attributes.sort();
        let mut parents = vec![None; self.ast.nodes.len()];
        for id in self.ast.ids() {
            for child in self.ast.children(id) {
                parents[child.index()] = Some(id);
            }
        }
        self.ast.parents = parents;
        self.ast
    }
}
