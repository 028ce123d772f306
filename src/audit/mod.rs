//! Who acquires pages of get_user_pages(), and what becomes of them in the same function.
//!
//! In: a [`Function`] and the [`Vocabulary`]. Out: an [`Acquisition`] for each GUP call: its flags, where the
//! function gives the pages back and by which call, and whether it does so on every way out.
//!
//! Everything is told of one name: the variable or member that the call fills. What happens under another
//! name was handed on, and no claim is made about it; so a leak that is claimed is one, and a leak that is
//! not may still be. Whether pages reach a bio is not asked here: the scan tells.

mod ending;
mod name;

use crate::ast::{Kind, NodeId};
use crate::lex::{LexedFile, TokenKind};
use crate::provenance::{
    FlagNames, Function, Meaning, ReferenceKind, Source, SourceGives, Vocabulary,
};

pub use ending::Ending;
use name::Name;

/// A call that takes references to a user's pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acquisition {
    /// What is called.
    pub call: String,
    /// 1-based.
    pub line: u32,
    /// 1-based, in bytes.
    pub column: u32,
    /// The function it is called in.
    pub function: String,
    /// How the references are taken.
    pub reference: ReferenceKind,
    /// The flags that the call gets, or may get by way of a variable, sorted.
    pub flags: Vec<String>,
    /// Which way the data goes.
    pub transfer: Transfer,
    /// What is filled, as written; `None` where the call keeps the pages to itself.
    pub pages: Option<String>,
    /// Where the function gives them back, in source order.
    pub releases: Vec<Release>,
    /// How the function leaves them.
    pub ending: Ending,
}

/// Which way data goes between the pages and whoever uses them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transfer {
    /// The pages are written to.
    Destination,
    /// The pages are only read.
    Source,
    /// The flags do not tell, or not here.
    Unknown,
}

/// A call that gives a reference back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// What is called.
    pub call: String,
    /// 1-based.
    pub line: u32,
    /// Which kind of reference it ends.
    pub reference: ReferenceKind,
}

impl Acquisition {
    /// The releases of the wrong kind, where there is none of the right kind beside them: a branch may well
    /// hold pages from elsewhere under the same name.
    pub fn wrong_releases(&self) -> Vec<&Release> {
        let right = |release: &&Release| {
            release.reference == self.reference
                || [release.reference, self.reference].contains(&ReferenceKind::Flags)
        };
        if self.releases.iter().any(|release| right(&release)) {
            return Vec::new();
        }
        self.releases.iter().collect()
    }
}

/// What the parts of the analysis know of a function.
#[derive(Clone, Copy)]
struct Context<'a> {
    function: &'a Function,
    file: &'a LexedFile,
    vocabulary: &'a Vocabulary,
}

impl<'a> Context<'a> {
    fn kind(&self, id: NodeId) -> Kind {
        self.function.ast().kind(id)
    }

    fn text(&self, id: NodeId) -> String {
        self.file.range_text(self.function.ast().tokens(id)).to_string()
    }

    fn line(&self, id: NodeId) -> u32 {
        self.file.location(self.function.ast().tokens(id).start).line
    }

    /// The plain name that a call calls, and its arguments.
    fn called(&self, id: NodeId) -> Option<(String, &'a [NodeId])> {
        let ast = self.function.ast();
        let Kind::Call { callee, args } = ast.kind(id) else { return None };
        let callee = ast.strip_parens(callee);
        let is_name = ast.kind(callee) == Kind::Ident;
        is_name.then(|| (self.text(callee), ast.list(args)))
    }

    fn meaning(&self, name: &str) -> Option<Meaning<'a>> {
        self.vocabulary.meaning(name)
    }
}

/// The GUP calls of a function, in source order.
pub fn acquisitions(
    function: &Function,
    file: &LexedFile,
    vocabulary: &Vocabulary,
) -> Vec<Acquisition> {
    let context = Context { function, file, vocabulary };
    let ast = function.ast();
    let mut found: Vec<Acquisition> = ast
        .ids()
        .filter_map(|id| {
            let (name, args) = context.called(id)?;
            match context.meaning(&name) {
                Some(Meaning::Source(source)) => Some(acquisition(context, id, name, source, args)),
                _ => None,
            }
        })
        .collect();
    found.sort_by_key(|found| (found.line, found.column));
    found
}

fn acquisition(
    context: Context<'_>,
    id: NodeId,
    call: String,
    source: &Source,
    args: &[NodeId],
) -> Acquisition {
    let filled = match source.gives {
        SourceGives::Array | SourceGives::ArrayPointer => {
            source.pages.and_then(|at| args.get(at)).copied()
        }
        SourceGives::Result => name::assigned(context, id),
        SourceGives::Container => None,
    };
    let takes_none = filled.is_some_and(|filled| is_null(&context.text(filled)));
    let filled = filled.filter(|_| !takes_none);
    let declared = match source.gives {
        SourceGives::Result => name::result(context, id),
        SourceGives::Array | SourceGives::ArrayPointer | SourceGives::Container => None,
    };
    let name = match (filled, declared) {
        (Some(filled), _) => Name::of(context, filled),
        (None, declared) => declared.map(|variable| Name::of_variable(context, variable)),
    };
    let known = context.vocabulary.source_flags();
    let given = source.flags.and_then(|at| args.get(at)).copied();
    let (flags, transfer) = match known.zip(given) {
        Some((known, given)) => flags(context, known, given),
        None => (Vec::new(), Transfer::Unknown),
    };
    let releases = name.as_ref().map(|name| releases(context, name)).unwrap_or_default();
    let ending = match &name {
        _ if takes_none => Ending::NothingTaken,
        Some(name) => ending::ending(context, id, name, source.gives),
        None if source.gives == SourceGives::Container => Ending::HandedOn,
        None => Ending::Unknown(Vec::new()),
    };
    let place = context.file.location(context.function.ast().tokens(id).start);
    Acquisition {
        call,
        line: place.line,
        column: place.column,
        function: context.function.scope().name.clone(),
        reference: source.reference,
        flags,
        transfer,
        pages: filled.map(|filled| context.text(filled)).or_else(|| Some(name?.to_string())),
        releases,
        ending,
    }
}

/// A call that is given no place for pages only faults them in.
fn is_null(text: &str) -> bool {
    matches!(text, "NULL" | "0")
}

/// The flags in the argument `given`, and in all that the function puts into the variables in it.
fn flags(context: Context<'_>, known: &FlagNames, given: NodeId) -> (Vec<String>, Transfer) {
    let ast = context.function.ast();
    let in_range = |id: NodeId| -> Vec<String> {
        ast.tokens(id)
            .iter()
            .filter(|&token| context.file.tokens.kind(token) == TokenKind::Ident)
            .map(|token| context.file.text(token).to_string())
            .filter(|word| word.starts_with(known.prefix.as_str()))
            .collect()
    };
    let mut all = in_range(given);
    // A condition, or a variable: the flags may be there or not.
    let is_plain = |id: NodeId| {
        ast.descendants(id).all(|part| match ast.kind(part) {
            Kind::Ident => context.text(part).starts_with(known.prefix.as_str()),
            Kind::Conditional { .. } | Kind::Call { .. } => false,
            _ => true,
        })
    };
    let certain = is_plain(given);
    let names = std::iter::once(given).chain(ast.descendants(given));
    for name in names.filter_map(|part| Name::of(context, part)) {
        for value in name.values(context) {
            all.extend(in_range(value));
        }
    }
    all.sort();
    all.dedup();
    let writes = all.contains(&known.write);
    let transfer = match (certain, writes) {
        (true, true) => Transfer::Destination,
        (true, false) => Transfer::Source,
        (false, _) => Transfer::Unknown,
    };
    (all, transfer)
}

/// The calls that give back what `name` holds, under this name or as a variable that holds nothing else.
fn releases(context: Context<'_>, name: &Name) -> Vec<Release> {
    let ast = context.function.ast();
    let aliases = name.aliases(context);
    let mut found: Vec<Release> = ast
        .ids()
        .filter_map(|id| {
            let (call, args) = context.called(id)?;
            let Some(Meaning::Release(release)) = context.meaning(&call) else { return None };
            // An address that is freed as a number is that of the array.
            let is_ours = |&&arg: &&NodeId| {
                let given = Name::of(context, arg);
                !matches!(ast.kind(arg), Kind::Cast { .. })
                    && given.is_some_and(|given| given == *name || aliases.contains(&given))
            };
            args.iter().find(is_ours)?;
            Some(Release { call, line: context.line(id), reference: release.reference })
        })
        .collect();
    found.sort_by_key(|release| release.line);
    found
}

#[cfg(test)]
mod tests;
