//! Metavariable declarations: the text between a rule's header and its body.

use regex::bytes::Regex;

use super::cursor::Cursor;
use super::header::string;
use super::metavar::{
    Constraint, ListLength, MetaId, MetaKind, MetaRef, Metavar, ProvenanceClass, Purity, Scope,
    Seed, TypeText,
};
use super::{RuleName, metavar};
use crate::diagnostic::Diagnostic;
use crate::lex::TokenKind;

/// Reads all declarations of a rule.
pub(super) fn parse(mut cursor: Cursor<'_>) -> Result<Vec<Metavar>, Diagnostic> {
    let mut declared = Vec::new();
    while !cursor.done() {
        if cursor.eat(";") {
            continue;
        }
        let start = declared.len();
        declaration(&mut cursor, &mut declared)?;
        debug_assert!(declared.len() > start, "a declaration declares something");
    }
    Ok(declared)
}

/// What comes before the names.
struct Prefix {
    kind: MetaKind,
    /// For a type written out before the names: each name may add stars of its own.
    typed: bool,
}

fn declaration(cursor: &mut Cursor<'_>, out: &mut Vec<Metavar>) -> Result<(), Diagnostic> {
    let purity = purity(cursor);
    let prefix = prefix(cursor)?;
    loop {
        let mut kind = prefix.kind.clone();
        let mut pointers = 0;
        while cursor.eat("*") {
            pointers += 1;
        }
        if pointers > 0 {
            kind = with_pointers(kind, pointers);
        }
        if prefix.typed && cursor.peek_text() == "[" && cursor.peek_at(1) == "]" {
            cursor.next();
            cursor.expect("]", "after `[`")?;
            kind = as_array(kind);
        }
        let span = cursor.span();
        let (origin, name) = declared_name(cursor, &kind)?;
        if cursor.peek_text() == "[" && cursor.peek_at(1) == "]" {
            cursor.next();
            cursor.next();
            kind = as_array(kind);
        }
        let mut constraints = Vec::new();
        match &mut kind {
            MetaKind::Fresh(seeds) if cursor.eat("=") => *seeds = fresh_seeds(cursor)?,
            _ => constraints = constraint_list(cursor, out)?,
        }
        out.push(Metavar { name, kind, constraints, purity, origin, span });
        if cursor.eat(",") {
            continue;
        }
        return cursor.expect(";", "after a metavariable declaration").map_err(|error| {
            error.with_help("declarations end with `;` and the section ends with `@@`")
        });
    }
}

/// `pure`, `context`, both or neither; a name behind them shows that they are no type.
fn purity(cursor: &mut Cursor<'_>) -> Purity {
    let mut purity = Purity::default();
    while matches!(cursor.peek_text(), "pure" | "context")
        && !matches!(cursor.peek_at(1), "*" | "," | ";")
        && !ends_declared(cursor.peek_at(2))
    {
        purity.pure |= cursor.peek_text() == "pure";
        purity.context |= cursor.peek_text() == "context";
        cursor.next();
    }
    purity
}

fn declared_name(
    cursor: &mut Cursor<'_>,
    kind: &MetaKind,
) -> Result<(Option<RuleName>, String), Diagnostic> {
    let operator_name = matches!(kind, MetaKind::AssignmentOperator | MetaKind::BinaryOperator);
    let what =
        if operator_name { "an operator metavariable's name" } else { "a metavariable's name" };
    let first = cursor.word(what)?.to_owned();
    if cursor.eat(".") {
        let name = cursor.word("the inherited metavariable's name")?.to_owned();
        return Ok((Some(RuleName(first)), name));
    }
    Ok((None, first))
}

fn prefix(cursor: &mut Cursor<'_>) -> Result<Prefix, Diagnostic> {
    let plain = |kind| Ok(Prefix { kind, typed: false });
    let next = cursor.peek_at(1);
    // `expression list;` declares something that is called `list`.
    let is_list = !ends_declared(cursor.peek_at(2));
    // A kind's word may also be the name of a type: `expression` declared as a type before.
    match cursor.peek_text() {
        "fresh" if next == "identifier" => {
            skip(cursor, 2);
            plain(MetaKind::Fresh(Vec::new()))
        }
        "assignment" if next == "operator" => {
            skip(cursor, 2);
            plain(MetaKind::AssignmentOperator)
        }
        "binary" if next == "operator" => {
            skip(cursor, 2);
            plain(MetaKind::BinaryOperator)
        }
        "unary" if next == "operator" => {
            skip(cursor, 2);
            plain(MetaKind::UnaryOperator)
        }
        "parse" => {
            skip(cursor, 1);
            prefix(cursor)
        }
        "local" | "global" => {
            let scope = if cursor.eat("local") {
                Scope::Local
            } else {
                cursor.next();
                Scope::Global
            };
            if cursor.eat("function") {
                return plain(MetaKind::Function);
            }
            cursor.expect("idexpression", "after `local` or `global`")?;
            let types = optional_types(cursor)?;
            Ok(Prefix { kind: MetaKind::Idexpression { scope, types }, typed: true })
        }
        "idexpression" => {
            skip(cursor, 1);
            let types = optional_types(cursor)?;
            Ok(Prefix { kind: MetaKind::Idexpression { scope: Scope::Any, types }, typed: true })
        }
        "constant" => {
            skip(cursor, 1);
            let types = optional_types(cursor)?;
            Ok(Prefix { kind: MetaKind::Constant { types }, typed: true })
        }
        "expression" if next == "list" && is_list => {
            skip(cursor, 2);
            plain(MetaKind::ExpressionList(length(cursor)?))
        }
        "expression" => {
            skip(cursor, 1);
            let tagged = matches!(cursor.peek_text(), "enum" | "struct" | "union");
            let words =
                if tagged { vec![cursor.word("a keyword")?.to_owned()] } else { Vec::new() };
            let types = if tagged {
                vec![TypeText { words, pointers: 0, array: false }]
            } else {
                Vec::new()
            };
            Ok(Prefix { kind: MetaKind::Expression { types }, typed: true })
        }
        "identifier" if next == "list" && is_list => {
            skip(cursor, 2);
            plain(MetaKind::IdentifierList(length(cursor)?))
        }
        "statement" if next == "list" && is_list => {
            skip(cursor, 2);
            length(cursor)?;
            plain(MetaKind::StatementList)
        }
        "parameter" if next == "list" && is_list => {
            skip(cursor, 2);
            plain(MetaKind::ParameterList(length(cursor)?))
        }
        "field" if next == "list" && is_list => {
            skip(cursor, 2);
            plain(MetaKind::FieldList(length(cursor)?))
        }
        "initialiser" | "initializer" if next == "list" && is_list => {
            skip(cursor, 2);
            plain(MetaKind::InitializerList(length(cursor)?))
        }
        "format" if next == "list" && is_list => {
            skip(cursor, 2);
            plain(MetaKind::FormatList(length(cursor)?))
        }
        "declarer" | "iterator" | "attribute" if next == "name" => {
            let kind = match cursor.peek_text() {
                "declarer" => MetaKind::Declarer { fixed: true },
                "iterator" => MetaKind::Iterator { fixed: true },
                _ => MetaKind::AttributeName,
            };
            skip(cursor, 2);
            plain(kind)
        }
        word => match simple_kind(word) {
            Some(MetaKind::Position { .. }) => {
                skip(cursor, 1);
                let any = cursor.peek_text() == "any" && cursor.peek_at(1) != ";";
                if any {
                    cursor.next();
                }
                plain(MetaKind::Position { any })
            }
            Some(kind) => {
                skip(cursor, 1);
                plain(kind)
            }
            None => {
                let types = types(cursor)?;
                Ok(Prefix { kind: MetaKind::Expression { types }, typed: true })
            }
        },
    }
}

/// The kinds named by one word.
fn simple_kind(word: &str) -> Option<MetaKind> {
    Some(match word {
        "identifier" => MetaKind::Identifier,
        "function" => MetaKind::Function,
        "type" => MetaKind::Type,
        "statement" => MetaKind::Statement,
        "parameter" => MetaKind::Parameter,
        "field" => MetaKind::Field,
        "initialiser" | "initializer" => MetaKind::Initializer,
        "declarer" => MetaKind::Declarer { fixed: false },
        "iterator" => MetaKind::Iterator { fixed: false },
        "symbol" => MetaKind::Symbol,
        "typedef" => MetaKind::Typedef,
        "attribute" => MetaKind::Attribute,
        "format" => MetaKind::Format,
        "declaration" => MetaKind::Declaration,
        "position" => MetaKind::Position { any: false },
        "metavariable" => MetaKind::Metavariable,
        _ => return None,
    })
}

fn skip(cursor: &mut Cursor<'_>, count: usize) {
    for _ in 0..count {
        cursor.next();
    }
}

/// `{1, 3...5}` or a lone number.
fn ranges(cursor: &mut Cursor<'_>) -> Result<Vec<std::ops::RangeInclusive<usize>>, Diagnostic> {
    let number = |cursor: &mut Cursor<'_>| {
        let (_, text) = cursor.next().ok_or_else(|| cursor.error("expected a number"))?;
        // The lexer takes `1...3` for the number `1...3`.
        let (low, high) = text.split_once("...").unwrap_or((text, ""));
        let low = low.parse::<usize>().map_err(|_| cursor.error("expected a number"))?;
        Ok((low, high.parse::<usize>().ok(), text.contains("...")))
    };
    let braces = cursor.eat("{");
    let mut all = Vec::new();
    loop {
        let (low, high, mut open) = number(cursor)?;
        open |= high.is_none() && cursor.eat("...");
        let high = match high {
            None if open => number(cursor)?.0,
            high => high.unwrap_or(low),
        };
        all.push(low..=high);
        if !(braces && cursor.eat(",")) {
            break;
        }
    }
    if braces {
        cursor.expect("}", "after the lengths of a list")?;
    }
    Ok(all)
}

fn length(cursor: &mut Cursor<'_>) -> Result<ListLength, Diagnostic> {
    if !cursor.eat("[") {
        return Ok(ListLength::Any);
    }
    let (_, text) = cursor.next().ok_or_else(|| cursor.error("expected a list length"))?;
    let mut text = text.to_owned();
    if cursor.eat(".") {
        text = format!("{text}.{}", cursor.word("the inherited length's name")?);
    }
    if cursor.eat("=") {
        let among = ranges(cursor)?;
        cursor.expect("]", "after a list length")?;
        return Ok(ListLength::Among(text.to_owned(), among));
    }
    cursor.expect("]", "after a list length")?;
    Ok(text.parse().map_or_else(|_| ListLength::Named(text.clone()), ListLength::Exactly))
}

/// A type, or `{T1, T2}`, before names; empty where the names follow at once.
fn optional_types(cursor: &mut Cursor<'_>) -> Result<Vec<TypeText>, Diagnostic> {
    let named_at_once = cursor.is_word()
        && matches!(cursor.peek_at(1), "," | ";" | "=" | "!=" | "=~" | "!" | ":" | ".");
    if named_at_once || cursor.peek_text() == "*" {
        return Ok(Vec::new());
    }
    types(cursor)
}

fn types(cursor: &mut Cursor<'_>) -> Result<Vec<TypeText>, Diagnostic> {
    let mut found = Vec::new();
    if !cursor.eat("{") {
        found.push(type_text(cursor)?);
        return Ok(found);
    }
    loop {
        let mut one = type_text_in_set(cursor)?;
        while cursor.eat("*") {
            one.pointers += 1;
        }
        found.push(one);
        if cursor.eat("}") {
            return Ok(found);
        }
        cursor.expect(",", "between the types of a set")?;
    }
}

/// Whether `text` stands right behind a declared name.
fn ends_declared(text: &str) -> bool {
    matches!(text, "," | ";" | "=" | "!=" | ":" | "<=" | "!" | "=~")
}

/// The words of a type before a declared name: all words but the last one.
fn type_text(cursor: &mut Cursor<'_>) -> Result<TypeText, Diagnostic> {
    let mut words = Vec::new();
    if words.is_empty()
        && cursor.is_word()
        && cursor.peek_at(1) == "."
        && !ends_declared(cursor.peek_at(3))
    {
        let rule = cursor.word("a rule name")?.to_owned();
        cursor.expect(".", "between a rule and its metavariable")?;
        let name = cursor.word("the inherited metavariable's name")?;
        return Ok(TypeText { words: vec![format!("{rule}.{name}")], pointers: 0, array: false });
    }
    while cursor.is_word() {
        let ends_type =
            matches!(cursor.peek_at(1), "," | ";" | "=" | "!=" | ":" | "<=" | "." | "[" | "!");
        let array = cursor.peek_at(1) == "[" && cursor.peek_at(2) == "]";
        if array && !ends_declared(cursor.peek_at(3)) {
            words.push(cursor.word("a type")?.to_owned());
            break;
        }
        let inherited_name = cursor.peek_at(1) == ".";
        if ends_type && !(words.is_empty() && !inherited_name && cursor.peek_at(1) == "[") {
            break;
        }
        words.push(cursor.word("a type")?.to_owned());
    }
    if words.is_empty() {
        return Err(cursor
            .error(format!("`{}` does not start a metavariable declaration", cursor.peek_text()))
            .with_help(
                "a declaration is `expression x;`, `identifier f;`, `struct s *p;` and so on",
            ));
    }
    Ok(TypeText { words, pointers: 0, array: false })
}

fn type_text_in_set(cursor: &mut Cursor<'_>) -> Result<TypeText, Diagnostic> {
    let mut words = vec![cursor.word("a type")?.to_owned()];
    if cursor.eat(".") {
        words[0] = format!("{}.{}", words[0], cursor.word("the inherited metavariable's name")?);
    }
    while cursor.is_word() {
        words.push(cursor.word("a type")?.to_owned());
    }
    Ok(TypeText { words, pointers: 0, array: false })
}

fn change_types(kind: MetaKind, change: impl Fn(&mut TypeText)) -> MetaKind {
    let apply = |mut types: Vec<TypeText>| {
        if types.is_empty() {
            types.push(TypeText { words: Vec::new(), pointers: 0, array: false });
        }
        types.iter_mut().for_each(&change);
        types
    };
    match kind {
        MetaKind::Expression { types } => MetaKind::Expression { types: apply(types) },
        MetaKind::Idexpression { scope, types } => {
            MetaKind::Idexpression { scope, types: apply(types) }
        }
        MetaKind::Constant { types } => MetaKind::Constant { types: apply(types) },
        other => other,
    }
}

fn with_pointers(kind: MetaKind, pointers: usize) -> MetaKind {
    change_types(kind, |ty| ty.pointers += pointers)
}

fn as_array(kind: MetaKind) -> MetaKind {
    change_types(kind, |ty| ty.array = true)
}

fn fresh_seeds(cursor: &mut Cursor<'_>) -> Result<Vec<Seed>, Diagnostic> {
    let mut seeds = Vec::new();
    if cursor.peek_text() == "script" {
        constraint_script(cursor)?;
        return Ok(seeds);
    }
    loop {
        let is_string = cursor.peek().is_some_and(|token| token.kind == TokenKind::String);
        seeds.push(if is_string {
            Seed::Text(string(cursor, "a seed")?)
        } else {
            Seed::Meta(meta_ref(cursor)?)
        });
        if !cursor.eat("##") {
            return Ok(seeds);
        }
    }
}

fn meta_ref(cursor: &mut Cursor<'_>) -> Result<MetaRef, Diagnostic> {
    let (_, first) = cursor.next().ok_or_else(|| cursor.error("expected a name"))?;
    if cursor.eat(".") {
        let name = cursor.word("the inherited metavariable's name")?.to_owned();
        return Ok(MetaRef { rule: Some(first.to_owned()), name });
    }
    Ok(MetaRef { rule: None, name: first.to_owned() })
}

fn constraint_list(
    cursor: &mut Cursor<'_>,
    declared: &mut Vec<Metavar>,
) -> Result<Vec<Constraint>, Diagnostic> {
    let mut alternatives = vec![Vec::new()];
    loop {
        if matches!(cursor.peek_text(), "," | ";" | ")" | "") {
            break;
        }
        if cursor.eat("&&") {
            continue;
        }
        if cursor.eat("||") {
            alternatives.push(Vec::new());
            continue;
        }
        let one = constraint(cursor, declared)?;
        alternatives.last_mut().expect("there is always one").push(one);
    }
    let only = alternatives.pop().expect("there is always one");
    if alternatives.is_empty() {
        return Ok(only);
    }
    alternatives.push(only);
    Ok(vec![Constraint::AnyOf(alternatives)])
}

fn constraint(
    cursor: &mut Cursor<'_>,
    declared: &mut Vec<Metavar>,
) -> Result<Constraint, Diagnostic> {
    if cursor.eat("(") {
        let inner = constraint_list(cursor, declared)?;
        cursor.expect(")", "after constraints in parentheses")?;
        return Ok(Constraint::AnyOf(vec![inner]));
    }
    if cursor.eat("=") {
        if cursor.eat("~") {
            return regex(cursor, false);
        }
        return Ok(Constraint::OneOf { negated: false, values: values(cursor)? });
    }
    if cursor.eat("!=") {
        return Ok(Constraint::OneOf { negated: true, values: values(cursor)? });
    }
    if cursor.peek_text() == "!" && cursor.peek_at(1) == "~" {
        skip(cursor, 2);
        return regex(cursor, true);
    }
    if cursor.eat("<=") {
        return Ok(Constraint::Within(meta_ref(cursor)?));
    }
    if cursor.eat(":") {
        return match cursor.peek_text() {
            "script" => constraint_script(cursor),
            "provenance" => provenance(cursor, declared),
            other => Err(cursor.error(format!("unknown constraint `{other}`")).with_help(
                "after `:` come `provenance(gup)`, `provenance(conditional, cond)` or `script:python(…) { … }`",
            )),
        };
    }
    Err(cursor.error(format!("unknown constraint `{}`", cursor.peek_text())).with_help(
        "constraints are `= x`, `!= {a, b}`, `=~ \"regex\"`, `!~ \"regex\"`, `<= rule.e` and `: provenance(…)`",
    ))
}

fn regex(cursor: &mut Cursor<'_>, negated: bool) -> Result<Constraint, Diagnostic> {
    let span = cursor.span();
    let text = string(cursor, "a regular expression")?.replace("\\\"", "\"");
    let regex = Regex::new(&text)
        .map_err(|error| Diagnostic::error(span, format!("not a regular expression: {error}")))?;
    Ok(Constraint::Regex { negated, regex })
}

fn values(cursor: &mut Cursor<'_>) -> Result<Vec<MetaRef>, Diagnostic> {
    if !cursor.eat("{") {
        let mut value = meta_ref(cursor)?;
        while cursor.eat("*") {
            value.name.push('*');
        }
        return Ok(vec![value]);
    }
    let mut values = Vec::new();
    loop {
        // A value may be several tokens: `-1`, `struct s *`, `<<`.
        let mut value = meta_ref(cursor)?;
        while !matches!(cursor.peek_text(), "," | "}" | "") {
            let (_, more) = cursor.next().expect("the text was not empty");
            let words = value.name.ends_with(|c: char| c.is_alphanumeric() || c == '_');
            value.name.push_str(if words { " " } else { "" });
            value.name.push_str(more);
        }
        values.push(value);
        if cursor.eat("}") {
            return Ok(values);
        }
        cursor.expect(",", "between the values of a set")?;
    }
}

/// `script:python(a) { … }`: taken over as a whole, for running it is not this tool's yet.
fn constraint_script(cursor: &mut Cursor<'_>) -> Result<Constraint, Diagnostic> {
    while !cursor.done() && cursor.peek_text() != "{" {
        cursor.next();
    }
    let mut depth = 0;
    while let Some((_, text)) = cursor.next() {
        depth += i32::from(text == "{") - i32::from(text == "}");
        if depth == 0 {
            return Ok(Constraint::Script);
        }
    }
    Err(cursor.error("a script constraint ends with `}`"))
}

fn provenance(
    cursor: &mut Cursor<'_>,
    declared: &mut Vec<Metavar>,
) -> Result<Constraint, Diagnostic> {
    cursor.next();
    cursor.expect("(", "after `provenance`")?;
    let span = cursor.span();
    let name = cursor.word("a class of page")?;
    let class = ProvenanceClass::from_name(name).ok_or_else(|| {
        Diagnostic::error(span, format!("unknown constraint `provenance({name})`"))
            .with_help("the classes are gup, conditional, mixed, carried and other")
    })?;
    let mut condition = None;
    if cursor.eat(",") {
        let span = cursor.span();
        let name = cursor.word("a name for the condition")?.to_owned();
        condition = Some(MetaId(declared.len() as u32));
        declared.push(Metavar {
            name,
            kind: metavar::MetaKind::Expression { types: Vec::new() },
            constraints: Vec::new(),
            purity: Purity::default(),
            origin: None,
            span,
        });
    }
    cursor.expect(")", "after `provenance(…`")?;
    Ok(Constraint::Provenance { class, condition })
}

/// Declares what constraints and seeds name of other rules (`p != r.q`), under its full name `r.q`, which no
/// code can use.
pub(super) fn add_referenced(metavars: &mut Vec<Metavar>) {
    let mut named: Vec<MetaRef> = Vec::new();
    let mut note = |meta: &MetaRef| named.push(meta.clone());
    for metavar in metavars.iter() {
        metavar.constraints.iter().for_each(|constraint| referenced(constraint, &mut note));
        if let MetaKind::Expression { types } | MetaKind::Idexpression { types, .. } = &metavar.kind
        {
            for (rule, name) in
                types.iter().flat_map(|ty| &ty.words).filter_map(|w| w.split_once('.'))
            {
                note(&MetaRef { rule: Some(rule.to_owned()), name: name.to_owned() });
            }
        }
        if let Some((rule, name)) = metavar.kind.length_name().and_then(|name| name.split_once('.'))
        {
            note(&MetaRef { rule: Some(rule.to_owned()), name: name.to_owned() });
        }
        if let MetaKind::Fresh(seeds) = &metavar.kind {
            for seed in seeds {
                if let Seed::Meta(meta) = seed {
                    note(meta);
                }
            }
        }
    }
    let span = metavars.first().map_or_else(Default::default, |metavar| metavar.span);
    let lengths: Vec<String> =
        metavars.iter().filter_map(|m| m.kind.length_name()).map(str::to_owned).collect();
    for name in lengths {
        match name.split_once('.') {
            Some((rule, name)) => {
                named.push(MetaRef { rule: Some(rule.to_owned()), name: name.to_owned() });
            }
            None if metavars.iter().all(|metavar| metavar.name != name) => {
                let (kind, constraints) = (MetaKind::Metavariable, Vec::new());
                let purity = Purity::default();
                metavars.push(Metavar { name, kind, constraints, purity, origin: None, span });
            }
            None => {}
        }
    }
    for meta in named {
        let Some(rule) = &meta.rule else { continue };
        let full = meta.to_string();
        if metavars.iter().all(|metavar| metavar.name != full) {
            metavars.push(Metavar {
                name: full,
                kind: MetaKind::Metavariable,
                constraints: Vec::new(),
                purity: Purity::default(),
                origin: Some(RuleName(rule.clone())),
                span,
            });
        }
    }
}

fn referenced(constraint: &Constraint, note: &mut impl FnMut(&MetaRef)) {
    match constraint {
        Constraint::OneOf { values, .. } => {
            for value in values {
                note(&MetaRef { name: value.without_stars().to_owned(), ..value.clone() });
            }
        }
        Constraint::Within(meta) => note(meta),
        Constraint::AnyOf(alternatives) => {
            alternatives.iter().flatten().for_each(|constraint| referenced(constraint, note));
        }
        Constraint::Regex { .. } | Constraint::Script | Constraint::Provenance { .. } => {}
    }
}
