//! Metavariables: what may be bound, when two values are the same, and the constraints.

use std::sync::Arc;

use bstr::{BString, ByteSlice};
use smallvec::smallvec;

use super::Matcher;
use super::state::{Code, Match, Place, States, Value};
use super::types::{TypeOf, canonical};
use crate::ast::{Kind, NodeId, UnaryOp};
use crate::lex::{TokenId, TokenRange};
use crate::smpl::metavar::{Constraint, MetaRef, Scope, TypeText};
use crate::smpl::pattern::{Attached, TokenIx};
use crate::smpl::{MetaId, MetaKind};

impl Matcher<'_> {
    /// Binds `meta`, written at `token`, to node `id`, or compares it with what it is bound to.
    pub(super) fn bind_node(
        &self,
        meta: MetaId,
        token: TokenIx,
        id: NodeId,
        mut state: Match,
    ) -> States {
        let metavar = self.rule.metavar(meta);
        if !self.takes(&metavar.kind, id) || !self.has_type(&metavar.kind, id, &mut state) {
            return States::new();
        }
        if !self.bind(meta, self.node_code(id), &mut state) {
            return States::new();
        }
        for constraint in &metavar.constraints {
            if let Constraint::Provenance { class, condition } = constraint {
                let Some(fact) = self.facts.provenance(self.ast(), id) else {
                    return States::new();
                };
                if fact.class != *class {
                    return States::new();
                }
                if let Some(meta) = condition {
                    let Some(text) = fact.condition else { return States::new() };
                    let code = Code::word(text.as_bytes());
                    if !self.bind(*meta, code, &mut state) {
                        return States::new();
                    }
                }
            }
        }
        state.link(token, self.ast().tokens(id));
        smallvec![state]
    }

    /// Binds `meta` to a name that is no node.
    pub(super) fn bind_name(
        &self,
        meta: MetaId,
        token: TokenIx,
        name: TokenId,
        state: &mut Match,
    ) -> bool {
        let kind = &self.rule.metavar(meta).kind;
        let named = matches!(
            kind,
            MetaKind::Identifier
                | MetaKind::Function
                | MetaKind::Expression { .. }
                | MetaKind::Idexpression { .. }
                | MetaKind::Constant { .. }
                | MetaKind::Metavariable
                | MetaKind::Declarer { .. }
                | MetaKind::Iterator { .. }
        );
        if !named || !self.bind(meta, Code::word(self.file().text(name)), state) {
            return false;
        }
        state.link_one(token, name);
        true
    }

    /// Binds `meta` to `code`; false where it is bound to something else or a constraint forbids it.
    pub(super) fn bind(&self, meta: MetaId, code: Code, state: &mut Match) -> bool {
        match state.bindings.get(meta) {
            Some(Value::Code(bound)) => bound.is_same(&code),
            Some(Value::Positions(_)) => false,
            // What another rule has not bound matches nothing: that arm of a choice is none.
            None if self.rule.metavar(meta).origin.is_some() => false,
            None => {
                let allowed =
                    self.rule.metavar(meta).constraints.iter().all(|c| self.holds(c, &code, state));
                if allowed {
                    state.bindings.set(meta, Value::Code(code));
                }
                allowed
            }
        }
    }

    /// Whether `id` is what `meta` is declared as, its type and constraints left out.
    pub(super) fn kind_fits(&self, meta: MetaId, id: NodeId) -> bool {
        self.takes(&self.rule.metavar(meta).kind, id)
    }

    /// Whether a metavariable of `kind` may stand for node `id`.
    fn takes(&self, kind: &MetaKind, id: NodeId) -> bool {
        let node = self.ast().kind(id);
        match kind {
            MetaKind::Expression { .. } => is_expression(node) || node == Kind::DeclaratorName,
            MetaKind::Idexpression { scope, .. } => {
                matches!(node, Kind::Ident | Kind::DeclaratorName) && self.in_scope(*scope, id)
            }
            MetaKind::Constant { .. } => self.is_constant(id),
            MetaKind::Identifier | MetaKind::Function | MetaKind::Declarer { .. } => {
                matches!(node, Kind::Ident | Kind::DeclaratorName)
            }
            MetaKind::Iterator { .. } => node == Kind::Ident,
            MetaKind::Type => {
                matches!(
                    node,
                    Kind::TypeName { .. }
                        | Kind::TypedefName
                        | Kind::StructType { .. }
                        | Kind::EnumType { .. }
                        | Kind::PrimitiveType
                        | Kind::Typeof { .. }
                        | Kind::TypeArgument { .. }
                        | Kind::DeclaratorName
                ) || node == Kind::Ident && self.names_a_type(id)
            }
            MetaKind::Statement => {
                is_statement(node)
                    && !matches!(node, Kind::Declaration { .. } | Kind::Labeled { .. })
            }
            MetaKind::StatementList => is_statement(node),
            MetaKind::Declaration => {
                matches!(node, Kind::Declaration { .. } | Kind::MacroDeclaration { .. })
            }
            MetaKind::Parameter => matches!(node, Kind::Parameter { .. }),
            MetaKind::Field => matches!(node, Kind::Field { .. }),
            MetaKind::Initializer => is_expression(node) || matches!(node, Kind::InitList { .. }),
            MetaKind::Metavariable => true,
            MetaKind::ExpressionList(_)
            | MetaKind::IdentifierList(_)
            | MetaKind::ParameterList(_)
            | MetaKind::FieldList(_)
            | MetaKind::InitializerList(_)
            | MetaKind::Symbol
            | MetaKind::Typedef
            | MetaKind::Attribute
            | MetaKind::AttributeName
            | MetaKind::Format
            | MetaKind::FormatList(_)
            | MetaKind::AssignmentOperator
            | MetaKind::BinaryOperator
            | MetaKind::UnaryOperator
            | MetaKind::Position { .. }
            | MetaKind::Fresh(_) => false,
        }
    }

    /// A literal, a size, or a name in capitals, as the kernel writes macros that are constants.
    pub(super) fn is_constant(&self, id: NodeId) -> bool {
        match self.ast().kind(id) {
            Kind::Literal(_) | Kind::SizeofExpr { .. } | Kind::SizeofType { .. } => true,
            Kind::Unary { op: UnaryOp::Minus | UnaryOp::Plus, operand } => {
                self.is_constant(operand)
            }
            Kind::Ident => {
                let text = self.file().range_text(self.ast().tokens(id));
                text.iter().any(u8::is_ascii_uppercase) && !text.iter().any(u8::is_ascii_lowercase)
            }
            _ => false,
        }
    }

    /// Whether a name where an argument could be is a type: known as one, or with the ending that says so;
    /// or the name in `sizeof(name)`, which the file uses as a type elsewhere.
    fn names_a_type(&self, id: NodeId) -> bool {
        let name = self.file().range_text(self.ast().tokens(id));
        let parent = |id: NodeId| Some((self.ast().parent(id)?, id));
        let kind = |id: NodeId| self.ast().kind(id);
        let is_argument = parent(id)
            .is_some_and(|(up, id)| matches!(kind(up), Kind::Call { callee, .. } if callee != id));
        let sized = parent(id)
            .filter(|(up, _)| matches!(kind(*up), Kind::Paren { .. }))
            .and_then(|(up, _)| parent(up))
            .is_some_and(|(up, _)| matches!(kind(up), Kind::SizeofExpr { .. }));
        if sized && self.local_declaration(id).is_none() {
            return self
                .unit
                .types
                .is_some_and(|found| found.types().is_type(&name.to_str_lossy()));
        }
        is_argument
            && (name.ends_with(b"_t")
                || self
                    .unit
                    .types
                    .is_some_and(|types| types.types().is_typedef(&name.to_str_lossy())))
    }

    /// `local` asks for a declaration in the function, `global` for none.
    fn in_scope(&self, scope: Scope, id: NodeId) -> bool {
        match scope {
            Scope::Any => true,
            Scope::Local => self.is_local(id),
            Scope::Global => !self.is_local(id),
        }
    }

    /// Whether `id` has one of the types that `kind` asks for; a type metavariable in it is bound.
    fn has_type(&self, kind: &MetaKind, id: NodeId, state: &mut Match) -> bool {
        let (MetaKind::Expression { types }
        | MetaKind::Idexpression { types, .. }
        | MetaKind::Constant { types }) = kind
        else {
            return true;
        };
        if types.is_empty() {
            return true;
        }
        let Some(mut found) = self.type_of(id) else { return false };
        if found.function {
            // A function's name is a pointer to it, whatever it returns.
            let words = vec![format!("{} ()", found.text())];
            found = TypeOf { words, pointers: 1, ..TypeOf::default() };
        }
        let resolved = self.resolved_inside(&found);
        types.iter().any(|wanted| {
            self.is_of_type(wanted, &found, state)
                || resolved != found && self.is_of_type(wanted, &resolved, state)
        })
    }

    /// `found` with the typedef under its stars looked up.
    fn resolved_inside(&self, found: &TypeOf) -> TypeOf {
        let base = TypeOf { pointers: 0, arrays: 0, ..found.clone() };
        let resolved = self.resolved(base);
        TypeOf {
            pointers: resolved.pointers + found.pointers,
            arrays: resolved.arrays + found.arrays,
            ..resolved
        }
    }

    fn is_of_type(&self, wanted: &TypeText, found: &TypeOf, state: &mut Match) -> bool {
        let Some(pointers) = found.pointers.checked_sub(wanted.pointers) else { return false };
        let Some(arrays) = found.arrays.checked_sub(usize::from(wanted.array)) else {
            return false;
        };
        if wanted.pointers > 0 && arrays > 0 {
            // An array of pointers is an array.
            return false;
        }
        let (asked, words): (Vec<&str>, Vec<&str>) =
            wanted.words.iter().map(String::as_str).partition(|word| is_qualifier(word));
        // A rule need not name what the file qualifies, but what it names must be there.
        let of_value = asked.iter().filter(|word| matches!(**word, "const" | "volatile"));
        if of_value.clone().any(|word| !found.qualifiers.iter().any(|other| other == word)) {
            return false;
        }
        let left = found.qualifiers.iter().filter(|word| !asked.contains(&word.as_str()));
        let rest =
            TypeOf { qualifiers: left.cloned().collect(), pointers, arrays, ..found.clone() };
        let exact = pointers == 0 && arrays == 0;
        match words.as_slice() {
            [] => wanted.pointers > 0 || exact,
            [tag @ ("struct" | "union" | "enum")] => {
                exact && rest.words.first().is_some_and(|word| word == tag)
            }
            [word] if self.type_meta(word).is_some() => {
                let meta = self.type_meta(word).expect("it was just found");
                if let Some(Value::Code(bound)) = state.bindings.get(meta)
                    && self.resolved(TypeOf::word(&bound.key.to_str_lossy())) == rest
                {
                    // A typedef and what it names are the same type.
                    return true;
                }
                let text = rest.text();
                let key = words_of(&text).join(" ");
                let code = Code {
                    text: Arc::new(text.into()),
                    key: Arc::new(key.into()),
                    count: 1,
                    scope: None,
                };
                self.bind(meta, code, state)
            }
            [tag @ ("struct" | "union" | "enum"), name] if self.type_meta(name).is_some() => {
                let meta = self.type_meta(name).expect("it was just found");
                let [found_tag, found_name] = rest.words.as_slice() else { return false };
                exact
                    && found_tag == tag
                    && self.bind(meta, Code::word(found_name.as_bytes()), state)
            }
            words => {
                let found: Vec<&str> = rest.words.iter().map(String::as_str).collect();
                exact && canonical(&found) == canonical(words)
            }
        }
    }

    /// The metavariable of that name that may stand in a type.
    fn type_meta(&self, name: &str) -> Option<MetaId> {
        let index = self.rule.metavars.iter().position(|metavar| {
            metavar.name == name
                && matches!(
                    metavar.kind,
                    MetaKind::Type | MetaKind::Identifier | MetaKind::Metavariable
                )
        })?;
        Some(MetaId(index as u32))
    }

    /// Node `id` as a value.
    pub(super) fn node_code(&self, id: NodeId) -> Code {
        let code = self.range_code(&[self.ast().tokens(id)], 1, self.parentheses_in(id));
        Code { scope: self.scope_of(id), ..code }
    }

    /// Stretches of the file as one value; `left_out` are parentheses that mean nothing.
    pub(super) fn range_code(
        &self,
        ranges: &[TokenRange],
        count: usize,
        left_out: Vec<TokenId>,
    ) -> Code {
        let mut text = BString::default();
        let mut key = BString::default();
        for &range in ranges {
            if !text.is_empty() && !range.is_empty() {
                text.push(b' ');
            }
            if range.is_empty() {
                continue;
            }
            text.extend_from_slice(self.file().range_text(range));
            for token in self.file().tokens.significant(range) {
                if left_out.contains(&token) {
                    continue;
                }
                if !key.is_empty() {
                    key.push(b' ');
                }
                key.extend_from_slice(self.file().text(token));
            }
        }
        Code { text: Arc::new(text), key: Arc::new(key), count, scope: None }
    }

    /// The tokens of the parentheses around expressions in `id`.
    fn parentheses_in(&self, id: NodeId) -> Vec<TokenId> {
        let parens = self
            .ast()
            .descendants(id)
            .filter(|&id| matches!(self.ast().kind(id), Kind::Paren { .. }));
        let ends = parens.flat_map(|id| {
            let range = self.ast().tokens(id);
            [range.start, TokenId(range.end.0 - 1)]
        });
        ends.collect()
    }

    /// Binds what stands behind a token with `@`: positions, and metavariables for `id` as a whole.
    pub(super) fn attach(&self, attached: &[Attached], id: NodeId, mut state: Match) -> States {
        for one in attached {
            let is_position = matches!(self.rule.metavar(one.meta).kind, MetaKind::Position { .. });
            let fits = if is_position {
                match state.place_of(one.token) {
                    Some(range) => self.bind_position(one.meta, range, &mut state),
                    None => false,
                }
            } else {
                // The metavariable floats up to the nearest term that it may stand for.
                let kind = &self.rule.metavar(one.meta).kind;
                let fitting = std::iter::once(id)
                    .chain(self.ast().ancestors(id))
                    .find(|&up| self.takes(kind, up));
                fitting.is_some_and(|up| self.bind(one.meta, self.node_code(up), &mut state))
            };
            if !fits {
                return States::new();
            }
        }
        smallvec![state]
    }

    pub(super) fn bind_position(&self, meta: MetaId, range: TokenRange, state: &mut Match) -> bool {
        let span = self.file().span(range);
        let place = Place { item: Arc::from(""), start: span.start, end: span.end };
        match state.bindings.get(meta) {
            Some(Value::Positions(bound)) => {
                bound.contains(&place)
                    && self.position_allowed(meta, &Value::Positions(Arc::new(vec![place])), state)
            }
            Some(Value::Code(_)) => false,
            None if self.rule.metavar(meta).origin.is_some() => false,
            None => {
                let value = Value::Positions(Arc::new(vec![place]));
                let allowed = self.position_allowed(meta, &value, state);
                if allowed {
                    state.bindings.set(meta, value);
                }
                allowed
            }
        }
    }

    /// Whether the declaration of position `meta` allows `value`: it is in all the sets it must be in.
    fn position_allowed(&self, meta: MetaId, value: &Value, state: &Match) -> bool {
        self.rule.metavar(meta).constraints.iter().all(|constraint| match constraint {
            Constraint::OneOf { negated, values } => {
                let met = values.iter().any(|other| self.positions_meet(other, value, state));
                met != *negated
            }
            _ => true,
        })
    }

    fn positions_meet(&self, other: &MetaRef, value: &Value, state: &Match) -> bool {
        let Some(other) = self.named(other) else { return false };
        match (state.bindings.get(other), value) {
            (Some(Value::Positions(a)), Value::Positions(b)) => {
                a.iter().any(|place| b.contains(place))
            }
            _ => false,
        }
    }

    /// Whether inherited values satisfy the constraints of their declarations here.
    pub(super) fn inherited_fit(&self, start: &Match) -> bool {
        start.bindings.bound().all(|(meta, value)| match value {
            Value::Code(code) => {
                self.rule.metavar(meta).constraints.iter().all(|one| self.holds(one, code, start))
            }
            Value::Positions(_) => true,
        })
    }

    /// The metavariable of this rule that a constraint names.
    fn named(&self, name: &MetaRef) -> Option<MetaId> {
        let full = name.to_string();
        let index = self.rule.metavars.iter().position(|metavar| metavar.name == full)?;
        Some(MetaId(index as u32))
    }

    /// Whether `code` satisfies `constraint`. What cannot be decided here holds: positions and scripts.
    fn holds(&self, constraint: &Constraint, code: &Code, state: &Match) -> bool {
        match constraint {
            Constraint::Regex { negated, regex } => {
                // For a string constant the expression is about what it says, as in Coccinelle.
                regex.is_match(code.text.as_slice()) != *negated
            }
            Constraint::OneOf { negated, values } => {
                let found = words_of(&code.key.to_str_lossy());
                let same = |value: &MetaRef| {
                    let base = value.without_stars();
                    let stars = value.name.len() - base.len();
                    let named =
                        self.named(&MetaRef { name: base.to_owned(), rule: value.rule.clone() });
                    match named.and_then(|meta| state.bindings.get(meta)) {
                        Some(Value::Code(bound)) if stars == 0 => bound == code,
                        Some(Value::Code(bound)) => {
                            let mut words = words_of(&bound.key.to_str_lossy());
                            words.extend(value.name[base.len()..].matches('*').map(str::to_owned));
                            words == found
                        }
                        Some(Value::Positions(_)) => false,
                        None => words_of(&value.name) == found,
                    }
                };
                values.iter().any(same) != *negated
            }
            Constraint::Within(other) => {
                let bound = self.named(other).and_then(|meta| state.bindings.get(meta));
                matches!(bound, Some(Value::Code(bound)) if contains_words(&bound.key, &code.key))
            }
            Constraint::AnyOf(alternatives) => {
                alternatives.iter().any(|all| all.iter().all(|one| self.holds(one, code, state)))
            }
            Constraint::Script | Constraint::Provenance { .. } => true,
        }
    }

    /// Whether the metavariable written at `token` may stand for an operator spelled `text`.
    pub(super) fn bind_operator(&self, token: TokenIx, place: TokenId, state: &mut Match) -> bool {
        let Some(meta) = self.rule.body.token(token).meta else { return false };
        if !self.bind(meta, Code::word(self.file().text(place)), state) {
            return false;
        }
        state.link_one(token, place);
        true
    }
}

/// A text's tokens with one blank in between: constraints are written with whatever spacing.
fn words_of(text: &str) -> Vec<String> {
    let tokens = crate::lex::lex(text.as_bytes());
    let all = tokens.significant(tokens.all());
    all.map(|id| text[tokens.span(id).range()].to_owned()).collect()
}

/// Whether `part` is a run of whole tokens of `whole`.
fn contains_words(whole: &BString, part: &BString) -> bool {
    let whole: Vec<&[u8]> = whole.split_str(" ").collect();
    let part: Vec<&[u8]> = part.split_str(" ").collect();
    whole.windows(part.len().max(1)).any(|window| window == part)
}

fn is_qualifier(word: &str) -> bool {
    matches!(word, "const" | "volatile" | "restrict" | "__restrict")
}

/// Whether a kind is an expression.
pub(super) fn is_expression(kind: Kind) -> bool {
    kind.is_expression()
}

/// Whether a kind is a statement, or a declaration in the place of one.
pub(super) fn is_statement(kind: Kind) -> bool {
    kind.is_statement()
}
