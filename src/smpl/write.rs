//! Writes a stretch of rule code as C text with placeholders; the table is in [`slice`](super::slice).
//!
//! One pass over the groups with a stack of brackets: what a placeholder needs for company follows from
//! the innermost bracket and from whether a statement, member or parameter starts here.

use super::body::{Group, Placement};
use super::metavar::MetaKind;
use super::pattern::{Choice, ChoiceBy, Dots, Nest, Pat, TokenIx};
use super::slice::{ArmShape, Role, Slicer, Word, is_control, within};
use crate::diagnostic::Diagnostic;
use crate::items::Shape;
use crate::lex::TokenKind;

/// The text of a slice and what its words are.
#[derive(Default)]
pub(super) struct Written {
    pub(super) text: String,
    pub(super) words: Vec<Word>,
    pub(super) roles: Vec<Role>,
    /// The placeholders that are types.
    pub(super) types: Vec<String>,
    /// The placeholders that are attributes.
    pub(super) attributes: Vec<String>,
    /// The placeholders that head a loop.
    pub(super) iterators: Vec<String>,
}

/// What the innermost bracket holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Statements,
    Expressions,
    Condition,
    ForHeader,
    Parameters,
    Fields,
    Enumerators,
    Initializers,
    Type,
}

impl Inside {
    fn of(shape: Shape) -> Inside {
        match shape {
            Shape::TopLevel | Shape::Statements => Inside::Statements,
            Shape::Expression => Inside::Expressions,
            Shape::TypeName => Inside::Type,
            Shape::Initializer => Inside::Initializers,
            Shape::Parameters => Inside::Parameters,
            Shape::Fields => Inside::Fields,
            Shape::Enumerators => Inside::Enumerators,
        }
    }

    /// The shape that code in its place has.
    fn shape(self) -> Shape {
        match self {
            Inside::Statements => Shape::Statements,
            Inside::Expressions | Inside::Condition | Inside::ForHeader => Shape::Expression,
            Inside::Parameters => Shape::Parameters,
            Inside::Fields => Shape::Fields,
            Inside::Enumerators => Shape::Enumerators,
            Inside::Initializers => Shape::Expression,
            Inside::Type => Shape::TypeName,
        }
    }
}

/// How a placeholder is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Company {
    Name,
    Statement,
    Member,
    Type,
}

/// Writes `groups` as a piece of C of `shape`.
pub(super) fn write(
    slicer: &Slicer<'_>,
    groups: &[Group],
    shape: Shape,
) -> Result<Written, Diagnostic> {
    let mut writer = Writer {
        slicer,
        groups,
        out: Written::default(),
        stack: vec![Inside::of(shape)],
        since_start: Vec::new(),
        at_start: true,
        previous: String::new(),
        last_line: 0,
        ends_operand: false,
    };
    for at in 0..groups.len() {
        writer.group(at)?;
    }
    Ok(writer.out)
}

struct Writer<'a> {
    slicer: &'a Slicer<'a>,
    groups: &'a [Group],
    out: Written,
    stack: Vec<Inside>,
    /// The words since the last start of a statement, member or parameter.
    since_start: Vec<String>,
    at_start: bool,
    previous: String,
    last_line: u32,
    /// Whether what was written last may end an expression.
    ends_operand: bool,
}

impl Writer<'_> {
    fn inside(&self) -> Inside {
        *self.stack.last().expect("the outermost entry is never taken off")
    }

    fn group(&mut self, at: usize) -> Result<(), Diagnostic> {
        match &self.groups[at] {
            Group::Token(token) => self.token(at, *token),
            Group::Dots { token, whens } => {
                let dots = Dots { token: *token, whens: self.slicer.whens(whens)? };
                self.dots(at, dots);
            }
            Group::Nest { open, close, at_least_once, inner, whens } => {
                self.end_expression(*open);
                let statement = self.is_statement_start(at);
                let place = if statement { Shape::Statements } else { Shape::Expression };
                let nest = Nest {
                    body: self.slicer.nest_body(inner, place)?,
                    at_least_once: *at_least_once,
                    whens: self.slicer.whens(whens)?,
                    open: *open,
                    close: *close,
                };
                let company = if statement { Company::Statement } else { Company::Name };
                self.placeholder(Role::Nest(nest), company, Some(*open));
            }
            Group::Choice { open, close, all, arms } => {
                self.choice(at, (*open, *close), *all, arms)?
            }
        }
        Ok(())
    }

    /// Whether a statement starts here that the next group does not carry on.
    fn is_statement_start(&self, at: usize) -> bool {
        self.inside() == Inside::Statements && self.at_start && !self.goes_on(at + 1)
    }

    /// Whether the group at `at` carries an expression on, or ends it with a `;`.
    fn goes_on(&self, at: usize) -> bool {
        let Some(Group::Token(token)) = self.groups.get(at) else { return false };
        let token = self.slicer.token(*token);
        use TokenKind as K;
        let is_callee = match at.checked_sub(1).map(|at| &self.groups[at]) {
            Some(Group::Choice { arms, .. }) => {
                // Names one below the other, and their arguments on the line after them.
                let is_name = |arm: &Vec<Group>| match arm.as_slice() {
                    [Group::Token(name)] => self.slicer.token(*name).kind == K::Ident,
                    _ => false,
                };
                token.kind == K::LParen && (!self.next_starts_line(at) || arms.iter().all(is_name))
            }
            _ => false,
        };
        token.placement == Placement::Code
            && (is_callee
                || !matches!(
                    token.kind,
                    K::Ident
                        | K::LBrace
                        | K::RBrace
                        | K::Number
                        | K::String
                        | K::Char
                        | K::PlusPlus
                        | K::MinusMinus
                        | K::Star
                        | K::LParen
                        | K::Bang
                        | K::Tilde
                ))
    }

    /// Ends an expression that is written without `;` where something that starts a statement follows on a
    /// line of its own: `f(x)` above `...`.
    fn end_expression(&mut self, start: TokenIx) {
        let on_new_line = self.slicer.token(start).line != self.last_line;
        let complete = !self.at_start && !self.out.words.is_empty() && self.ends_operand;
        if self.inside() == Inside::Statements && on_new_line && complete {
            self.company(";");
            self.start();
        }
        self.last_line = self.slicer.token(start).line;
    }

    fn dots(&mut self, at: usize, dots: Dots) {
        let token = Some(dots.token);
        self.end_expression(dots.token);
        let company = match self.inside() {
            Inside::Statements if self.at_start => Company::Statement,
            Inside::Fields => Company::Member,
            Inside::Parameters => Company::Type,
            Inside::ForHeader => {
                let alone = self.previous == "("
                    && self.slicer.is_token(self.groups, at + 1, TokenKind::RParen);
                if alone {
                    self.placeholder(Role::Dots(dots.clone()), Company::Name, token);
                    self.company(";");
                    self.placeholder(Role::Dots(dots.clone()), Company::Name, None);
                    self.company(";");
                    self.placeholder(Role::Dots(dots), Company::Name, None);
                    return;
                }
                Company::Name
            }
            Inside::Type => Company::Type,
            Inside::Statements
            | Inside::Expressions
            | Inside::Condition
            | Inside::Enumerators
            | Inside::Initializers => Company::Name,
        };
        self.placeholder(Role::Dots(dots), company, token);
    }

    fn choice(
        &mut self,
        at: usize,
        (open, close): (TokenIx, TokenIx),
        all: bool,
        arms: &[Vec<Group>],
    ) -> Result<(), Diagnostic> {
        if !self.goes_on(at + 1) || self.next_starts_line(at + 1) {
            self.end_expression(open);
        }
        self.last_line = self.slicer.token(close).line;
        if self.lacks_type(at) {
            self.placeholder(Role::AnyType, Company::Type, None);
            self.at_start = false;
        }
        let names_function = self.inside() == Inside::Statements
            && self.stack.len() == 1
            && self.slicer.is_definition_name(self.groups, at);
        let named_in_parameters = names_function
            || matches!(self.inside(), Inside::Parameters | Inside::Fields) && !self.at_start;
        let place = if named_in_parameters {
            Shape::Expression
        } else if self.is_statement_start(at) {
            Shape::Statements
        } else if self.inside() == Inside::Statements {
            Shape::Expression
        } else {
            self.inside().shape()
        };
        let typed_place = matches!(self.inside(), Inside::Parameters | Inside::Fields)
            && (self.goes_on(at + 1)
                || self.slicer.is_token(self.groups, at + 1, TokenKind::Ident)
                || self.slicer.is_token(self.groups, at + 1, TokenKind::Star));
        let place = if typed_place && !named_in_parameters { Shape::TypeName } else { place };
        let mut parsed = Vec::new();
        for arm in arms {
            parsed.push(self.slicer.arm(arm, place)?);
        }
        let any = |shape: ArmShape| parsed.iter().any(|(found, _)| *found == shape);
        let followed_by_word = self.slicer.is_token(self.groups, at + 1, TokenKind::Ident)
            && !self.next_starts_line(at + 1);
        let of_types = any(ArmShape::Type) || (place == Shape::Statements && followed_by_word);
        if of_types && place != Shape::TypeName {
            parsed.clear();
            for arm in arms {
                parsed.push(self.slicer.arm(arm, Shape::TypeName)?);
            }
        }
        let company = match place {
            _ if of_types => Company::Type,
            Shape::Statements => Company::Statement,
            Shape::Parameters | Shape::TypeName => Company::Type,
            Shape::Fields => Company::Member,
            Shape::TopLevel | Shape::Expression | Shape::Initializer | Shape::Enumerators => {
                Company::Name
            }
        };
        let arms = parsed.into_iter().map(|(shape, pats)| match (company, shape) {
            (Company::Statement, ArmShape::Expression) => pats.into_iter().map(within).collect(),
            _ => pats,
        });
        let arms = arms.collect::<Vec<Vec<Pat>>>();
        let choice = Choice { by: ChoiceBy::Author, all, arms };
        self.placeholder(Role::Choice { choice, open, close, of_types }, company, Some(open));
        Ok(())
    }

    fn next_starts_line(&self, at: usize) -> bool {
        let line = |group: &Group| match group {
            Group::Token(token) | Group::Dots { token, .. } => self.slicer.token(*token).line,
            Group::Nest { open, .. } | Group::Choice { open, .. } => self.slicer.token(*open).line,
        };
        let end = match self.groups.get(at.wrapping_sub(1)) {
            Some(Group::Choice { close, .. }) => self.slicer.token(*close).line,
            Some(group) => line(group),
            None => 0,
        };
        self.groups.get(at).is_some_and(|group| line(group) != end)
    }

    fn token(&mut self, at: usize, token: TokenIx) {
        let body_token = self.slicer.token(token);
        let line = body_token.line;
        if line != self.last_line {
            if !self.is_broken_by_marks(token) {
                self.out.text.push('\n');
            }
            self.last_line = line;
        }
        match body_token.meta.map(|meta| (meta, &self.slicer.metavars[meta.index()].kind)) {
            Some((meta, kind)) => self.metavariable(at, token, meta, kind),
            None => {
                if self.lacks_type(at) {
                    self.placeholder(Role::AnyType, Company::Type, None);
                    self.at_start = false;
                }
                let text = body_token.text.clone();
                self.bracket(at, body_token.kind, &text);
                self.word(&text, Some(token), None);
                self.after_word(body_token.kind, &text);
            }
        }
    }

    /// Whether `token` starts a line because what happens to it is not what happens to the token before it: a
    /// type with `-` above a name without says nothing of where lines end in C.
    fn is_broken_by_marks(&self, token: TokenIx) -> bool {
        let Some(before) = token.0.checked_sub(1) else { return false };
        let (before, token) = (self.slicer.token(TokenIx(before)), self.slicer.token(token));
        before.mark != token.mark || !before.after.is_empty() || !token.before.is_empty()
    }

    /// Whether the token at `at` is the name in a function header that has no type before it.
    fn lacks_type(&self, at: usize) -> bool {
        let specifiers_only = self.since_start.iter().all(|word| {
            matches!(
                word.as_str(),
                "static" | "extern" | "inline" | "__inline__" | "__inline" | "const" | "volatile"
            )
        });
        self.inside() == Inside::Statements
            && self.stack.len() == 1
            && specifiers_only
            && self.slicer.is_definition_name(self.groups, at)
    }

    fn metavariable(&mut self, at: usize, token: TokenIx, meta: super::MetaId, kind: &MetaKind) {
        let role = Role::Meta { meta, token, kind: kind.clone() };
        let ends = self.slicer.is_token(self.groups, at + 1, TokenKind::Semi);
        match kind {
            MetaKind::Type if self.is_struct_name(at) => {
                // `T { … }`: any struct or union, or the typedef that names one.
                self.company("struct");
                self.since_start.push("struct".into());
                self.placeholder(role, Company::Name, Some(token));
            }
            MetaKind::Type if matches!(self.previous.as_str(), "unsigned" | "signed") => {
                // `unsigned T`: what is left of the type's words.
                self.operator("int", token, role);
                self.ends_operand = true;
                self.since_start.push("int".into());
            }
            MetaKind::Type => self.placeholder(role, Company::Type, Some(token)),
            MetaKind::Parameter | MetaKind::ParameterList(_) => {
                self.placeholder(role, Company::Type, Some(token));
            }
            MetaKind::Statement | MetaKind::StatementList | MetaKind::Declaration => {
                let company = if ends { Company::Name } else { Company::Statement };
                self.placeholder(role, company, Some(token));
            }
            MetaKind::Field | MetaKind::FieldList(_) => {
                self.placeholder(role, Company::Member, Some(token));
            }
            MetaKind::AssignmentOperator => self.operator("=", token, role),
            MetaKind::BinaryOperator => self.operator("+", token, role),
            MetaKind::UnaryOperator => self.operator("!", token, role),
            MetaKind::Expression { .. }
            | MetaKind::Idexpression { .. }
            | MetaKind::Constant { .. }
            | MetaKind::Identifier
            | MetaKind::Function
            | MetaKind::ExpressionList(_)
            | MetaKind::IdentifierList(_)
            | MetaKind::Initializer
            | MetaKind::InitializerList(_)
            | MetaKind::Declarer { .. }
            | MetaKind::Iterator { .. }
            | MetaKind::Symbol
            | MetaKind::Typedef
            | MetaKind::Attribute
            | MetaKind::AttributeName
            | MetaKind::Format
            | MetaKind::FormatList(_)
            | MetaKind::Position { .. }
            | MetaKind::Metavariable
            | MetaKind::Fresh(_) => {
                if self.lacks_type(at) {
                    self.placeholder(Role::AnyType, Company::Type, None);
                    self.at_start = false;
                }
                self.placeholder(role, Company::Name, Some(token));
            }
        }
    }

    /// Whether the type at `at` is followed by members.
    fn is_struct_name(&self, at: usize) -> bool {
        let first = self.since_start.iter().all(|word| {
            matches!(word.as_str(), "typedef" | "static" | "extern" | "const" | "volatile")
        });
        first
            && self.inside() != Inside::Expressions
            && self.slicer.is_token(self.groups, at + 1, TokenKind::LBrace)
    }

    fn operator(&mut self, text: &str, token: TokenIx, role: Role) {
        let role_ix = self.out.roles.len();
        self.out.roles.push(role);
        self.word(text, Some(token), Some(role_ix));
        self.at_start = false;
    }

    /// Writes a placeholder and its company.
    fn placeholder(&mut self, role: Role, company: Company, source: Option<TokenIx>) {
        let iterator = matches!(&role, Role::Meta { kind: MetaKind::Iterator { .. }, .. });
        let number = self.out.roles.len();
        let name = if iterator {
            format!("gupatch_for_each_{number}")
        } else {
            format!("gupatch_{number}")
        };
        if company == Company::Member {
            self.company("int");
        }
        if company == Company::Type {
            self.out.types.push(name.clone());
        }
        if matches!(&role, Role::Meta { kind: MetaKind::Attribute, .. }) {
            self.out.attributes.push(name.clone());
        }
        if iterator {
            self.out.iterators.push(name.clone());
        }
        self.out.roles.push(role);
        self.word(&name, source, Some(number));
        self.ends_operand = true;
        self.at_start = false;
        self.since_start.push(name);
        if matches!(company, Company::Statement | Company::Member) {
            self.company(";");
            self.start();
        }
    }

    fn company(&mut self, text: &str) {
        self.word(text, None, None);
    }

    fn word(&mut self, text: &str, source: Option<TokenIx>, role: Option<usize>) {
        let start = self.out.text.len() as u32;
        self.out.words.push(Word { start, source, role });
        self.out.text.push_str(text);
        self.out.text.push(' ');
        self.previous.clear();
        self.previous.push_str(text);
    }

    fn start(&mut self) {
        self.at_start = true;
        self.since_start.clear();
    }

    /// Keeps the stack of brackets; called before an opening bracket is written.
    fn bracket(&mut self, at: usize, kind: TokenKind, text: &str) {
        match kind {
            TokenKind::LParen => {
                let inside = self.parenthesis(at);
                self.stack.push(inside);
            }
            TokenKind::LBracket => self.stack.push(Inside::Expressions),
            TokenKind::LBrace => {
                let inside = self.brace();
                self.stack.push(inside);
            }
            _ if kind.is_close() && self.stack.len() > 1 => {
                self.stack.pop();
            }
            _ => debug_assert!(!text.is_empty(), "every token has text"),
        }
    }

    fn parenthesis(&self, at: usize) -> Inside {
        match self.previous.as_str() {
            "if" | "while" | "switch" => return Inside::Condition,
            "for" => return Inside::ForHeader,
            "sizeof" | "typeof" | "__typeof__" => return Inside::Expressions,
            _ => {}
        }
        let definition = at > 0 && self.slicer.is_definition_name(self.groups, at - 1);
        match self.inside() {
            Inside::Fields | Inside::Parameters => Inside::Parameters,
            Inside::Type if self.previous == ")" => Inside::Parameters,
            Inside::Statements if definition => Inside::Parameters,
            Inside::Statements if self.is_prototype_name() => Inside::Parameters,
            _ => Inside::Expressions,
        }
    }

    /// Whether the words since the start are a type and a name, so that parameters follow.
    fn is_prototype_name(&self) -> bool {
        let words = &self.since_start;
        words.len() >= 2
            && words.iter().all(|word| {
                word == "*"
                    || !is_control(word)
                        && !matches!(word.as_str(), "goto" | "case")
                        && word.chars().all(|c| c.is_alphanumeric() || c == '_')
            })
            && words[0] != "*"
            && words[words.len() - 1] != "*"
            && words[1..].iter().any(|word| word != "*")
    }

    fn brace(&self) -> Inside {
        let words = &self.since_start;
        let tagged = |tag: &str| {
            let at = words.iter().rposition(|word| word == tag);
            at.is_some_and(|at| words.len() - at <= 2)
        };
        if self.previous == "=" || matches!(self.inside(), Inside::Initializers) {
            Inside::Initializers
        } else if tagged("struct") || tagged("union") {
            Inside::Fields
        } else if tagged("enum") {
            Inside::Enumerators
        } else if self.previous == ")"
            && (self.inside() != Inside::Statements || self.closes_a_type())
        {
            Inside::Initializers
        } else {
            Inside::Statements
        }
    }

    /// Whether the parenthesis that was just closed holds the type of a literal: a value is wanted where it was opened.
    fn closes_a_type(&self) -> bool {
        let words = &self.out.words;
        let text = |at: usize| {
            let end = words.get(at + 1).map_or(self.out.text.len(), |word| word.start as usize);
            self.out.text[words[at].start as usize..end].trim_end()
        };
        let mut depth = 0usize;
        for at in (0..words.len()).rev() {
            match text(at) {
                ")" => depth += 1,
                "(" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let before = at.checked_sub(1).map(text);
                return before.is_some_and(|word| matches!(word, "=" | "return" | "," | "?" | "&"));
            }
        }
        false
    }

    /// Notes where statements, members and parameters start; called after a plain token is written.
    fn after_word(&mut self, kind: TokenKind, text: &str) {
        self.ends_operand = matches!(
            kind,
            TokenKind::Ident
                | TokenKind::Number
                | TokenKind::String
                | TokenKind::Char
                | TokenKind::RParen
                | TokenKind::RBracket
                | TokenKind::PlusPlus
                | TokenKind::MinusMinus
        ) && !matches!(text, "return" | "case" | "goto");
        let starts = match kind {
            TokenKind::Semi | TokenKind::LBrace | TokenKind::RBrace => true,
            TokenKind::Colon => self.inside() == Inside::Statements,
            TokenKind::Comma => !matches!(self.inside(), Inside::Statements | Inside::Fields),
            TokenKind::LParen => true,
            TokenKind::RParen => self.closes_head(),
            TokenKind::Ident => matches!(text, "else" | "do"),
            _ => false,
        };
        if starts {
            self.start();
        } else {
            self.at_start = false;
            self.since_start.push(text.to_owned());
        }
    }

    /// Whether the `)` just written closes the head of an `if` or loop: a statement follows.
    fn closes_head(&self) -> bool {
        let mut depth = 0i32;
        let text = |word: &Word| {
            let rest = &self.out.text[word.start as usize..];
            rest.split_whitespace().next().unwrap_or_default()
        };
        for (index, word) in self.out.words.iter().enumerate().rev() {
            match text(word) {
                ")" => depth += 1,
                "(" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let before = index.checked_sub(1).map(|index| text(&self.out.words[index]));
                return before.is_some_and(|word| {
                    matches!(word, "if" | "while" | "for" | "switch") || word.contains("for_each")
                });
            }
        }
        false
    }
}
