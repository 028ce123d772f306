//! Adder sites of one function: what reaches each, and why.

use serde::{Deserialize, Serialize};

use super::classify::{Arrival, Arrivals, Class};
use super::condition::{self, Condition, Told};
use super::engine::{AdderEvent, AdderShape, Context, Engine};
use super::gap::Gap;
use super::origin::{OriginKind, Place, Role, TraceStep};
use super::vocabulary::Container;
use super::whole::Threading;
use crate::ast::{Kind, NodeId};
use crate::lex::TokenRange;
use crate::source::Location;

/// How far the pages of a site were followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// The function alone.
    Intra,
    /// Other functions of the file.
    File,
    /// Other files.
    Cross,
}

/// Whose reference the container works under, what says most against a conversion last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reference {
    /// The release reads the page back from the container.
    Owned,
    /// The caller of GUP keeps the pages and releases them from there.
    Borrowed,
    /// The release was not found.
    Unknown,
    /// The GUP reference was dropped and another one is held.
    Separate,
}

/// How a site is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SiteShape {
    /// A call of an adder.
    Call,
    /// A store to a member.
    Store,
    /// An initialiser of a member.
    Initialiser,
}

/// Where pages come from, at a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRef {
    /// Where.
    pub place: Place,
    /// The function that is called, or the text.
    pub text: String,
}

/// A place where a page goes into a bio, bvec or scatterlist, and what is known of the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Site {
    /// The call, the member access that is stored to, or the initialiser's item.
    pub node: NodeId,
    /// The page, or the array of pages.
    pub page: NodeId,
    /// How it is written.
    pub shape: SiteShape,
    /// Where the adder's name is.
    pub location: Location,
    /// The tokens of the whole site.
    pub tokens: TokenRange,
    /// The function around it.
    pub function: String,
    /// The adder's name, or the member.
    pub adder: String,
    /// The tokens of the page, or of the array of pages.
    pub page_tokens: TokenRange,
    /// The page's text.
    pub page_text: String,
    /// What it adds to.
    pub container: Container,
    /// What reaches it.
    pub class: Class,
    /// When the page is from GUP, for [`Class::Conditional`].
    pub condition: Option<Condition>,
    /// How callers can tell the function what the page is, where it cannot tell itself; not known before
    /// [`WholeTree::threading`](super::WholeTree::threading) was asked.
    pub threading: Option<Threading>,
    /// How far the pages were followed.
    pub reach: Reach,
    /// The calls of GUP that reach it.
    pub sources: Vec<SourceRef>,
    /// Where other pages come from.
    pub others: Vec<SourceRef>,
    /// A way from a source to the adder.
    pub trace: Vec<TraceStep>,
    /// A way of a page from elsewhere, where there is one.
    pub other_trace: Vec<TraceStep>,
    /// What is called after conversion.
    pub conversion: String,
    /// Why it cannot be converted, or needs a person; empty where nothing stands against it.
    pub reason: String,
    /// The container's name: of the variable or member that is added to.
    pub container_name: Option<String>,
    /// Whose reference the container works under; not known before
    /// [`WholeTree::find_reference`](super::WholeTree::find_reference).
    pub reference: Reference,
    /// Where the reference is given back.
    pub releases: Vec<SourceRef>,
    /// What was not followed on the ways to here, in order.
    pub gaps: Vec<Gap>,
}

/// All adder sites of a function in source order, by what was recorded of it.
pub(super) fn sites(engine: &mut Engine<'_>, events: Vec<AdderEvent>) -> Vec<Site> {
    let mut merged: Vec<AdderEvent> = Vec::new();
    for event in events {
        match merged.iter_mut().find(|other| other.node == event.node) {
            Some(other) => {
                other.value.join(&event.value);
            }
            None => merged.push(event),
        }
    }
    let mut sites: Vec<Site> = merged.iter().map(|event| site(engine, event)).collect();
    sites.sort_by_key(|site| (site.location, site.node));
    sites
}

fn site(engine: &mut Engine<'_>, event: &AdderEvent) -> Site {
    let context = engine.context;
    let mut arrivals = engine.arrivals(&event.value);
    let gaps = arrivals.gaps.iter().cloned().collect();
    let mut class = arrivals.class();
    let mut condition = None;
    if class == Class::Mixed {
        match condition::of_branches(context, event) {
            Some(Told::OneSide(one)) => {
                arrivals = *one;
                class = arrivals.class();
            }
            Some(Told::Decides(found)) => {
                class = Class::Conditional;
                condition = Some(found);
            }
            None => {}
        }
    }
    if class == Class::Conditional && condition.is_none() {
        let iterator = arrivals.one_iterator().cloned();
        condition = iterator.map(|it| condition::of_iterator(context, &it, event.node));
        if condition.as_ref().is_some_and(|condition| !condition.in_scope)
            && let Some(origin) = arrivals.one_source()
            && let Some(flag) = context.environment.flag(context.id, event.node, origin)
        {
            condition = Some(flag);
        }
    }
    let (adder, container, conversion, location) = named(context, event);
    let reason = reason(class, condition.as_ref(), &arrivals);
    let mut site = Site {
        node: event.node,
        page: event.page,
        shape: match event.shape {
            AdderShape::Call => SiteShape::Call,
            AdderShape::Store => SiteShape::Store,
            AdderShape::Initialiser => SiteShape::Initialiser,
        },
        location,
        tokens: context.ast.tokens(event.node),
        function: context.scope.name.clone(),
        adder,
        page_tokens: context.ast.tokens(event.page),
        page_text: context.text(event.page),
        container,
        class,
        condition,
        threading: None,
        reach: reach(context, &arrivals),
        sources: Vec::new(),
        others: Vec::new(),
        trace: Vec::new(),
        other_trace: Vec::new(),
        conversion,
        reason,
        container_name: container_name(context, event),
        reference: Reference::Unknown,
        releases: Vec::new(),
        gaps,
    };
    tell(context, &mut site, &arrivals);
    site
}

fn reach(context: Context<'_>, arrivals: &Arrivals) -> Reach {
    let own = &context.file.path;
    let far = |arrival: &Arrival| {
        let mut steps = arrival.trace.iter();
        arrival.origin.place.file != *own || steps.any(|step| step.place.file != *own)
    };
    if arrivals.sources().all(|arrival| arrival.is_local) {
        Reach::Intra
    } else if arrivals.sources().any(far) {
        Reach::Cross
    } else {
        Reach::File
    }
}

/// The adder's name, what it adds to, its conversion, and where the name is.
fn named(context: Context<'_>, event: &AdderEvent) -> (String, Container, String, Location) {
    let Context { ast, file, vocabulary, .. } = context;
    let member = |name: &str, token| {
        let store = vocabulary.stores().iter().find(|store| store.member == name);
        let store = store.expect("an event of a store names a member of the vocabulary");
        (store.member.clone(), store.container, store.conversion.clone(), file.location(token))
    };
    match ast.kind(event.node) {
        Kind::Call { callee, .. } => {
            let name = context.text(ast.strip_parens(callee));
            let adder = vocabulary.adder(&name).expect("an event of a call names an adder");
            let conversion = vocabulary.conversion(&name).expect("as above");
            (name, adder.container, conversion, file.location(ast.tokens(callee).start))
        }
        Kind::Member { name, .. } => member(&file.text(name).to_string(), name),
        Kind::InitItem { designators, .. } => {
            let designator = ast.list(designators).iter().find_map(|&d| match ast.kind(d) {
                Kind::MemberDesignator { name } => Some(name),
                _ => None,
            });
            match designator {
                Some(name) => member(&file.text(name).to_string(), name),
                None => {
                    let store = &vocabulary.stores()[0];
                    member(&store.member, ast.tokens(event.node).start)
                }
            }
        }
        _ => unreachable!("adders are calls, member stores and initialiser items"),
    }
}

/// The name of what is added to: `op_sg` of `&op_sg[i]`, `bvec` of `imu->bvec[i].bv_page`.
fn container_name(context: Context<'_>, event: &AdderEvent) -> Option<String> {
    let Context { ast, file, .. } = context;
    let mut id = match ast.kind(event.node) {
        Kind::Call { args, .. } => *ast.list(args).first()?,
        Kind::Member { base, .. } => base,
        _ => return None,
    };
    loop {
        id = match ast.kind(id) {
            Kind::Ident => return Some(context.text(id)),
            Kind::Member { name, .. } => return Some(file.text(name).to_string()),
            Kind::Paren { inner } => inner,
            Kind::Unary { operand, .. } | Kind::Cast { operand, .. } => operand,
            Kind::Index { base, .. } => base,
            Kind::Binary { lhs, .. } => lhs,
            _ => return None,
        };
    }
}

fn reason(class: Class, condition: Option<&Condition>, arrivals: &Arrivals) -> String {
    let why = |arrival: &Arrival| match &arrival.origin.kind {
        OriginKind::Unknown(why) => format!("not known: {why}"),
        OriginKind::Pending(_) => "not asked for".to_owned(),
        OriginKind::Other(origin) => format!("from elsewhere ({origin}): {}", arrival.origin.text),
        OriginKind::ReadBack => format!("read back: {}", arrival.origin.text),
        OriginKind::Gup | OriginKind::Iterator(_) => arrival.origin.text.clone(),
    };
    match class {
        Class::Gup | Class::Other => String::new(),
        Class::Conditional => match condition {
            Some(Condition { text, set_at: Some(Place { file, line, .. }), .. }) => {
                format!("the page is from GUP exactly when {text}: {file}:{line} sets it")
            }
            Some(condition) if condition.in_scope => String::new(),
            Some(condition) => {
                format!("`{}` has to be threaded through to the adder", condition.text)
            }
            None => "the condition cannot be written".to_owned(),
        },
        Class::Mixed => match arrivals.elsewhere().next() {
            Some(arrival) => format!("some pages are {}", why(arrival)),
            None => "pages come through different iterators".to_owned(),
        },
        Class::Carried | Class::Unknown => arrivals.elsewhere().next().map_or(String::new(), why),
    }
}

fn tell(context: Context<'_>, site: &mut Site, arrivals: &Arrivals) {
    let source_ref = |arrival: &Arrival| SourceRef {
        place: arrival.origin.place.clone(),
        text: arrival.origin.text.clone(),
    };
    site.sources = arrivals.sources().map(source_ref).collect();
    site.sources.sort_by(|a, b| (&a.place, &a.text).cmp(&(&b.place, &b.text)));
    site.sources.dedup();
    site.others = arrivals.elsewhere().map(source_ref).collect();
    site.others.sort_by(|a, b| (&a.place, &a.text).cmp(&(&b.place, &b.text)));
    site.others.dedup();
    let adder = TraceStep {
        place: Place { line: site.location.line, ..context.place(site.node) },
        text: context.text(site.node),
        role: if site.container == Container::Nothing { Role::Release } else { Role::Adder },
    };
    let way = |arrival: Option<&Arrival>| {
        let mut trace = arrival.map(|arrival| arrival.trace.clone()).unwrap_or_default();
        if arrival.is_some() {
            trace.push(adder.clone());
        }
        trace
    };
    let shortest =
        |list: Vec<&Arrival>| list.into_iter().min_by_key(|arrival| arrival.trace.len()).cloned();
    site.trace = way(shortest(arrivals.sources().collect()).as_ref());
    site.other_trace = way(shortest(arrivals.elsewhere().collect()).as_ref());
}
