//! The generated language: the part of C that decides where pages go.
//!
//! A [`Program`] is several functions in several files over three fixed structs. It is typed as it is
//! made, so that each one is C that a compiler would take; [`print`](super::print) writes it as C and
//! [`interpret`](super::interpret) runs it. An argument or an operand has no side effect but in the places
//! where C orders them.

use std::collections::BTreeSet;

/// A type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ty {
    Int,
    /// `struct page *`
    Page,
    /// `struct page **`
    Pages,
    /// `struct page ***`
    PagesPtr,
    /// `struct inner *`
    Inner,
    /// `struct obj *`
    Obj,
    /// `struct iov_iter *`
    Iter,
    /// `void (*)(struct bio *, struct page *)`
    Put,
    Void,
}

/// How a variable is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Storage {
    Scalar(Ty),
    /// `struct page *name[4]`
    PageArray,
    /// `struct obj name`
    Object,
    /// `struct iov_iter name`
    Iterator,
    /// `struct bio_vec name[4]`
    Vectors,
}

/// A variable of a function, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Var(pub(super) usize);

/// A function, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Func(pub(super) usize);

/// A member of `struct inner` or of `struct obj`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// Of both structs.
    Page,
    /// Of both structs.
    Pages,
    /// `struct page *slots[4]`
    Slots,
    /// `struct inner in`
    In,
    /// `struct inner *far`
    Far,
    /// `struct obj *next`
    Next,
    /// `void *private`, which holds a `struct obj *`
    Private,
    /// `int pinned`
    Pinned,
    /// `const struct ops *ops`
    Ops,
    /// `struct iov_iter iter`
    Iter,
    /// A member of a struct without a name.
    Anonymous,
    /// One member of a union …
    UnionA,
    /// … and the other.
    UnionB,
}

/// Where a value is kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Place {
    Var(Var),
    /// `static struct page *held`, one a file.
    Held,
    /// `struct obj *registry`, one for all files.
    Registry,
    /// `*p`
    Deref(Box<Expr>),
    /// `p[i]`
    Index(Box<Expr>, Index),
    /// `p->field`
    Arrow(Box<Expr>, Field),
    /// `place.field`
    Dot(Box<Place>, Field),
    /// `vectors[i].bv_page`
    Vector(Var, Index),
}

/// An index of an array of four.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Index {
    Constant(usize),
    /// `next() & 3`
    Any,
    /// The variable of the loop around it.
    Loop(Var),
}

/// What gives a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    Null,
    Int(i64),
    /// `next()`, a number from outside.
    Next,
    Load(Place),
    Address(Place),
    /// An array as a pointer to its first element.
    Decay(Place),
    /// `p + 1`
    Offset(Box<Expr>),
    /// `container_of(p, struct obj, in)`
    Around(Box<Expr>),
    /// `p++`
    Step(Var),
    /// `c ? a : b`
    Choose(Cond, Box<Expr>, Box<Expr>),
    /// `alloc_page()` and its like.
    Elsewhere(&'static str),
    /// `get_dump_page()`
    DumpPage,
    /// `kzalloc()` of an object.
    NewObject,
    /// `kcalloc()` of an array of pages.
    NewArray,
    /// `compound_head(p)`, a cast.
    Same(&'static str, Box<Expr>),
    UserBacked(Box<Expr>),
    /// A function as a value.
    Function(Func),
    /// `&ops_n`
    OpsTable(usize),
    Call(Callee, Vec<Expr>),
}

impl Expr {
    /// The variables it names.
    pub(super) fn variables(&self) -> BTreeSet<Var> {
        let mut out = BTreeSet::new();
        self.collect(&mut out);
        out
    }

    fn collect(&self, out: &mut BTreeSet<Var>) {
        match self {
            Expr::Load(place) | Expr::Address(place) | Expr::Decay(place) => place.collect(out),
            Expr::Step(var) => {
                out.insert(*var);
            }
            Expr::Choose(cond, then, other) => {
                cond.collect(out);
                then.collect(out);
                other.collect(out);
            }
            Expr::Offset(inner)
            | Expr::Around(inner)
            | Expr::Same(_, inner)
            | Expr::UserBacked(inner) => inner.collect(out),
            Expr::Call(_, args) => args.iter().for_each(|arg| arg.collect(out)),
            Expr::Null
            | Expr::Int(_)
            | Expr::Next
            | Expr::Elsewhere(_)
            | Expr::DumpPage
            | Expr::NewObject
            | Expr::NewArray
            | Expr::Function(_)
            | Expr::OpsTable(_) => {}
        }
    }
}

impl Place {
    fn collect(&self, out: &mut BTreeSet<Var>) {
        match self {
            Place::Var(var) | Place::Vector(var, _) => {
                out.insert(*var);
            }
            Place::Deref(inner) | Place::Index(inner, _) | Place::Arrow(inner, _) => {
                inner.collect(out);
            }
            Place::Dot(base, _) => base.collect(out),
            Place::Held | Place::Registry => {}
        }
    }
}

impl Cond {
    fn collect(&self, out: &mut BTreeSet<Var>) {
        match self {
            Cond::Next => {}
            Cond::Flag(var) => {
                out.insert(*var);
            }
            Cond::Pinned(inner) | Cond::UserBacked(inner) | Cond::IsBvec(inner) => {
                inner.collect(out);
            }
            Cond::Page(place) => place.collect(out),
            Cond::Not(inner) => inner.collect(out),
        }
    }
}

/// What is called.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Callee {
    Function(Func),
    /// A parameter that is a function.
    Variable(Var),
    /// `o->ops->get`
    Get(Box<Expr>),
    /// `o->ops->put`
    Put(Box<Expr>),
}

/// What a branch asks.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cond {
    Next,
    Flag(Var),
    Pinned(Box<Expr>),
    UserBacked(Box<Expr>),
    IsBvec(Box<Expr>),
    /// Whether there is a page.
    Page(Place),
    Not(Box<Cond>),
}

/// How an iterator hands out pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taking {
    /// `iov_iter_get_pages2(iter, pages, …)`
    Into,
    /// `iov_iter_get_pages_alloc2(iter, &pages, …)`
    Allocating,
    /// `iov_iter_extract_pages(iter, &pages, …)`
    Extracting,
}

/// How a page is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Adding {
    Bio,
    Scatterlist,
    /// `vectors[i].bv_page = page`
    Vector(Var),
    /// `struct bio_vec one = { .bv_page = page };`
    Initialiser,
    /// `sg_alloc_table_from_pages()`, with a whole array.
    Table,
}

/// Where a jump goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// Behind the head of the function.
    Again,
    /// Before its tail.
    Out,
}

/// A statement with a number of its own.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Statement {
    pub(super) id: u32,
    pub(super) does: Does,
}

pub(super) type Block = Vec<Statement>;

/// What a statement does.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Does {
    Assign(Place, Expr),
    /// A whole struct: `*o = *p`, `o->in = *i`.
    CopyStruct(Place, Place),
    /// GUP into an array; where it can fail, what happens then.
    Gup(Expr, Option<Block>),
    Take(Taking, Expr, Expr),
    /// `alloc_pages_bulk_array()`
    Bulk(Expr),
    /// `memcpy()` of four pages.
    CopyPages(Expr, Expr),
    /// `memset()` of an object.
    Clear(Expr),
    Add(Adding, Expr),
    /// A function without a body anywhere.
    Mystery(Expr),
    /// `iov_iter_bvec()` or `iov_iter_ubuf()`.
    Reset(Expr, bool),
    Advance(Expr),
    /// `register_ops(&ops_n)`
    Register(usize),
    Call(Callee, Vec<Expr>),
    If(Cond, Block, Block),
    /// Arms of a `switch (next())`; whether each falls through to the next.
    Switch(Vec<(Block, bool)>),
    While(Block),
    DoWhile(Block),
    /// `for (i = 0; i < 4; i++)`
    For(Var, Block),
    /// A block with a page of its own, whose name hides another's.
    Shadow(Var, Expr, Block),
    Return(Option<Expr>),
    Goto(Label),
    Break,
    Continue,
}

/// A variable.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) storage: Storage,
}

/// A function.
#[derive(Clone, Debug)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) file: usize,
    pub(super) is_static: bool,
    pub(super) gives: Ty,
    /// The first variables are its parameters.
    pub(super) parameters: usize,
    pub(super) variables: Vec<Variable>,
    pub(super) head: Block,
    /// Behind `again:`.
    pub(super) body: Block,
    /// Behind `out:`.
    pub(super) tail: Block,
}

impl Function {
    /// Whether it has no statement.
    pub(super) fn is_empty(&self) -> bool {
        self.head.is_empty() && self.body.is_empty() && self.tail.is_empty()
    }

    pub(super) fn parameter(&self, index: usize) -> Ty {
        match self.variables[index].storage {
            Storage::Scalar(ty) => ty,
            _ => unreachable!("parameters are scalars"),
        }
    }
}

/// `static const struct ops ops_n = { .get = …, .put = … };`
#[derive(Clone, Debug)]
pub(super) struct OpsTable {
    pub(super) file: usize,
    pub(super) get: Option<Func>,
    pub(super) put: Option<Func>,
}

/// A program.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) files: usize,
    pub(super) functions: Vec<Function>,
    pub(super) tables: Vec<OpsTable>,
}

impl Program {
    /// The functions that are called, or whose address is taken.
    pub(super) fn referenced(&self) -> BTreeSet<Func> {
        let mut used: BTreeSet<Func> = BTreeSet::new();
        self.visit(&mut |_, statement| {
            if let Some(Callee::Function(callee)) = statement.does.callee() {
                used.insert(*callee);
            }
            let args = match &statement.does {
                Does::Call(_, args)
                | Does::Assign(_, Expr::Call(_, args))
                | Does::Return(Some(Expr::Call(_, args))) => args,
                _ => return,
            };
            used.extend(args.iter().filter_map(|arg| match arg {
                Expr::Function(function) => Some(*function),
                _ => None,
            }));
        });
        for table in &self.tables {
            used.extend(table.get.iter().chain(&table.put));
        }
        used
    }

    /// Calls `visit` with every statement, outer ones first.
    pub(super) fn visit<'p>(&'p self, visit: &mut dyn FnMut(&'p Function, &'p Statement)) {
        for function in &self.functions {
            for block in [&function.head, &function.body, &function.tail] {
                visit_block(block, &mut |statement| visit(function, statement));
            }
        }
    }
}

fn visit_block<'p>(block: &'p Block, visit: &mut dyn FnMut(&'p Statement)) {
    for statement in block {
        visit(statement);
        for inner in statement.does.blocks() {
            visit_block(inner, visit);
        }
    }
}

impl Does {
    /// The blocks inside.
    pub(super) fn blocks(&self) -> Vec<&Block> {
        match self {
            Does::If(_, then, other) => vec![then, other],
            Does::Switch(arms) => arms.iter().map(|(block, _)| block).collect(),
            Does::Gup(_, Some(block))
            | Does::While(block)
            | Does::DoWhile(block)
            | Does::For(_, block)
            | Does::Shadow(_, _, block) => vec![block],
            _ => Vec::new(),
        }
    }

    /// As [`Does::blocks`].
    pub(super) fn blocks_mut(&mut self) -> Vec<&mut Block> {
        match self {
            Does::If(_, then, other) => vec![then, other],
            Does::Switch(arms) => arms.iter_mut().map(|(block, _)| block).collect(),
            Does::Gup(_, Some(block))
            | Does::While(block)
            | Does::DoWhile(block)
            | Does::For(_, block)
            | Does::Shadow(_, _, block) => vec![block],
            _ => Vec::new(),
        }
    }

    /// The callee, where it calls a function of the program.
    pub(super) fn callee(&self) -> Option<&Callee> {
        match self {
            Does::Call(callee, _) | Does::Assign(_, Expr::Call(callee, _)) => Some(callee),
            Does::Return(Some(Expr::Call(callee, _))) => Some(callee),
            _ => None,
        }
    }
}
