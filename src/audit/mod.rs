//! Who acquires pages of get_user_pages(), and what becomes of them in the same function.
//!
//! In: a [`Function`] and the [`Vocabulary`]. Out: an [`Acquisition`] for each GUP call: its flags, where the
//! function gives the pages back and by which call, and whether it does so on every way out.
//!
//! Everything is told of one name: the variable or member that the call fills. What happens under another
//! name was handed on, and no claim is made about it; so a leak that is claimed is one, and a leak that is
//! not may still be. Whether pages reach a bio is not asked here: the scan tells.

mod ending;
mod flags;
mod name;
mod writes;

use crate::ast::{Kind, NodeId};
use crate::lex::LexedFile;
use crate::provenance::{
    Container, Function, Meaning, ReferenceKind, Source, SourceGives, Vocabulary, When,
};

pub use ending::Ending;
use name::Name;
pub use writes::{Write, Writer};

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
    /// Where that depends on one condition: what is true where the pages are written to.
    pub writes_when: Option<String>,
    /// What is given in the place of flags without being one.
    pub number: Option<String>,
    /// The container that the call itself puts the pages into.
    pub container: Option<Container>,
    /// What is filled, as written; `None` where the call keeps the pages to itself.
    pub pages: Option<String>,
    /// Where the function gives them back, in source order.
    pub releases: Vec<Release>,
    /// How the function leaves them.
    pub ending: Ending,
    /// Where the function writes to them, or has a device do so.
    pub writes: Vec<Write>,
    /// The members in which others find them.
    pub members: Vec<String>,
}

/// Which way data goes between the pages and whoever uses them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transfer {
    /// The pages are written to.
    Destination,
    /// The pages are only read.
    Source,
    /// The flags do not tell, or not here.
    #[default]
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
    /// Whether it is for pages that the function has allocated.
    pub allocated: bool,
}

impl Acquisition {
    /// The releases of the wrong kind, where there is none of the right kind beside them: a branch may well
    /// hold pages from elsewhere under the same name.
    pub fn wrong_releases(&self) -> Vec<&Release> {
        let right = |release: &&Release| {
            let is_its_kind = release.reference == self.reference
                || [release.reference, self.reference].contains(&ReferenceKind::Flags);
            is_its_kind && !release.allocated
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
        // The container stands for its pages.
        SourceGives::Container => source.pages.and_then(|at| args.get(at)).copied(),
    };
    let takes_none = filled.is_some_and(|filled| is_null(&context.text(filled)));
    let filled = filled.filter(|_| !takes_none);
    let declared = match source.gives {
        SourceGives::Result => name::result(context, id),
        SourceGives::Array | SourceGives::ArrayPointer | SourceGives::Container => None,
    };
    let name = match (filled, declared) {
        (Some(filled), _) => Name::of(context, filled),
        (None, declared) => declared,
    };
    let known = context.vocabulary.source_flags();
    let given = match source.flags {
        Some(at) => args.get(at).copied(),
        None => known.and_then(|known| flags::found(context, known, args)),
    };
    let mut flags = match known.zip(given) {
        Some((known, given)) => flags::flags(context, known, id, given),
        None => flags::Flags::default(),
    };
    if source.when == When::Iterator {
        let iterator = source.iterator.and_then(|at| args.get(at));
        let written = iterator.map(|&iterator| context.text(iterator));
        flags.writes_when = written.and_then(|text| context.vocabulary.iterator_written(&text));
    }
    if source.reads {
        flags.transfer = Transfer::Source;
    }
    let releases = name.as_ref().map(|name| releases(context, name)).unwrap_or_default();
    let writes = name.as_ref().map(|name| writes::writes(context, name)).unwrap_or_default();
    let members = name.as_ref().map(|name| name.kept_in(context)).unwrap_or_default();
    let ending = match &name {
        _ if takes_none => Ending::NothingTaken,
        Some(name) if source.gives != SourceGives::Container => {
            ending::ending(context, id, name, source.gives)
        }
        _ if source.gives == SourceGives::Container => Ending::HandedOn,
        _ if name::is_handed_on(context, id) => Ending::HandedOn,
        _ => Ending::Unknown(Vec::new()),
    };
    let place = context.file.location(context.function.ast().tokens(id).start);
    Acquisition {
        call,
        line: place.line,
        column: place.column,
        function: context.function.scope().name.clone(),
        reference: flags.reference.unwrap_or(source.reference),
        flags: flags.names,
        transfer: flags.transfer,
        writes_when: flags.writes_when,
        number: flags.number,
        container: source.container,
        pages: filled.map(|filled| context.text(filled)).or_else(|| Some(name?.to_string())),
        releases,
        ending,
        writes,
        members,
    }
}

/// A call that is given no place for pages only faults them in.
fn is_null(text: &str) -> bool {
    matches!(text, "NULL" | "0")
}

/// The calls that give back what `name` holds, under this name or as a variable that holds nothing else.
fn releases(context: Context<'_>, name: &Name) -> Vec<Release> {
    let ast = context.function.ast();
    let aliases = name.aliases(context);
    let mut found: Vec<Release> = ast
        .ids()
        .filter_map(|id| {
            let (call, args) = context.called(id)?;
            let Some(Meaning::Release(meant)) = context.meaning(&call) else { return None };
            // An address that is freed as a number is that of the array.
            let is_ours = |&&arg: &&NodeId| {
                let given = Name::of(context, arg);
                !matches!(ast.kind(arg), Kind::Cast { .. })
                    && given.is_some_and(|given| given == *name || aliases.contains(&given))
            };
            args.iter().find(is_ours)?;
            let (reference, allocated) = (meant.reference, meant.allocated);
            Some(Release { call, line: context.line(id), reference, allocated })
        })
        .collect();
    found.sort_by_key(|release| release.line);
    found
}

/// Where pages that a function gives back in `line` are written to in the same function.
pub fn writes_before_release(
    function: &Function,
    file: &LexedFile,
    vocabulary: &Vocabulary,
    line: u32,
) -> Vec<Write> {
    let context = Context { function, file, vocabulary };
    let ast = function.ast();
    let mut found: Vec<Write> = Vec::new();
    for id in ast.ids().filter(|&id| context.line(id) == line) {
        let Some((call, args)) = context.called(id) else { continue };
        if matches!(context.meaning(&call), Some(Meaning::Release(_))) {
            let names = args.iter().filter_map(|&arg| Name::of(context, arg));
            found.extend(names.flat_map(|name| writes::writes(context, &name)));
        }
    }
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests;
