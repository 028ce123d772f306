//! The minus slice as C: what the front end can parse, with a placeholder for what C does not have.
//!
//! In: the groups of a body. Out: the [`Pattern`]. Each metavariable, `...`, nest and choice becomes a
//! made-up identifier, with company where its place needs some:
//!
//! | place | rule | slice |
//! |---|---|---|
//! | statement | `...`, `S`, `( a; \| b; )` | `gupatch_1;` |
//! | expression, argument, initialiser | `E`, `...`, `\(a\|b\)` | `gupatch_1` |
//! | parameter | `...`, `P` | `gupatch_1`, which is a type |
//! | member | `...` | `int gupatch_1;` |
//! | type | `T`, `\(int\|long\)` | `gupatch_1`, which is a type |
//! | header without type | `f(...) { … }` | `gupatch_1 f(gupatch_2) { … }` |
//!
//! The arms of a choice and the code in a nest are slices of their own, so that each may be of a shape of
//! its own. Which shape a body has is not said by SmPL; they are tried in a fixed order, expression first.

use bstr::ByteSlice;

use super::RuleFocus;
use super::body::{Body, Group, Placement, WhenGroup, WhenKind};
use super::lower::lower;
use super::metavar::{MetaId, MetaKind, Metavar};
use super::pattern::{
    Attached, Choice, ChoiceBy, DirectivePat, Dots, ItemPat, NameKind, NamePat, Nest, Pat, PatKind,
    Pattern, TokenIx, When,
};
use super::write::write;
use crate::ast::{Ast, Kind};
use crate::diagnostic::Diagnostic;
use crate::items::{MacroRole, Shape, TypeNames};
use crate::lex::{LexedFile, TokenId, TokenKind};
use crate::parse;
use crate::source::{Span, TreePath};

/// What a placeholder stands for.
#[derive(Clone, Debug)]
pub(super) enum Role {
    Meta { meta: MetaId, token: TokenIx, kind: MetaKind },
    Dots(Dots),
    Nest(Nest),
    Choice { choice: Choice, open: TokenIx, close: TokenIx, of_types: bool },
    AnyType,
}

/// A word of a slice: where it starts in the text, and what it comes from.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) start: u32,
    pub(super) source: Option<TokenIx>,
    pub(super) role: Option<usize>,
}

/// A stretch of a rule's code as C.
#[derive(Debug)]
pub(super) struct Slice {
    pub(super) file: LexedFile,
    words: Vec<Word>,
    roles: Vec<Role>,
}

impl Slice {
    fn word(&self, token: TokenId) -> Option<&Word> {
        let start = self.file.tokens.span(token).start;
        let after = self.words.partition_point(|word| word.start <= start);
        self.words.get(after.checked_sub(1)?)
    }

    /// The body token that `token` was written for; `None` for company and for types made up.
    pub(super) fn source(&self, token: TokenId) -> Option<TokenIx> {
        self.word(token)?.source
    }

    /// All body tokens that `token` stands for: a choice or nest is many.
    pub(super) fn source_range(&self, token: TokenId) -> Vec<TokenIx> {
        match self.role(token).map(|role| &self.roles[role]) {
            Some(Role::Choice { open, close, .. } | Role::Nest(Nest { open, close, .. })) => {
                vec![*open, *close]
            }
            _ => self.source(token).into_iter().collect(),
        }
    }

    /// What `token` is a placeholder for, by number.
    pub(super) fn role(&self, token: TokenId) -> Option<usize> {
        self.word(token)?.role
    }

    /// Whether `token` is company of a placeholder.
    pub(super) fn is_synthetic(&self, token: TokenId) -> bool {
        self.word(token).is_some_and(|word| word.source.is_none() && word.role.is_none())
    }

    /// Whether a node of `kind` that is nothing but this placeholder is what the role stands for.
    pub(super) fn replaces(&self, role: usize, kind: Kind) -> bool {
        let role = &self.roles[role];
        let of_type = matches!(
            role,
            Role::AnyType
                | Role::Meta { kind: MetaKind::Type, .. }
                | Role::Choice { of_types: true, .. }
        );
        match kind {
            Kind::Parameter { .. } => !of_type,
            Kind::Enumerator { .. } => !matches!(role, Role::Meta { .. }),
            Kind::InitItem { .. } => match role {
                Role::Dots(_) => true,
                Role::Meta { kind, .. } => {
                    matches!(kind, MetaKind::InitializerList(_) | MetaKind::ExpressionList(_))
                }
                Role::Nest(_) | Role::Choice { .. } | Role::AnyType => false,
            },
            _ => true,
        }
    }

    /// Whether the placeholder is an expression that a statement could be made of.
    pub(super) fn is_expression(&self, role: usize) -> bool {
        matches!(
            &self.roles[role],
            Role::Meta {
                kind: MetaKind::Expression { .. }
                    | MetaKind::Idexpression { .. }
                    | MetaKind::Constant { .. }
                    | MetaKind::Identifier,
                ..
            }
        )
    }

    /// The pattern that a placeholder stands for.
    pub(super) fn pattern_of(&self, role: usize, body: &Body) -> Pat {
        let attached = |token: TokenIx| {
            body.token(token).attached.iter().map(|&meta| Attached { meta, token }).collect()
        };
        match self.roles[role].clone() {
            Role::Meta { meta, token, .. } => Pat {
                kind: PatKind::Meta { meta, token },
                attached: attached(token),
                tokens: Some((token, token)),
            },
            Role::Dots(dots) => {
                let token = dots.token;
                Pat {
                    kind: PatKind::Dots(dots),
                    attached: attached(token),
                    tokens: Some((token, token)),
                }
            }
            Role::Nest(nest) => {
                let (open, close) = (nest.open, nest.close);
                Pat {
                    kind: PatKind::Nest(nest),
                    attached: attached(close),
                    tokens: Some((open, close)),
                }
            }
            Role::Choice { choice, open, close, .. } => Pat {
                kind: PatKind::Choice(choice),
                attached: attached(close),
                tokens: Some((open, close)),
            },
            Role::AnyType => Pat::new(PatKind::AnyType, None),
        }
    }

    /// The name that a placeholder in a name's place stands for.
    pub(super) fn name_of(&self, role: usize, body: &Body) -> Option<NamePat> {
        match &self.roles[role] {
            Role::Meta { meta, token, .. } => {
                Some(NamePat { token: *token, kind: NameKind::Meta(*meta) })
            }
            Role::Choice { choice, open, .. } => {
                let names =
                    choice.arms.iter().map(|arm| name_arm(arm, body)).collect::<Option<_>>()?;
                Some(NamePat { token: *open, kind: NameKind::Choice(names) })
            }
            Role::Dots(_) | Role::Nest(_) | Role::AnyType => None,
        }
    }
}

fn name_arm(arm: &[Pat], body: &Body) -> Option<NamePat> {
    let [pat] = arm else { return None };
    match &pat.kind {
        PatKind::Meta { meta, token } => {
            Some(NamePat { token: *token, kind: NameKind::Meta(*meta) })
        }
        PatKind::Node(node) => {
            let &[token] = node.own.as_slice() else { return None };
            Some(NamePat { token, kind: NameKind::Text(body.token(token).text.clone()) })
        }
        _ => None,
    }
}

/// Parses the code of a rule.
pub(super) fn parse(
    body: &Body,
    groups: &[Group],
    metavars: &[Metavar],
    names: Names<'_>,
    focus: RuleFocus,
) -> Result<Pattern, Diagnostic> {
    if groups.is_empty() {
        return Ok(Pattern::Empty);
    }
    let slicer = Slicer { body, metavars, names };
    if slicer.has_items(groups) {
        return Ok(Pattern::Items(slicer.items(groups)?));
    }
    if focus == RuleFocus::Type
        && let Ok(Some(pat)) = slicer.single(groups, Shape::TypeName)
    {
        return Ok(Pattern::Type(pat));
    }
    let is_type = |pat: &Pat| match &pat.kind {
        PatKind::Meta { meta, .. } => metavars[meta.index()].kind == MetaKind::Type,
        PatKind::Node(node) if matches!(node.head, Kind::Ident) => {
            let mut words = node.own.iter().map(|&token| &body.token(token).text);
            words.any(|word| names.types.contains(word))
        }
        _ => false,
    };
    if let Ok(Some(pat)) = slicer.single(groups, Shape::Expression)
        && !is_type(&pat)
    {
        return Ok(Pattern::Expression(pat));
    }
    if let Ok(Some(pat)) = slicer.single(groups, Shape::TypeName) {
        return Ok(Pattern::Type(pat));
    }
    let statements = slicer.statements(groups);
    if statements.is_err()
        && let Ok(Some(pat)) = slicer.single(groups, Shape::Initializer)
    {
        return Ok(Pattern::Expression(pat));
    }
    statements.map(Pattern::Statements)
}

/// Parses code whose shape is known; a statement may lack nothing.
pub(super) fn parse_as(
    body: &Body,
    groups: &[Group],
    metavars: &[Metavar],
    shape: Shape,
) -> Result<Vec<Pat>, Diagnostic> {
    let names = Names { types: &[], attributes: &[] };
    Slicer { body, metavars, names }.parse(groups, shape, "")
}

/// What is known about the rule while its code is sliced.
pub(super) struct Slicer<'a> {
    pub(super) body: &'a Body,
    pub(super) metavars: &'a [Metavar],
    names: Names<'a>,
}

/// The names that the rules up to here have declared for C's sake.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names<'a> {
    pub(super) types: &'a [String],
    pub(super) attributes: &'a [String],
}

/// What an arm of a choice was parsed as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ArmShape {
    /// Nothing, or dots: whatever the others are.
    Either,
    Expression,
    Type,
    Statements,
    Other,
}

impl Slicer<'_> {
    pub(super) fn token(&self, token: TokenIx) -> &super::BodyToken {
        self.body.token(token)
    }

    /// Writes and parses `groups` as `shape`.
    fn parse(&self, groups: &[Group], shape: Shape, extra: &str) -> Result<Vec<Pat>, Diagnostic> {
        let written = write(self, groups, shape)?;
        let mut text = written.text;
        let mut words = written.words;
        if !extra.is_empty() {
            words.push(Word { start: text.len() as u32, source: None, role: None });
            text.push_str(extra);
        }
        let path = TreePath::new("rule.cocci").expect("a plain name is a tree path");
        let file = LexedFile::new(path, text.into_bytes());
        let mut names = TypeNames::default();
        for name in self.names.types.iter().chain(&written.types) {
            names.insert(name.as_bytes());
        }
        for name in self.names.attributes.iter().chain(&written.attributes) {
            names.insert_attribute(name.as_bytes());
        }
        let is_iterator = |metavar: &&Metavar| matches!(metavar.kind, MetaKind::Iterator { .. });
        let iterators = self.metavars.iter().filter(is_iterator).map(|metavar| &metavar.name);
        for name in iterators.chain(&written.iterators) {
            names.insert_macro(name.as_bytes(), MacroRole::Iterator);
        }
        let slice = Slice { file, words, roles: written.roles };
        let ast = parse::fragment(&slice.file, slice.file.tokens.all(), shape, &names)
            .map_err(|error| self.in_rule(&slice, &error, groups))?;
        if self.lost_a_placeholder(&slice, &ast) {
            return Err(self.not_one(groups));
        }
        Ok(lower(&slice, &ast, self.body))
    }

    /// Whether the front end took a placeholder for an attribute or gave up on it: the wrong shape.
    fn lost_a_placeholder(&self, slice: &Slice, ast: &Ast) -> bool {
        let opaque = ast.ids().filter(|&id| ast.kind(id) == Kind::Opaque).map(|id| ast.tokens(id));
        let is_meta = |token: TokenId| {
            slice.role(token).is_some_and(|role| {
                matches!(slice.roles[role], Role::Meta { kind: MetaKind::Attribute, .. })
            })
        };
        // The arguments of what is known to be an attribute may hold whatever they like.
        let known = |token: TokenId| {
            let text = slice.file.text(token).to_str_lossy();
            matches!(&*text, "__attribute__" | "__attribute")
                || self.names.attributes.iter().any(|name| *name == *text)
        };
        let in_attributes = ast.attributes().iter().flat_map(|&range| {
            let first = slice.file.tokens.significant(range).next();
            let fine = first.is_some_and(|first| is_meta(first) || known(first));
            if fine { Vec::new() } else { range.iter().collect() }
        });
        in_attributes
            .chain(opaque.flat_map(|range| range.iter().collect::<Vec<_>>()))
            .any(|token| slice.role(token).is_some())
    }

    fn single(&self, groups: &[Group], shape: Shape) -> Result<Option<Pat>, Diagnostic> {
        let mut pats = self.parse(groups, shape, "")?;
        Ok(if pats.len() == 1 { pats.pop() } else { None })
    }

    /// Statements; the last of them may be an expression without `;`, and then it is looked for inside.
    fn statements(&self, groups: &[Group]) -> Result<Vec<Pat>, Diagnostic> {
        let open = groups.last().is_some_and(|last| self.may_end_expression(last));
        if open
            && let Ok(pats) = self.parse(groups, Shape::Statements, ";")
            && matches!(pats.last(), Some(Pat { kind: PatKind::Within(_), .. }))
        {
            // What would be a call of a macro without its `;` is an expression too.
            return Ok(pats);
        }
        match self.parse(groups, Shape::Statements, "") {
            Ok(pats) => Ok(pats),
            Err(error) => {
                let mut pats =
                    self.parse(groups, Shape::Statements, ";").map_err(|_| error.clone())?;
                let last = pats.pop().ok_or(error)?;
                pats.push(within(last));
                Ok(pats)
            }
        }
    }

    /// Whether an expression may end with `group`, so that a `;` is what it lacks.
    fn may_end_expression(&self, group: &Group) -> bool {
        let Group::Token(token) = group else { return false };
        let token = self.body.token(*token);
        let is_statement = |meta: MetaId| {
            matches!(
                self.metavars[meta.index()].kind,
                MetaKind::Statement | MetaKind::StatementList | MetaKind::Declaration
            )
        };
        !matches!(token.text.as_str(), ";" | "}" | ":") && !token.meta.is_some_and(is_statement)
    }

    /// An error in the slice as one in the rule.
    fn in_rule(&self, slice: &Slice, error: &Diagnostic, groups: &[Group]) -> Diagnostic {
        let token = slice.file.tokens.at_offset(error.span.start);
        let source = token.and_then(|token| slice.source(token));
        let token = source.unwrap_or_else(|| first_token(groups).unwrap_or(TokenIx(0)));
        let body_token = &self.body.tokens[token.index().min(self.body.tokens.len() - 1)];
        Diagnostic::error(body_token.span, format!("code not understood at `{}`", body_token.text))
            .with_help(
                "the code without its `+` lines must be C; a name that C needs to know as a type is \
                 declared with `typedef` or `type`",
            )
    }

    /// Whether the code has top-level items that are no statements: functions, directives.
    fn has_items(&self, groups: &[Group]) -> bool {
        groups.iter().enumerate().any(|(at, group)| match group {
            Group::Token(token) => {
                self.token(*token).placement == Placement::Directive
                    || self.is_definition_name(groups, at)
            }
            Group::Choice { arms, .. } => {
                self.is_definition_name(groups, at) || arms.iter().any(|arm| self.has_items(arm))
            }
            Group::Dots { .. } | Group::Nest { .. } => false,
        }) && self.depth_is_zero_at_definition(groups)
    }

    /// Whether a definition or directive among `groups` stands outside of all brackets.
    fn depth_is_zero_at_definition(&self, groups: &[Group]) -> bool {
        let mut depth = 0i32;
        for (at, group) in groups.iter().enumerate() {
            match group {
                Group::Token(token) => {
                    let token = self.token(*token);
                    if depth == 0
                        && (token.placement == Placement::Directive
                            || self.is_definition_name(groups, at))
                    {
                        return true;
                    }
                    depth += i32::from(token.kind.is_open()) - i32::from(token.kind.is_close());
                }
                Group::Choice { arms, .. }
                    if depth == 0
                        && (self.is_definition_name(groups, at)
                            || arms.iter().any(|arm| self.has_items(arm))) =>
                {
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    /// Whether the token at `at` is the name in a function definition's header: `f (…) {`.
    pub(super) fn is_definition_name(&self, groups: &[Group], at: usize) -> bool {
        let word = match &groups[at] {
            Group::Token(token) => {
                let token = self.token(*token);
                let named = token.kind == TokenKind::Ident && !self.is_iterator(token);
                named && !is_control(&token.text)
            }
            Group::Choice { arms, .. } => !arms.is_empty(),
            _ => false,
        };
        if !word || !self.is_token(groups, at + 1, TokenKind::LParen) {
            return false;
        }
        let Some(close) = self.closing(groups, at + 1) else { return false };
        let mut after = close + 1;
        while self.is_token(groups, after, TokenKind::Ident) && self.is_attribute(&groups[after]) {
            after += 1;
            if self.is_token(groups, after, TokenKind::LParen) {
                let Some(close) = self.closing(groups, after) else { return false };
                after = close + 1;
            }
        }
        self.is_token(groups, after, TokenKind::LBrace)
            || self.is_token(groups, after, TokenKind::Ident)
                && !self.is_token(groups, after + 1, TokenKind::LParen)
                && self.is_token(groups, after + 1, TokenKind::LBrace)
    }

    /// Whether `group` is the name of an attribute.
    pub(super) fn is_attribute(&self, group: &Group) -> bool {
        let Group::Token(token) = group else { return false };
        let token = self.token(*token);
        let declared = token.meta.map(|meta| &self.metavars[meta.index()].kind);
        token.text == "__attribute__"
            || declared == Some(&MetaKind::Attribute)
            || self.names.attributes.contains(&token.text)
    }

    fn is_iterator(&self, token: &super::BodyToken) -> bool {
        let declared = self.metavars.iter().find(|metavar| metavar.name == token.text);
        match declared.map(|metavar| &metavar.kind) {
            Some(MetaKind::Iterator { .. }) => true,
            Some(_) => false,
            None => token.text.contains("for_each"),
        }
    }

    pub(super) fn is_token(&self, groups: &[Group], at: usize, kind: TokenKind) -> bool {
        let token = groups.get(at).and_then(|group| match group {
            Group::Token(token) => Some(self.token(*token)),
            _ => None,
        });
        token.is_some_and(|token| token.placement == Placement::Code && token.kind == kind)
    }

    /// The bracket that closes the one at `open`.
    pub(super) fn closing(&self, groups: &[Group], open: usize) -> Option<usize> {
        let mut depth = 0i32;
        for (at, group) in groups.iter().enumerate().skip(open) {
            if let Group::Token(token) = group {
                let token = self.token(*token);
                if token.placement == Placement::Code {
                    depth += i32::from(token.kind.is_open()) - i32::from(token.kind.is_close());
                }
                if depth == 0 {
                    return Some(at);
                }
            }
        }
        None
    }

    /// Cuts `groups` at top-level boundaries and parses each item.
    fn items(&self, groups: &[Group]) -> Result<Vec<ItemPat>, Diagnostic> {
        let mut items = Vec::new();
        let mut at = 0;
        while at < groups.len() {
            let end = self.item_end(groups, at);
            items.push(self.item(&groups[at..end])?);
            at = end;
        }
        Ok(items)
    }

    fn item(&self, groups: &[Group]) -> Result<ItemPat, Diagnostic> {
        match groups {
            [Group::Dots { token, .. }] => Ok(ItemPat::Dots(*token)),
            [Group::Token(token)] if self.token(*token).placement == Placement::Directive => {
                let body_token = self.token(*token);
                let text = body_token.text.split_whitespace().collect::<Vec<_>>().join(" ");
                Ok(ItemPat::Directive(DirectivePat { token: *token, text, span: body_token.span }))
            }
            [Group::Choice { open, close, all, arms }] => {
                let arms = arms.iter().map(|arm| self.item_arm(arm)).collect::<Result<_, _>>()?;
                let choice = PatKind::Choice(Choice { by: ChoiceBy::Author, all: *all, arms });
                Ok(ItemPat::Code(Pat::new(choice, Some((*open, *close)))))
            }
            _ => {
                let pats = match self.parse(groups, Shape::TopLevel, "") {
                    Ok(pats) => pats,
                    Err(error) => self.statements(groups).map_err(|_| error)?,
                };
                match <[Pat; 1]>::try_from(pats) {
                    Ok([pat]) => Ok(ItemPat::Code(pat)),
                    Err(_) => Err(self.not_one(groups)),
                }
            }
        }
    }

    fn item_arm(&self, groups: &[Group]) -> Result<Vec<Pat>, Diagnostic> {
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        self.parse(groups, Shape::TopLevel, "").or_else(|_| self.statements(groups))
    }

    fn not_one(&self, groups: &[Group]) -> Diagnostic {
        let span = first_token(groups).map_or(Span::default(), |token| self.token(token).span);
        Diagnostic::error(span, "code not understood at top level").with_help(
            "each function, declaration and directive of a rule stands for one in the file",
        )
    }

    fn item_end(&self, groups: &[Group], start: usize) -> usize {
        let mut depth = 0i32;
        let mut definition = false;
        for at in start..groups.len() {
            match &groups[at] {
                Group::Token(token) => {
                    let body_token = self.token(*token);
                    if body_token.placement == Placement::Directive {
                        return if at == start { at + 1 } else { at };
                    }
                    definition |= depth == 0 && self.is_definition_name(groups, at);
                    depth += i32::from(body_token.kind.is_open());
                    depth -= i32::from(body_token.kind.is_close());
                    let ends = match body_token.kind {
                        TokenKind::Semi => true,
                        TokenKind::RBrace => definition,
                        _ => false,
                    };
                    if depth == 0 && ends {
                        return at + 1;
                    }
                }
                Group::Dots { .. } if depth == 0 && at == start => return at + 1,
                Group::Choice { .. } if depth == 0 && self.is_definition_name(groups, at) => {
                    definition = true;
                }
                Group::Choice { arms, .. }
                    if depth == 0 && at == start && arms.iter().any(|arm| self.has_items(arm)) =>
                {
                    return at + 1;
                }
                Group::Dots { .. } | Group::Choice { .. } | Group::Nest { .. } => {}
            }
        }
        groups.len()
    }

    /// Parses an arm of a choice that stands where `place` is written.
    pub(super) fn arm(
        &self,
        groups: &[Group],
        place: Shape,
    ) -> Result<(ArmShape, Vec<Pat>), Diagnostic> {
        let only_dots = matches!(groups, [Group::Dots { .. }]);
        match groups {
            [] => return Ok((ArmShape::Either, Vec::new())),
            [Group::Dots { token, whens }] if place == Shape::Statements => {
                let dots = Dots { token: *token, whens: self.whens(whens)? };
                let pat = Pat::new(PatKind::Dots(dots), Some((*token, *token)));
                return Ok((ArmShape::Either, vec![pat]));
            }
            _ => {}
        }
        if place == Shape::TypeName {
            return Ok((ArmShape::Type, self.parse(groups, Shape::TypeName, "")?));
        }
        if matches!(place, Shape::Parameters | Shape::Fields | Shape::Enumerators) {
            let shape = if only_dots { ArmShape::Either } else { ArmShape::Other };
            return Ok((shape, self.parse(groups, place, "")?));
        }
        if let Some(args) = self.split_at_commas(groups) {
            let pats = args.iter().map(|arg| self.one_argument(arg)).collect::<Result<Vec<_>, _>>();
            if let Ok(pats) = pats {
                return Ok((ArmShape::Expression, pats));
            }
        }
        let types = self.parse(groups, Shape::TypeName, "");
        if place != Shape::Statements {
            return types.map(|pats| (ArmShape::Type, pats));
        }
        let statements = self.statements(groups);
        match (statements, types) {
            (Ok(pats), _) => Ok((ArmShape::Statements, pats)),
            (Err(_), Ok(pats)) => Ok((ArmShape::Type, pats)),
            (Err(error), Err(_)) => Err(error),
        }
    }

    fn one_argument(&self, groups: &[Group]) -> Result<Pat, Diagnostic> {
        self.single(groups, Shape::Expression)?.ok_or_else(|| self.not_one(groups))
    }

    /// The stretches between commas outside of brackets; `None` where a `;` shows that it is no list.
    fn split_at_commas<'g>(&self, groups: &'g [Group]) -> Option<Vec<&'g [Group]>> {
        let mut found = Vec::new();
        let (mut start, mut depth) = (0, 0i32);
        for (at, group) in groups.iter().enumerate() {
            let Group::Token(token) = group else { continue };
            let token = self.token(*token);
            depth += i32::from(token.kind.is_open()) - i32::from(token.kind.is_close());
            match token.kind {
                TokenKind::Semi if depth == 0 => return None,
                TokenKind::Comma if depth == 0 => {
                    found.push(&groups[start..at]);
                    start = at + 1;
                }
                _ => {}
            }
        }
        found.push(&groups[start..]);
        Some(found)
    }

    /// The code in a nest: an expression, looked for anywhere, or statements.
    pub(super) fn nest_body(&self, groups: &[Group], place: Shape) -> Result<Vec<Pat>, Diagnostic> {
        if let Ok(Some(pat)) = self.single(groups, Shape::Expression) {
            return Ok(vec![if place == Shape::Statements { within(pat) } else { pat }]);
        }
        self.statements(groups)
    }

    pub(super) fn whens(&self, whens: &[WhenGroup]) -> Result<Vec<When>, Diagnostic> {
        whens.iter().map(|when| self.when(when)).collect()
    }

    fn when(&self, when: &WhenGroup) -> Result<When, Diagnostic> {
        let code = || match self.arm(&when.code, Shape::Statements)? {
            (ArmShape::Expression, pats) => Ok(pats.into_iter().map(within).collect()),
            (_, pats) => Ok(pats),
        };
        let expression = || self.one_argument(&when.code).map(|pat| vec![pat]);
        Ok(match when.kind {
            WhenKind::Not => When::Not(code()?),
            WhenKind::Only => When::Only(code()?),
            WhenKind::Any => When::Any,
            WhenKind::Strict => When::Strict,
            WhenKind::Forall => When::Forall,
            WhenKind::Exists => When::Exists,
            WhenKind::NotTrue => When::NotTrue(expression()?),
            WhenKind::NotFalse => When::NotFalse(expression()?),
        })
    }
}

/// An expression, or a statement made of one, as something to look for inside of a statement.
pub(super) fn within(pat: Pat) -> Pat {
    use super::pattern::Slot;
    let tokens = pat.tokens;
    let inner = match pat.kind {
        PatKind::Node(ref node) if matches!(node.head, Kind::ExprStatement { .. }) => {
            match node.slots.first() {
                Some(Slot::Maybe(Some(expr))) => (**expr).clone(),
                _ => pat,
            }
        }
        PatKind::Within(_) | PatKind::Dots(_) | PatKind::Nest(_) => return pat,
        PatKind::Node(_)
        | PatKind::Meta { .. }
        | PatKind::Choice(_)
        | PatKind::Tested(_)
        | PatKind::AnyType
        | PatKind::Optional(_) => pat,
    };
    Pat::new(PatKind::Within(Box::new(inner)), tokens)
}

/// The first body token of `groups`.
pub(super) fn first_token(groups: &[Group]) -> Option<TokenIx> {
    groups.first().map(|group| match group {
        Group::Token(token) | Group::Dots { token, .. } => *token,
        Group::Nest { open, .. } | Group::Choice { open, .. } => *open,
    })
}

/// Keywords that a `(` follows without being called.
pub(super) fn is_control(word: &str) -> bool {
    matches!(
        word,
        "if" | "while"
            | "for"
            | "switch"
            | "return"
            | "sizeof"
            | "typeof"
            | "__typeof__"
            | "do"
            | "else"
            | "__attribute__"
    )
}
