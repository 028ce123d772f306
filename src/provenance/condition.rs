//! Conditions: when exactly is the page from GUP, and can that be written at the adder.
//!
//! Two kinds. An *iterator* decides for pages of `iov_iter_get_pages()`: the condition is the tree's own
//! helper on the same iterator, if that is still in scope and the same there. A *branch* decides where a
//! function takes pages from GUP on one side of an `if` and from elsewhere on the other: its condition can
//! be asked again at the adder if nothing in it can have changed; that the sides really differ is found
//! by solving the function twice, once with each side taken.

use serde::{Deserialize, Serialize};

use super::engine::{AdderEvent, Context, Engine};
use super::origin::{IteratorExpr, Place};
use crate::ast::{Ast, BinaryOp, Kind, LiteralKind, NodeId, UnaryOp};
use crate::cfg::{Cfg, Edge, EdgeKind, Point, PointKind};

use super::classify::{Arrivals, Class};
use super::scope::Variable;
use super::vocabulary::{ConditionHelper, Meaning, Vocabulary};

/// More conditions than this are not tried for one function.
const MOST_BRANCHES: usize = 16;

/// When a page is from GUP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// An expression that is true exactly then.
    pub text: String,
    /// Whether it can be written at the adder as it is; else it has to be threaded through.
    pub in_scope: bool,
    /// Whether it is asked again and again there, in a loop, and could be asked once, where the function starts.
    pub repeats: bool,
    /// The helper that the series has to add, because the tree has none.
    pub made_helper: Option<String>,
    /// Where it is set, for a flag that the code keeps beside the pages.
    pub set_at: Option<Place>,
}

/// The condition on an iterator, as seen from `site`.
pub(super) fn of_iterator(
    context: Context<'_>,
    iterator: &IteratorExpr,
    site: NodeId,
) -> Condition {
    let helpers = || helpers_for(context.vocabulary, iterator);
    let helper = helpers()
        .find(|helper| !helper.made && context.environment.declares(&helper.helper))
        .or_else(|| helpers().find(|helper| helper.made));
    let name = helper.map_or("", |helper| helper.helper.as_str());
    let in_scope = iterator.node.is_some_and(|node| is_same_at(context, node, site));
    Condition {
        text: format!("{name}({})", iterator.text),
        in_scope,
        repeats: in_scope && iterator.node.is_some_and(|node| repeats(context, node, site)),
        made_helper: helper.filter(|helper| helper.made).map(|helper| helper.helper.clone()),
        set_at: None,
    }
}

/// The functions that tell whether such an iterator is user-backed, the best first.
pub(super) fn helpers_for<'v>(
    vocabulary: &'v Vocabulary,
    iterator: &IteratorExpr,
) -> impl Iterator<Item = &'v ConditionHelper> {
    let fits = |sources: &[String]| sources.is_empty() || sources.contains(&iterator.source);
    vocabulary.conditions().iter().filter(move |helper| fits(&helper.sources))
}

/// Whether the iterator expression `node` means the same iterator at `site` as where it stands.
fn is_same_at(context: Context<'_>, node: NodeId, site: NodeId) -> bool {
    let Context { ast, cfg, scope, .. } = context;
    let variables: Vec<Variable> =
        ast.descendants(node).filter_map(|id| scope.variable(id)).collect();
    let is_plain = ast.descendants(node).all(|id| is_path(ast, id));
    let visible = |&variable: &Variable| {
        let block = scope.data(variable).block;
        ast.ancestors(site).any(|above| above == block)
    };
    let (Some(from), Some(to)) = (cfg.point_of(ast, node), cfg.point_of(ast, site)) else {
        return false;
    };
    if !is_plain || !variables.iter().all(visible) {
        return false;
    }
    let text = context.text(node);
    let changes: Vec<Point> = (cfg.points())
        .filter(|&point| point != from && may_change(context, point, &text, &variables))
        .collect();
    let behind = cfg.reachable_from(from, |point| point == from);
    let before = cfg.leading_to(to, |point| point == from);
    !changes.iter().any(|&point| behind.contains(point) && (before.contains(point) || point == to))
}

/// Whether `site` is in a loop, and the iterator `node` a parameter that is the same all through the function.
fn repeats(context: Context<'_>, node: NodeId, site: NodeId) -> bool {
    let Context { ast, cfg, scope, .. } = context;
    let is_loop = |id: NodeId| {
        matches!(
            ast.kind(id),
            Kind::While { .. } | Kind::DoWhile { .. } | Kind::For { .. } | Kind::Iterator { .. }
        )
    };
    let Some(variable) = scope.variable(node) else { return false };
    let text = context.text(node);
    scope.data(variable).parameter.is_some()
        && ast.ancestors(site).any(is_loop)
        && !cfg.points().any(|point| may_change(context, point, &text, &[variable]))
}

/// Whether a node is part of an access path.
fn is_path(ast: &Ast, id: NodeId) -> bool {
    matches!(
        ast.kind(id),
        Kind::Ident
            | Kind::Member { .. }
            | Kind::Paren { .. }
            | Kind::Unary { op: UnaryOp::Address | UnaryOp::Deref, .. }
    )
}

/// Whether the code of `point` may make the iterator `text` another one.
fn may_change(context: Context<'_>, point: Point, text: &str, variables: &[Variable]) -> bool {
    let Context { ast, cfg, scope, vocabulary, .. } = context;
    match cfg.kind(point) {
        PointKind::Opaque | PointKind::Asm => return true,
        PointKind::Entry
        | PointKind::Exit
        | PointKind::After
        | PointKind::LoopHead
        | PointKind::Nested
        | PointKind::Case
        | PointKind::Label => return false,
        PointKind::Declaration
        | PointKind::Expression
        | PointKind::Empty
        | PointKind::Condition
        | PointKind::IteratorHead
        | PointKind::SwitchHead
        | PointKind::Return
        | PointKind::Goto
        | PointKind::GotoComputed
        | PointKind::Break
        | PointKind::Continue => {}
    }
    let bare = text.trim_start_matches('&').trim();
    let is_prefix = |lhs: NodeId| {
        let lhs = context.text(lhs);
        bare == lhs || bare.strip_prefix(&*lhs).is_some_and(|rest| rest.starts_with(['.', '-']))
    };
    ast.descendants(cfg.node(point)).any(|id| match ast.kind(id) {
        Kind::Assign { lhs, .. } => is_prefix(lhs),
        Kind::Unary {
            op:
                UnaryOp::PostIncrement
                | UnaryOp::PostDecrement
                | UnaryOp::PreIncrement
                | UnaryOp::PreDecrement,
            operand,
        } => is_prefix(operand),
        Kind::InitDeclarator { .. } => {
            scope.declared_by(id).is_some_and(|variable| variables.contains(&variable))
        }
        Kind::Call { callee, args } => {
            let resets = matches!(
                vocabulary.meaning(&context.text(callee)),
                Some(Meaning::Resets | Meaning::Clears | Meaning::Copies | Meaning::Swaps)
            );
            let is_head = cfg.kind(point) == PointKind::IteratorHead;
            let same = |&arg: &NodeId| context.text(arg).trim_start_matches('&') == bare;
            (resets || is_head) && ast.list(args).iter().any(same)
        }
        _ => false,
    })
}

/// A condition of the code that can be asked again anywhere in the function.
struct Branch {
    text: String,
    expr: NodeId,
    points: Vec<Point>,
}

/// What a branch tells of a site.
pub(super) enum Told {
    /// The site is on one side only, and this is what comes to it there.
    OneSide(Box<Arrivals>),
    /// The page is from GUP exactly when this holds.
    Decides(Condition),
}

/// Looks for a condition in the function that decides for the mixed `event`.
pub(super) fn of_branches(context: Context<'_>, event: &AdderEvent) -> Option<Told> {
    for branch in branches(context, event) {
        let [on, off] = [EdgeKind::True, EdgeKind::False].map(|side| {
            let mut engine = Engine::new(context);
            let allowed =
                |point: Point, edge: &Edge| !branch.points.contains(&point) || edge.kind == side;
            let record = engine.run(&allowed);
            let same = record.adders.into_iter().find(|other| other.node == event.node)?;
            let arrivals = engine.arrivals(&same.value);
            Some(arrivals)
        });
        let (on, off) = match (on, off) {
            (Some(one), None) | (None, Some(one)) => {
                if one.class() != Class::Mixed {
                    return Some(Told::OneSide(Box::new(one)));
                }
                continue;
            }
            (Some(on), Some(off)) => (on.class(), off.class()),
            (None, None) => continue,
        };
        let is_elsewhere = |class: Class| matches!(class, Class::Other | Class::Carried);
        let text = match (on, off) {
            (Class::Gup, off) if is_elsewhere(off) => branch.text.clone(),
            (on, Class::Gup) if is_elsewhere(on) => negated(context, branch.expr),
            _ => continue,
        };
        let in_scope = variables_visible(context, branch.expr, event.node);
        return Some(Told::Decides(Condition {
            text,
            in_scope,
            repeats: false,
            made_helper: None,
            set_at: None,
        }));
    }
    None
}

fn variables_visible(context: Context<'_>, expr: NodeId, site: NodeId) -> bool {
    let Context { ast, scope, .. } = context;
    ast.descendants(expr).filter_map(|id| scope.variable(id)).all(|variable| {
        let block = scope.data(variable).block;
        ast.ancestors(site).any(|above| above == block)
    })
}

/// The conditions on the way to `event` that cannot change, the nearest first.
fn branches(context: Context<'_>, event: &AdderEvent) -> Vec<Branch> {
    let Context { ast, cfg, .. } = context;
    let engine = Engine::new(context);
    let mut found: Vec<Branch> = Vec::new();
    for point in cfg.points() {
        if cfg.kind(point) != PointKind::Condition || !cfg.is_reachable(point) {
            continue;
        }
        let expr = ast.strip_parens(cfg.node(point));
        if !is_stable(&engine, expr) {
            continue;
        }
        let text = context.text(expr);
        match found.iter_mut().find(|branch| branch.text == text) {
            Some(branch) => branch.points.push(point),
            None => found.push(Branch { text, expr, points: vec![point] }),
        }
    }
    let decides =
        |branch: &Branch| branch.points.iter().any(|&point| leads_to(cfg, point, event.point));
    found.retain(decides);
    found.reverse();
    found.truncate(MOST_BRANCHES);
    found
}

fn leads_to(cfg: &Cfg, point: Point, to: Point) -> bool {
    cfg.has_path(point, to, |_| false)
}

/// Whether an expression has the same value wherever the function asks for it: it is made of constants
/// and of variables that never change.
fn is_stable(engine: &Engine<'_>, expr: NodeId) -> bool {
    let Context { ast, scope, .. } = engine.context;
    let mut has_variable = false;
    let stable = ast.descendants(expr).all(|id| match ast.kind(id) {
        Kind::Ident => match scope.variable(id) {
            Some(variable) => {
                has_variable = true;
                let data = scope.data(variable);
                let declared_once = data.parameter.is_some() || is_initialised(engine, variable);
                !data.is_static && declared_once && !engine.is_assigned(variable)
            }
            // A name in capitals is a constant.
            None => engine.context.text(id).chars().all(|c| !c.is_ascii_lowercase()),
        },
        Kind::Literal(LiteralKind::Number | LiteralKind::Char) | Kind::Paren { .. } => true,
        Kind::Unary { op: UnaryOp::Not, .. } => true,
        Kind::Binary { op, .. } => matches!(
            op,
            BinaryOp::And
                | BinaryOp::Or
                | BinaryOp::BitAnd
                | BinaryOp::Equal
                | BinaryOp::NotEqual
                | BinaryOp::Less
                | BinaryOp::Greater
                | BinaryOp::LessOrEqual
                | BinaryOp::GreaterOrEqual
        ),
        _ => false,
    });
    stable && has_variable
}

/// Whether a variable gets its value where it is declared, once: not in a loop.
fn is_initialised(engine: &Engine<'_>, variable: Variable) -> bool {
    let Context { ast, cfg, scope, .. } = engine.context;
    let declared = scope.data(variable).declared;
    let has_init = matches!(ast.kind(declared), Kind::InitDeclarator { init: Some(_), .. });
    has_init && cfg.point_of(ast, declared).is_some_and(|point| !engine.is_in_loop(point))
}

/// `!x` for `x`, `x` for `!x`, `!(a == b)` for anything longer.
fn negated(context: Context<'_>, expr: NodeId) -> String {
    match context.ast.kind(expr) {
        Kind::Unary { op: UnaryOp::Not, operand } => context.text(operand),
        Kind::Ident => format!("!{}", context.text(expr)),
        _ => format!("!({})", context.text(expr)),
    }
}
