//! A whole semantic patch on one file: rule after rule, each seeing what the earlier ones did.
//!
//! In: the rules, a file, what is switched on, and what an analysis knows. Out: the new bytes, and what
//! each rule did. The environments are Coccinelle's: a match of a rule makes a new one out of each it ran
//! in; where it does not match the environment stays as it was; rules that inherit run once for each
//! different set of values.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::define::splice_lines;
use super::environment::{Environment, Pooled, Wanted, inherited_name, merged, moved, moved_back};
use super::version::{Headers, Version};
use super::{Applicability, Arms, Conflict, Edit, apply, check, plan};
use crate::diagnostic::Diagnostic;
use crate::items::{MacroRole, TypeNames};
use crate::lex::LexedFile;
use crate::matcher::{
    Bindings, Cause, Code, Facts, Match, NoFacts, Unit, Value, Why, find, find_in_file, prototypes,
    why,
};
use crate::smpl::{Dependency, Mark, MetaId, MetaKind, Rule, RuleKind, RuleName, SemanticPatch};
use crate::source::Span;

/// What is switched on from outside.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Virtual rules that are on: `-D patch`.
    pub virtuals: BTreeSet<String>,
    /// Values of `virtual.x` metavariables: `-D x=y`.
    pub values: BTreeMap<String, String>,
    /// Names known to be types.
    pub types: TypeNames,
    /// Where braces go.
    pub arms: Arms,
    /// Whether it is held, with a panic, that no rule matches where its clue says that it cannot: for tests, for
    /// it takes a look everywhere. Code must be C: in what is not, the parser may see operators that are none.
    pub holds_clues: bool,
    /// Bytes of the file about which each rule says how far it got.
    pub watch: Option<Span>,
    /// Where types that the file does not declare itself come from.
    pub headers: Option<Arc<dyn Headers>>,
}

/// An analysis that can be asked about each version of a file.
pub trait FileFacts {
    /// What is known about the pages in `units`, the parsed items of `file`.
    fn of(&self, file: &LexedFile, units: &[Unit<'_>]) -> Box<dyn Facts + '_>;
}

impl FileFacts for NoFacts {
    fn of(&self, _: &LexedFile, _: &[Unit<'_>]) -> Box<dyn Facts + '_> {
        Box::new(NoFacts)
    }
}

/// What one rule did.
#[derive(Clone, Debug)]
pub struct RuleReport {
    /// Which.
    pub rule: RuleName,
    /// Its matches, in the version of the file that it saw.
    pub matches: Vec<Match>,
    /// Its edits, in the same version.
    pub edits: Vec<Edit>,
    /// The lines of that version that its `*` lines met: number and text.
    pub starred: BTreeMap<u32, String>,
}

/// A file after all rules.
#[derive(Clone, Debug)]
pub struct Rewrite {
    /// The new content.
    pub bytes: Vec<u8>,
    /// The rules that matched.
    pub reports: Vec<RuleReport>,
    /// The lowest of the edits' applicabilities.
    pub applicability: Applicability,
    /// What could not be done, about the file as it was when it was tried.
    pub diagnostics: Vec<Diagnostic>,
    /// What the rules did in the bytes that are watched, a line each.
    pub story: Vec<String>,
}

/// Runs `patch` over `file`.
pub fn rewrite(
    patch: &SemanticPatch,
    file: &LexedFile,
    settings: &Settings,
    facts: &dyn FileFacts,
) -> Rewrite {
    let mut run = Run {
        original: file,
        wanted: Wanted::of(patch),
        settings,
        facts,
        environments: vec![Environment::default()],
        ever: BTreeSet::new(),
        gave_up: BTreeSet::new(),
        fresh: BTreeMap::new(),
        out: Rewrite {
            bytes: file.bytes.clone(),
            reports: Vec::new(),
            applicability: Applicability::Safe,
            diagnostics: Vec::new(),
            story: Vec::new(),
        },
        watch: settings.watch,
    };
    let names = names_of(patch, settings);
    let headers = settings.headers.as_deref();
    let mut version = Version::new(file.clone(), &names, headers);
    for rule in patch.rules.iter().filter(|rule| rule.kind == RuleKind::Patch) {
        if !rule.required.may_match(&version.file.bytes) {
            run.say_lacking(rule, &version.file);
            continue;
        }
        if let Some(next) = run.rule(rule, &version) {
            version = Version::new(next, &names, headers);
        }
    }
    run.out.bytes = version.file.bytes;
    run.out
}

/// What is known of the names in the file: a rule's declarations say it of some.
fn names_of<'s>(patch: &SemanticPatch, settings: &'s Settings) -> Cow<'s, TypeNames> {
    let mut names = Cow::Borrowed(&settings.types);
    for metavar in patch.rules.iter().flat_map(|rule| &rule.metavars) {
        let name = metavar.name.as_bytes();
        match metavar.kind {
            MetaKind::Typedef if !names.contains(name) => names.to_mut().insert(name),
            MetaKind::AttributeName if !names.is_attribute(name) => {
                names.to_mut().insert_attribute(name);
            }
            MetaKind::Iterator { fixed: true } if names.macro_role(name).is_none() => {
                names.to_mut().insert_macro(name, MacroRole::Iterator);
            }
            _ => {}
        }
    }
    names
}

struct Run<'a> {
    /// The file before all rules: messages are about its lines.
    original: &'a LexedFile,
    wanted: Wanted<'a>,
    settings: &'a Settings,
    facts: &'a dyn FileFacts,
    environments: Vec<Environment>,
    /// The rules that have matched in any environment.
    ever: BTreeSet<RuleName>,
    /// The rules that were given up on somewhere: what they exclude is not known.
    gave_up: BTreeSet<RuleName>,
    /// How many fresh names each prefix has been used for.
    fresh: BTreeMap<String, usize>,
    out: Rewrite,
    /// The watched bytes in the version at hand.
    watch: Option<Span>,
}

impl Run<'_> {
    /// Runs one rule; the file as it is after it, where it changed something.
    fn rule(&mut self, rule: &Rule, version: &Version<'_>) -> Option<LexedFile> {
        let runs = |environment: &Environment| {
            self.depends(rule.depends.as_ref(), environment, version)
                && self.inherited(rule, environment).is_some()
        };
        if !self.environments.iter().any(runs) {
            let holds = |one: &Environment| self.depends(rule.depends.as_ref(), one, version);
            let holds = self.environments.iter().any(holds);
            self.say_not_run(rule, holds);
            return None;
        }
        if let Some(unknown) = self.leans_on(rule) {
            let message = format!("{}: not run, for it depends on {unknown}", rule.name.in_words());
            self.out.diagnostics.push(Diagnostic::warning(Span::default(), message));
            return None;
        }
        // Whoever asks why a rule does not match asks about any item.
        let units = match self.watch {
            Some(_) => version.units(),
            None => version.units_for(rule),
        };
        let facts = self.facts.of(&version.file, &units);
        let bodies = version.macro_bodies(rule);
        let mut all: Vec<Match> = Vec::new();
        let mut in_macros: Vec<Match> = Vec::new();
        let mut next: Vec<Environment> = Vec::new();
        let mut known: BTreeMap<Bindings, (Vec<Match>, Vec<Match>)> = BTreeMap::new();
        let mut given_up: BTreeSet<String> = BTreeSet::new();
        let pooled = self.pooled(rule);
        // What `++` adds for each value that was inherited stands in the order of spatch: the last value first.
        for environment in std::mem::take(&mut self.environments).into_iter().rev() {
            let inherited = self.inherited(rule, &environment).map(|one| pooled.extend(one));
            let runs = self.depends(rule.depends.as_ref(), &environment, version);
            let Some(inherited) = inherited.filter(|_| runs) else {
                if self.watch.is_some() {
                    self.say_not_run(rule, runs);
                }
                next.push(environment);
                continue;
            };
            if let Some(watched) = self.watch.filter(|_| !known.contains_key(&inherited)) {
                let file = &version.file;
                let found = why(rule, file, &units, &inherited, facts.as_ref(), watched);
                self.say(story(rule, file, &found));
            }
            let (matches, macros) = known.entry(inherited).or_insert_with_key(|inherited| {
                let found = find_in_file(rule, &version.file, &units, inherited, facts.as_ref());
                assert!(
                    !self.settings.holds_clues
                        || holds_clue(rule, version, inherited, facts.as_ref()),
                    "rule {} matches where its clue says that it cannot",
                    rule.name
                );
                given_up.extend(found.given_up);
                let in_bodies = bodies.iter();
                let in_bodies =
                    in_bodies.flat_map(|unit| find(rule, unit, inherited, &NoFacts).matches);
                let (mut matches, mut macros) = (found.matches, in_bodies.collect::<Vec<_>>());
                matches.sort();
                macros.sort();
                (matches, macros)
            });
            if matches.is_empty() && macros.is_empty() {
                next.push(environment);
                continue;
            }
            for found in matches.iter().chain(macros.iter()) {
                let parts: Vec<&Match> = found.all();
                let whole =
                    parts.len() == 1 || parts[1..].iter().all(|p| p.bindings == found.bindings);
                let exported = if whole { &parts[..1] } else { &parts[1..] };
                let after = |part: &&Match| environment.after(rule, part, &self.wanted);
                next.extend(exported.iter().map(after));
            }
            all.extend(matches.iter().cloned());
            in_macros.extend(macros.iter().cloned());
        }
        drop(facts);
        if !given_up.is_empty() {
            self.gave_up.insert(rule.name.clone());
        }
        for function in given_up {
            let message = format!("{}: too many ways to match `{function}`", rule.name.in_words());
            let said = Diagnostic::warning(Span::default(), message)
                .with_help("nothing is done there; fewer dots or a `when` make the rule cheaper");
            self.out.diagnostics.push(said);
        }
        self.environments = merged(next, &rule.name);
        if all.is_empty() && in_macros.is_empty() {
            return None;
        }
        self.ever.insert(rule.name.clone());
        all.extend(prototypes(rule, || version.units(), &all));
        for found in [&mut all, &mut in_macros] {
            let mut known = FxHashSet::default();
            found.retain(|one| known.insert(one.clone()));
        }
        self.change(rule, version, all, (&bodies, in_macros))
    }

    fn change(
        &mut self,
        rule: &Rule,
        version: &Version<'_>,
        matches: Vec<Match>,
        (bodies, in_macros): (&[Unit<'_>], Vec<Match>),
    ) -> Option<LexedFile> {
        let file = &version.file;
        let units = version.known_units();
        let counts = &mut self.fresh;
        let mut fresh = |prefix: &str| {
            let count = counts.entry(prefix.to_owned()).or_insert(0);
            *count += 1;
            format!("{prefix}{}", *count - 1)
        };
        let made =
            plan(rule, file, &units, &matches, &mut fresh, self.settings.arms).and_then(|plan| {
                let mut edits = plan.edits;
                if let (false, Some(defines)) = (in_macros.is_empty(), version.defines()) {
                    let plan = plan_of(
                        rule,
                        defines.file(),
                        bodies,
                        &in_macros,
                        &mut fresh,
                        self.settings.arms,
                    )?;
                    edits.extend(plan);
                    edits.sort();
                }
                Ok((apply(&file.bytes, &edits)?, edits))
            });
        let (bytes, edits) = match made {
            Ok(made) => made,
            Err(conflict) => {
                self.out.diagnostics.push(self.refused(rule, &conflict));
                return None;
            }
        };
        // A match without an edit has left nothing to check.
        if !edits.is_empty()
            && let Err(error) = check(&file.bytes, &bytes, &edits)
        {
            let error = Diagnostic { span: self.in_original(error.span), ..error };
            self.out.diagnostics.push(error);
            return None;
        }
        let lowest = edits.iter().map(|edit| edit.applicability).max();
        self.out.applicability = self.out.applicability.max(lowest.unwrap_or(Applicability::Safe));
        let changed = bytes != file.bytes;
        if let Some(watch) = self.watch.filter(|_| changed) {
            self.watch = Some(Span::new(moved(watch.start, &edits), moved(watch.end, &edits)));
        }
        if changed {
            for environment in &mut self.environments {
                environment.move_positions(&edits);
            }
        }
        let starred = starred(rule, file, &matches);
        self.out.reports.push(RuleReport { rule: rule.name.clone(), matches, edits, starred });
        changed.then(|| LexedFile::new(file.path.clone(), bytes))
    }

    /// Tells whoever asks about some bytes, once.
    fn say(&mut self, line: String) {
        if self.watch.is_some() && !self.out.story.contains(&line) {
            self.out.story.push(line);
        }
    }

    fn say_not_run(&mut self, rule: &Rule, runs: bool) {
        let depends = rule.depends.iter().flat_map(Dependency::rules);
        let depends: Vec<&str> = depends.map(|name| name.0.as_str()).collect();
        let line = match runs {
            true => format!("{}: not run: an inherited metavariable has no value", rule.name),
            false => format!(
                "{}: not run: what it depends on does not hold ({})",
                rule.name,
                depends.join(", ")
            ),
        };
        self.say(line);
    }

    /// Says that `rule` cannot match anywhere in `file`, for a word is not there.
    fn say_lacking(&mut self, rule: &Rule, file: &LexedFile) {
        let words = rule.required.lacking(&file.bytes).unwrap_or_default().join("` or `");
        self.say(format!("{}: not run: the file has no `{words}`", rule.name));
    }

    fn refused(&self, rule: &Rule, conflict: &Conflict) -> Diagnostic {
        let message =
            format!("{}: {}; nothing of it is done here", rule.name.in_words(), conflict.reason);
        let (first, second) = (self.in_original(conflict.first), self.in_original(conflict.second));
        let other = self.original.lines.location(second.start);
        Diagnostic::error(first, message)
            .with_help(format!("the other change is at {}:{other}", self.original.path))
    }

    /// Where the bytes `span` of the version at hand come from.
    fn in_original(&self, span: Span) -> Span {
        let earlier = self.out.reports.iter().rev();
        let back = |at: u32| earlier.clone().fold(at, |at, report| moved_back(at, &report.edits));
        Span::new(back(span.start), back(span.end))
    }

    /// The inherited values of `rule`; `None` where one is missing.
    fn inherited(&self, rule: &Rule, environment: &Environment) -> Option<Bindings> {
        let mut bindings = Bindings::new(rule.metavars.len());
        for (index, metavar) in rule.metavars.iter().enumerate() {
            let Some(origin) = &metavar.origin else { continue };
            let id = MetaId(index as u32);
            let name = inherited_name(&metavar.name).to_owned();
            let value = if origin.0 == "virtual" {
                let text = self.settings.values.get(&name)?;
                Some(Value::Code(Code::word(text.as_bytes())))
            } else {
                environment.values.get(&(origin.clone(), name)).cloned()
            };
            match value {
                Some(value) => bindings.set(id, value),
                None if rule.needs(id) => return None,
                None => {}
            }
        }
        Some(bindings)
    }

    /// A rule that `rule` asks about and that was given up on.
    fn leans_on<'r>(&self, rule: &'r Rule) -> Option<&'r RuleName> {
        let asked = rule.depends.iter().flat_map(Dependency::rules);
        let origins = rule.metavars.iter().filter_map(|metavar| metavar.origin.as_ref());
        asked.chain(origins).find(|name| self.gave_up.contains(*name))
    }

    /// The positions that `rule` only excludes.
    ///
    /// A place that any match of another rule has excluded is excluded, not that of one match at a time.
    fn pooled(&self, rule: &Rule) -> Pooled {
        let metas = (0..rule.metavars.len() as u32).map(MetaId);
        let excluded = metas.filter(|&id| {
            rule.metavar(id).origin.is_some() && !rule.body.mentions(id) && !rule.needs(id)
        });
        let mut pooled = Pooled { excluded: excluded.collect(), places: BTreeMap::new() };
        if pooled.excluded.is_empty() {
            return pooled;
        }
        let all = self.environments.iter().filter_map(|one| self.inherited(rule, one));
        for bindings in all.collect::<Vec<_>>() {
            let key = pooled.key(&bindings);
            let known = pooled.places.entry(key).or_default();
            for &id in &pooled.excluded {
                if let Some(Value::Positions(places)) = bindings.get(id) {
                    known.entry(id).or_default().extend(places.iter().cloned());
                }
            }
        }
        pooled
    }

    fn depends(
        &self,
        dependency: Option<&Dependency>,
        environment: &Environment,
        version: &Version<'_>,
    ) -> bool {
        let Some(dependency) = dependency else { return true };
        let again = |inner: &Dependency| self.depends(Some(inner), environment, version);
        match dependency {
            Dependency::Rule(name) => {
                environment.matched.contains(name) || self.settings.virtuals.contains(&name.0)
            }
            Dependency::Ever(name) => {
                self.ever.contains(name) || self.settings.virtuals.contains(&name.0)
            }
            Dependency::Never(name) => {
                !self.ever.contains(name) && !self.settings.virtuals.contains(&name.0)
            }
            Dependency::FileIn(folder) => {
                let folder = folder.trim_end_matches('/');
                let path = version.file.path.as_str();
                path == folder || path.starts_with(&format!("{folder}/"))
            }
            Dependency::Not(inner) => !again(inner),
            Dependency::And(a, b) => again(a) && again(b),
            Dependency::Or(a, b) => again(a) || again(b),
        }
    }
}

/// Whether `rule` really matches in none of the items that do not show its clue.
fn holds_clue(rule: &Rule, version: &Version<'_>, inherited: &Bindings, facts: &dyn Facts) -> bool {
    let units = version.units_ruled_out(rule);
    units.iter().all(|unit| find(rule, unit, inherited, facts).matches.is_empty())
}

/// How far a rule got, as a line.
fn story(rule: &Rule, file: &LexedFile, found: &Why) -> String {
    let miss = match &found.miss {
        _ if found.matches > 0 => {
            return format!("{}: matches here, {} times", rule.name, found.matches);
        }
        None => return format!("{}: nothing here is what it starts with", rule.name),
        Some(miss) => miss,
    };
    let in_rule = |token| {
        let token = rule.body.token(token);
        format!("line {} at `{}`", token.line, token.text)
    };
    let so_far = match miss.last {
        Some(last) => format!("met up to its {}", in_rule(last)),
        None => "nothing here is what it starts with".to_owned(),
    };
    let token = in_rule(miss.token);
    let code = format!("{}:{} `{}`", file.path, file.location(miss.place.start), miss.code(file));
    let end = match &miss.cause {
        Cause::Differs(reason) => format!("its {token} meets {code}, {reason}"),
        Cause::Unreached(value) => {
            let value = value.as_ref().map(|value| format!(", which stands for `{value}`"));
            format!("the dots reach nothing that its {token} is{}", value.unwrap_or_default())
        }
        Cause::Stopped(reason) => format!("the dots of its {token} end before {code}, {reason}"),
    };
    format!("{}: {so_far}; {end}", rule.name)
}

/// The edits of the bodies of macros.
fn plan_of(
    rule: &Rule,
    file: &LexedFile,
    bodies: &[Unit<'_>],
    matches: &[Match],
    fresh: &mut dyn FnMut(&str) -> String,
    arms: Arms,
) -> Result<Vec<Edit>, Conflict> {
    let mut edits = plan(rule, file, bodies, matches, fresh, arms)?.edits;
    splice_lines(&mut edits);
    Ok(edits)
}

/// The lines that the `*` lines of `rule` met.
fn starred(rule: &Rule, file: &LexedFile, matches: &[Match]) -> BTreeMap<u32, String> {
    let mut lines = BTreeMap::new();
    if !rule.body.reports() {
        return lines;
    }
    let parts = matches.iter().flat_map(Match::all);
    let links = parts.flat_map(|part| &part.links);
    let starred = links.filter(|link| rule.body.token(link.token).mark == Mark::Star);
    for range in starred.flat_map(|link| &link.places).filter(|range| !range.is_empty()) {
        let line = file.lines.location(file.tokens.span(range.start).start).line;
        let text = file.lines.line_span(line).map(|span| &file.bytes[span.range()]);
        let text = String::from_utf8_lossy(text.unwrap_or_default()).trim_end().to_owned();
        lines.entry(line).or_insert(text);
    }
    lines
}
