//! Semantic patches: `.cocci` text to [`Rule`]s that the matcher can run.
//!
//! In: the bytes of a rule file. Out: a [`SemanticPatch`], or diagnostics with file bytes and a hint. The
//! stages, a file each: [`scan`] blanks the marker column and lexes, `header` and `declare` read what
//! stands between the `@`, `body` groups the code into choices, nests and dots and hangs the added code
//! on its neighbours, `slice` writes the minus slice as C with placeholders and has it parsed by the
//! same front end as the kernel, `lower` turns that AST into a [`Pat`](pattern::Pat).
//!
//! `iso` then adds what the code may also look like.
//!
//! Script rules are kept as text: running them is a step of its own, and the place for it is
//! [`RuleKind::Script`].

pub mod attribute;
mod beside;
mod body;
pub mod clue;
mod cursor;
mod declare;
pub mod format;
mod header;
pub mod iso;
pub mod lint;
mod lower;
pub mod metavar;
pub mod pattern;
mod required;
pub mod scan;
mod settle;
pub mod shape;
mod slice;
mod write;

use std::fmt;
use std::sync::OnceLock;

use crate::diagnostic::Diagnostic;
use crate::lex::TokenKind;
use crate::source::{LineIndex, Span};

pub use body::{Body, BodyToken, Placement, PlusRun, PlusToken};
pub use metavar::{MetaId, MetaKind, Metavar, ProvenanceClass};
pub use required::Required;
pub use scan::Mark;

use clue::Clue;
use cursor::Cursor;
use header::Header;
use pattern::Pattern;
use scan::Scan;

/// The words of a type as a rule has them, and as a file may have them instead.
pub type Spelling = (Vec<String>, Vec<String>);

/// A rule's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleName(pub String);

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl RuleName {
    /// As the subject of a sentence: `rule r`, or what an unnamed rule is called.
    pub fn in_words(&self) -> String {
        match self.0.starts_with(UNNAMED) {
            true => self.0.clone(),
            false => format!("rule {self}"),
        }
    }
}

/// How the made-up name of a rule without one starts.
const UNNAMED: &str = "rule starting on line";

/// A whole rule file.
#[derive(Clone, Debug)]
pub struct SemanticPatch {
    /// In the order of the file.
    pub rules: Vec<Rule>,
    /// The names declared with `virtual`.
    pub virtuals: Vec<String>,
    /// Isomorphism files named with `using`.
    pub iso_files: Vec<String>,
    /// Rule files named with `#include`.
    pub includes: Vec<String>,
    /// The words of `#spatch` lines.
    pub options: Vec<String>,
}

/// What kind of rule it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// One that matches code.
    Patch,
    /// Code in another language.
    Script {
        /// When it runs.
        role: ScriptRole,
        /// `python` or `ocaml`.
        language: String,
    },
}

/// When a script runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScriptRole {
    /// Between the other rules.
    Rule,
    /// Before the first file.
    Initialize,
    /// After the last file.
    Finalize,
}

/// `exists`, `forall`, or what fits the rule: `exists` where it has `*` lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// Not said.
    Default,
    /// One path is enough.
    Exists,
    /// All paths must match.
    Forall,
}

/// Which uses of a lone name a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleFocus {
    /// Not said.
    Any,
    /// Expressions.
    Expression,
    /// Every use of the name.
    Identifier,
    /// Types.
    Type,
}

/// When a rule runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dependency {
    /// The rule has matched with these bindings, or the virtual rule is switched on.
    Rule(RuleName),
    /// It has matched at all.
    Ever(RuleName),
    /// It has not matched at all.
    Never(RuleName),
    /// The file lies below this path.
    FileIn(String),
    /// Not so.
    Not(Box<Dependency>),
    /// Both.
    And(Box<Dependency>, Box<Dependency>),
    /// Either.
    Or(Box<Dependency>, Box<Dependency>),
}

impl Dependency {
    /// The rules that it asks about.
    pub fn rules(&self) -> Vec<&RuleName> {
        match self {
            Dependency::Rule(name) | Dependency::Ever(name) | Dependency::Never(name) => vec![name],
            Dependency::FileIn(_) => Vec::new(),
            Dependency::Not(inner) => inner.rules(),
            Dependency::And(a, b) | Dependency::Or(a, b) => [a.rules(), b.rules()].concat(),
        }
    }
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// As written, or made up from its place in the file.
    pub name: RuleName,
    /// What kind.
    pub kind: RuleKind,
    /// The rule it extends.
    pub extends: Option<RuleName>,
    /// When it runs.
    pub depends: Option<Dependency>,
    /// Isomorphisms that are off.
    pub disabled: Vec<String>,
    /// Isomorphism files of its own.
    pub iso_files: Vec<String>,
    /// Over which paths.
    pub quantifier: Quantifier,
    /// Which uses of a name.
    pub focus: RuleFocus,
    /// What its names stand for; [`MetaId`] is the index.
    pub metavars: Vec<Metavar>,
    /// Its code as tokens, with the added code on them.
    pub body: Body,
    /// Its code as a pattern.
    pub pattern: Pattern,
    /// The words without which it cannot match.
    pub required: Required,
    /// What an item shows in which it may match, worked out when it is first asked for.
    clue: OnceLock<Clue>,
    /// Words of types in its code, and other words that they may have in the file.
    pub spellings: Vec<Spelling>,
    /// Its header.
    pub span: Span,
}

impl Rule {
    /// The metavariable `id`.
    pub fn metavar(&self, id: MetaId) -> &Metavar {
        &self.metavars[id.index()]
    }

    /// Whether the rule cannot run where `id`, which it inherits, has no value: it is used in the code, and
    /// not only in a constraint, where a missing value constrains nothing, nor only in some arms of a
    /// choice, which then do not match.
    pub fn needs(&self, id: MetaId) -> bool {
        let name = self.metavar(id).name.as_str();
        let is_length = self.metavars.iter().any(|other| other.kind.length_name() == Some(name));
        is_length || self.body.needs(id) || !self.body.mentions(id) && !name.contains('.')
    }

    /// The classes of pages without which it cannot match: one of them for each constraint on where a page comes from.
    pub fn asked_classes(&self) -> impl Iterator<Item = ProvenanceClass> {
        let constraints = self.metavars.iter().flat_map(|metavar| &metavar.constraints);
        constraints.filter_map(|constraint| match constraint {
            metavar::Constraint::Provenance { class, .. } => Some(*class),
            _ => None,
        })
    }

    /// Whether the isomorphism `name` may be used.
    pub fn allows(&self, name: &str) -> bool {
        !self.disabled.iter().any(|disabled| disabled == name || disabled == "all")
    }

    /// What an item shows in which it may match; the rule is not changed any more once this was asked for.
    pub fn clue(&self) -> &Clue {
        self.clue.get_or_init(|| clue::clue(self))
    }

    /// Whether it changes code.
    pub fn transforms(&self) -> bool {
        self.body.transforms()
    }
}

/// A rule file that could not be used.
#[derive(Clone, Debug)]
pub struct Rejected {
    /// What is wrong with it: at least one error.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a rule file that uses the standard isomorphisms. Beside the rules there may be warnings.
pub fn parse(bytes: &[u8]) -> Result<(SemanticPatch, Vec<Diagnostic>), Rejected> {
    let (mut patch, mut warnings) = parse_plain(bytes)?;
    warnings.extend(iso::apply(&mut patch, iso::Library::built_in()));
    Ok((patch, warnings))
}

/// Reads a rule file and leaves its code as it is written; [`iso::apply`] adds isomorphisms.
pub fn parse_plain(bytes: &[u8]) -> Result<(SemanticPatch, Vec<Diagnostic>), Rejected> {
    let lines = LineIndex::new(bytes);
    let scan = scan::scan(bytes, &lines);
    let mut reader = Reader {
        scan: &scan,
        at: 0,
        patch: SemanticPatch::empty(),
        types: Vec::new(),
        attributes: Vec::new(),
    };
    let mut warnings = Vec::new();
    let errors = reader.file(&mut warnings);
    if errors.is_empty() {
        Ok((reader.patch, warnings))
    } else {
        Err(Rejected { diagnostics: errors })
    }
}

impl SemanticPatch {
    fn empty() -> SemanticPatch {
        SemanticPatch {
            rules: Vec::new(),
            virtuals: Vec::new(),
            iso_files: Vec::new(),
            includes: Vec::new(),
            options: Vec::new(),
        }
    }

    /// The rule of that name.
    pub fn rule(&self, name: &RuleName) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.name == *name)
    }
}

struct Reader<'s> {
    scan: &'s Scan,
    at: usize,
    patch: SemanticPatch,
    /// Names declared as types so far: a `typedef` declaration holds for the rest of the file.
    types: Vec<String>,
    /// The same of `attribute name` declarations.
    attributes: Vec<String>,
}

impl Reader<'_> {
    /// Reads all of it, and says what is wrong: after an error it goes on with the next rule.
    fn file(&mut self, warnings: &mut Vec<Diagnostic>) -> Vec<Diagnostic> {
        let mut errors = Vec::new();
        while self.at < self.scan.tokens.len() {
            let token = self.scan.tokens[self.at];
            let read = match token.kind {
                TokenKind::BlockComment | TokenKind::LineComment => {
                    self.at += 1;
                    Ok(())
                }
                TokenKind::Directive => {
                    self.directive();
                    Ok(())
                }
                TokenKind::At => self.rule(warnings),
                _ => self.preamble(),
            };
            if let Err(error) = read {
                errors.push(error);
                self.at = self.next_rule();
            }
        }
        errors
    }

    /// The header after the rule at hand; the end of the file where the rule has no `@@`.
    fn next_rule(&self) -> usize {
        let end = self.scan.tokens.len();
        let from = |start: usize, found: &dyn Fn(usize) -> bool| (start..end).find(|&at| found(at));
        let name_end = from(self.at + 1, &|at| self.is_at(at)).unwrap_or(end);
        let code = from(name_end + 1, &|at| self.is_double_at(at)).map_or(end, |at| at + 2);
        from(code, &|at| self.is_at(at) && self.scan.tokens[at].first_column).unwrap_or(end)
    }

    fn directive(&mut self) {
        let text = self.scan.token_text(self.at).trim_start_matches('#').trim();
        if let Some(options) = text.strip_prefix("spatch") {
            self.patch.options.extend(options.split_whitespace().map(str::to_owned));
        } else if let Some(file) = text.strip_prefix("include") {
            let name = file.trim().trim_matches(|c| matches!(c, '"' | '<' | '>'));
            self.patch.includes.push(name.to_owned());
        }
        self.at += 1;
    }

    /// `virtual a, b` and `using "file"` before the first rule.
    fn preamble(&mut self) -> Result<(), Diagnostic> {
        let mut cursor = Cursor::new(self.scan, self.at, self.scan.tokens.len());
        let word = cursor.peek_text();
        let mut used = 1;
        cursor.next();
        match word {
            "virtual" => loop {
                self.patch.virtuals.push(cursor.word("a name for a virtual rule")?.to_owned());
                used += 1;
                if !cursor.eat(",") {
                    break;
                }
                used += 1;
            },
            "using" => {
                self.patch.iso_files.push(header::string(&mut cursor, "an isomorphism file")?);
                used += 1;
            }
            ";" => {}
            other => {
                return Err(Diagnostic::error(
                    self.scan.tokens[self.at].span,
                    format!("`{other}` stands before any rule"),
                )
                .with_help("a rule starts with `@@` or `@name@` in the first column"));
            }
        }
        let mut left = used;
        while left > 0 {
            let kind = self.scan.tokens[self.at].kind;
            left -= usize::from(!matches!(kind, TokenKind::BlockComment | TokenKind::LineComment));
            self.at += 1;
        }
        Ok(())
    }

    /// The first token from `from` on that `found` accepts; the end of the file is an error at the header.
    fn find(
        &self,
        from: usize,
        what: &str,
        found: impl Fn(usize) -> bool,
    ) -> Result<usize, Diagnostic> {
        (from..self.scan.tokens.len()).find(|&at| found(at)).ok_or_else(|| {
            Diagnostic::error(
                self.scan.tokens[self.at].span,
                format!("unterminated rule header: {what}"),
            )
            .with_help("a rule is `@name@`, declarations, `@@`, and then its code")
        })
    }

    fn is_at(&self, index: usize) -> bool {
        self.scan.tokens.get(index).is_some_and(|token| token.kind == TokenKind::At)
    }

    /// Whether `index` and the token after it are `@@`.
    fn is_double_at(&self, index: usize) -> bool {
        self.is_at(index)
            && self.is_at(index + 1)
            && self.scan.tokens[index].span.end == self.scan.tokens[index + 1].span.start
    }

    fn rule(&mut self, warnings: &mut Vec<Diagnostic>) -> Result<(), Diagnostic> {
        let open = self.at;
        let name_end = self.find(open + 1, "the second `@` is missing", |at| self.is_at(at))?;
        let header = header::parse(Cursor::new(self.scan, open + 1, name_end))?;
        let metavars_end =
            self.find(name_end + 1, "`@@` is missing after the declarations", |at| {
                self.is_double_at(at)
            })?;
        let body_start = metavars_end + 2;
        let body_end = (body_start..self.scan.tokens.len())
            .find(|&at| self.is_at(at) && self.scan.tokens[at].first_column)
            .unwrap_or(self.scan.tokens.len());
        let rule =
            self.build(header, (name_end + 1, metavars_end), (body_start, body_end), warnings)?;
        self.patch.rules.push(rule);
        self.at = body_end;
        Ok(())
    }

    fn build(
        &mut self,
        header: Header,
        declarations: (usize, usize),
        code: (usize, usize),
        warnings: &mut Vec<Diagnostic>,
    ) -> Result<Rule, Diagnostic> {
        let span = self.scan.tokens[self.at].span;
        let name = header
            .name
            .unwrap_or_else(|| RuleName(format!("{UNNAMED} {}", self.scan.tokens[self.at].line)));
        let is_script = header.kind != RuleKind::Patch;
        let (metavars, body, pattern) = if is_script {
            (Vec::new(), Body::default(), Pattern::Empty)
        } else {
            let cursor = Cursor::new(self.scan, declarations.0, declarations.1);
            let mut metavars = declare::parse(cursor)?;
            self.add_inherited_types(&header.extends, &mut metavars);
            declare::add_referenced(&mut metavars);
            self.types.extend(
                metavars.iter().filter(|m| m.kind == MetaKind::Typedef).map(|m| m.name.clone()),
            );
            let attributes = metavars.iter().filter(|m| m.kind == MetaKind::AttributeName);
            self.attributes.extend(attributes.map(|m| m.name.clone()));
            let (mut body, groups) = body::parse(self.scan, code.0, code.1, &metavars)?;
            let names = slice::Names { types: &self.types, attributes: &self.attributes };
            let pattern = slice::parse(&body, &groups, &metavars, names, header.focus)?;
            beside::place_runs(&mut body, &pattern);
            unused(&metavars, &body, warnings);
            (metavars, body, pattern)
        };
        let required = required::required(&body, &pattern, &metavars);
        Ok(Rule {
            name,
            kind: header.kind,
            extends: header.extends,
            depends: header.depends,
            disabled: header.disabled,
            iso_files: header.iso_files,
            quantifier: header.quantifier,
            focus: header.focus,
            metavars,
            body,
            pattern,
            required,
            clue: OnceLock::new(),
            spellings: Vec::new(),
            span,
        })
    }

    /// `extends r`: the metavariables of `r` are inherited without being declared again.
    fn add_inherited_types(&self, extends: &Option<RuleName>, metavars: &mut Vec<Metavar>) {
        let Some(base) = extends.as_ref().and_then(|name| self.patch.rule(name)) else { return };
        for inherited in &base.metavars {
            if metavars.iter().all(|own| own.name != inherited.name) {
                let origin = inherited.origin.clone().or_else(|| Some(base.name.clone()));
                metavars.push(Metavar { origin, ..inherited.clone() });
            }
        }
    }
}

/// Warns about metavariables that are declared and not used: most often a misspelt name.
fn unused(metavars: &[Metavar], body: &Body, warnings: &mut Vec<Diagnostic>) {
    let in_constraint = |id: MetaId| {
        metavars.iter().any(|metavar| metavar.constraints.iter().any(|constraint| {
            matches!(constraint, metavar::Constraint::Provenance { condition, .. } if *condition == Some(id))
        }))
    };
    let in_type = |name: &str| {
        metavars.iter().any(|metavar| match &metavar.kind {
            MetaKind::Expression { types }
            | MetaKind::Idexpression { types, .. }
            | MetaKind::Constant { types } => types.iter().any(|ty| ty.words.iter().any(|w| w == name)),
            MetaKind::Fresh(seeds) => seeds.iter().any(
                |seed| matches!(seed, metavar::Seed::Meta(meta) if meta.rule.is_none() && meta.name == name),
            ),
            kind => kind.length_name() == Some(name),
        })
    };
    for (index, metavar) in metavars.iter().enumerate() {
        let id = MetaId(index as u32);
        let stands_for_itself = matches!(
            metavar.kind,
            MetaKind::Symbol
                | MetaKind::Typedef
                | MetaKind::AttributeName
                | MetaKind::Declarer { fixed: true }
                | MetaKind::Iterator { fixed: true }
        );
        if !stands_for_itself
            && !metavar.name.contains('.')
            && !body.mentions(id)
            && !in_constraint(id)
            && !in_type(&metavar.name)
        {
            warnings.push(
                Diagnostic::warning(
                    metavar.span,
                    format!("metavariable `{}` is not used", metavar.name),
                )
                .with_help("remove its declaration, or use it in the rule's code"),
            );
        }
    }
}
