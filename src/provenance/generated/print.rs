//! A program as C, a statement a line.
//!
//! Gives the files' text and the line of each statement, by which a site of the analysis and an adder of
//! the interpreter are known to be the same.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::program::*;

/// The types and functions that all files share.
pub(super) const HEADER: &str = "\
struct inner { struct page *page; struct page **pages; };
struct ops;
struct obj {
	struct page *page;
	struct page **pages;
	struct page *slots[4];
	struct inner in;
	struct inner *far;
	struct obj *next;
	void *private;
	int pinned;
	const struct ops *ops;
	struct iov_iter iter;
	struct { struct page *anonymous; };
	union { struct page *union_a; struct page *union_b; };
};
struct ops {
	struct page *(*get)(struct bio *bio, struct obj *o);
	void (*put)(struct bio *bio, struct page *page);
};
extern struct obj *registry;
int next(void);
void mystery(void *p);
void register_ops(const struct ops *ops);
";

/// A program's text.
#[derive(Clone, Debug)]
pub(super) struct Printed {
    /// The text of each file.
    pub(super) files: Vec<String>,
    /// Prototypes of the functions that other files may call, behind [`HEADER`].
    pub(super) header: String,
    /// File and 1-based line of each statement.
    pub(super) lines: BTreeMap<u32, (usize, u32)>,
}

/// Writes `program`.
pub(super) fn print(program: &Program) -> Printed {
    let mut printed =
        Printed { files: Vec::new(), header: HEADER.to_owned(), lines: BTreeMap::new() };
    // What shrinking left empty is of no use to a reader.
    let used = program.referenced();
    let is_left_out = |at: usize| program.functions[at].is_empty() && !used.contains(&Func(at));
    for function in program.functions.iter().filter(|function| !function.is_static) {
        let head = Printer::new(program, function, 0).signature();
        printed.header.push_str(&format!("{head};\n"));
    }
    for file in 0..program.files {
        let mut text = "#include <linux/gen.h>\n\n".to_owned();
        if file == 0 {
            text.push_str("struct obj *registry;\n");
        }
        text.push_str("static struct page *held;\nstatic struct scatterlist sg[4];\n");
        text.push_str("static struct sg_table table;\n");
        let of_file = |at: &usize| program.functions[*at].file == file && !is_left_out(*at);
        for at in (0..program.functions.len()).filter(of_file) {
            let function = &program.functions[at];
            if function.is_static {
                text.push_str(&format!("{};\n", Printer::new(program, function, 0).signature()));
            }
        }
        for (number, table) in program.tables.iter().enumerate() {
            if table.file == file {
                text.push_str(&ops_table(program, number, table));
            }
        }
        for at in (0..program.functions.len()).filter(of_file) {
            let line = text.lines().count() as u32 + 1;
            let mut printer = Printer::new(program, &program.functions[at], line);
            printer.function();
            for (id, line) in printer.lines {
                printed.lines.insert(id, (file, line));
            }
            text.push_str(&printer.text);
        }
        printed.files.push(text);
    }
    printed
}

fn ops_table(program: &Program, number: usize, table: &OpsTable) -> String {
    let mut text = format!("static const struct ops ops_{number} = {{");
    for (member, function) in [("get", table.get), ("put", table.put)] {
        if let Some(function) = function {
            let name = &program.functions[function.0].name;
            text.push_str(&format!(" .{member} = {name},"));
        }
    }
    text.push_str(" };\n");
    text
}

pub(super) fn field(field: Field) -> &'static str {
    match field {
        Field::Page => "page",
        Field::Pages => "pages",
        Field::Slots => "slots",
        Field::In => "in",
        Field::Far => "far",
        Field::Next => "next",
        Field::Private => "private",
        Field::Pinned => "pinned",
        Field::Ops => "ops",
        Field::Iter => "iter",
        Field::Anonymous => "anonymous",
        Field::UnionA => "union_a",
        Field::UnionB => "union_b",
    }
}

fn declaration(variable: &Variable) -> String {
    let name = &variable.name;
    match variable.storage {
        Storage::Scalar(ty) => match ty {
            Ty::Int => format!("int {name}"),
            Ty::Page => format!("struct page *{name}"),
            Ty::Pages => format!("struct page **{name}"),
            Ty::PagesPtr => format!("struct page ***{name}"),
            Ty::Inner => format!("struct inner *{name}"),
            Ty::Obj => format!("struct obj *{name}"),
            Ty::Iter => format!("struct iov_iter *{name}"),
            Ty::Put => format!("void (*{name})(struct bio *bio, struct page *page)"),
            Ty::Void => unreachable!("no variable is void"),
        },
        Storage::PageArray => format!("struct page *{name}[4]"),
        Storage::Object => format!("struct obj {name}"),
        Storage::Iterator => format!("struct iov_iter {name}"),
        Storage::Vectors => format!("struct bio_vec {name}[4]"),
    }
}

/// Writes expressions as they look in one function.
pub(super) struct Printer<'p> {
    program: &'p Program,
    function: &'p Function,
    text: String,
    first_line: u32,
    lines: Vec<(u32, u32)>,
    depth: usize,
}

impl<'p> Printer<'p> {
    pub(super) fn new(program: &'p Program, function: &'p Function, first_line: u32) -> Self {
        let (text, lines) = (String::new(), Vec::new());
        Printer { program, function, text, first_line, lines, depth: 1 }
    }

    fn signature(&self) -> String {
        let function = self.function;
        let gives = match function.gives {
            Ty::Void => "void ",
            Ty::Page => "struct page *",
            Ty::Pages => "struct page **",
            Ty::Obj => "struct obj *",
            _ => "int ",
        };
        let linkage = if function.is_static { "static " } else { "" };
        let mut text = format!("{linkage}{gives}{}(struct bio *bio", function.name);
        for parameter in &function.variables[..function.parameters] {
            text.push_str(&format!(", {}", declaration(parameter)));
        }
        text.push(')');
        text
    }

    fn line(&mut self, line: &str) {
        let indent = "\t".repeat(self.depth);
        writeln!(self.text, "{indent}{line}").expect("writing to a String does not fail");
    }

    fn function(&mut self) {
        self.depth = 0;
        self.line("");
        self.line(&self.signature());
        self.line("{");
        self.depth = 1;
        let function = self.function;
        let shadowed = shadows(function);
        for (at, variable) in function.variables.iter().enumerate().skip(function.parameters) {
            if !shadowed.contains(&Var(at)) {
                self.line(&format!("{};", declaration(variable)));
            }
        }
        self.line("size_t off;");
        self.block(&function.head);
        self.line("again: ;");
        self.block(&function.body);
        self.line("out: ;");
        self.block(&function.tail);
        self.depth = 0;
        self.line("}");
    }

    fn block(&mut self, block: &'p Block) {
        for statement in block {
            let line = self.first_line + self.text.lines().count() as u32;
            self.lines.push((statement.id, line));
            self.statement(&statement.does);
        }
    }

    fn inner(&mut self, head: &str, block: &'p Block, foot: &str) {
        self.line(head);
        self.depth += 1;
        self.block(block);
        self.depth -= 1;
        self.line(foot);
    }

    fn statement(&mut self, does: &'p Does) {
        match does {
            Does::Assign(place, value) => {
                let text = format!("{} = {};", self.place(place), self.expr(value));
                self.line(&text);
            }
            Does::CopyStruct(to, from) => {
                self.line(&format!("{} = {};", self.place(to), self.place(from)));
            }
            Does::Gup(pages, fails) => {
                let call = format!(
                    "pin_user_pages_fast(0x1000, {}, 0, {})",
                    count(pages),
                    self.expr(pages)
                );
                match fails {
                    None => self.line(&format!("{call};")),
                    Some(block) => self.inner(&format!("if ({call} <= 0) {{"), block, "}"),
                }
            }
            Does::Take(how, iter, pages) => {
                let (iter, text) = (self.expr(iter), self.expr(pages));
                let line = match how {
                    Taking::Into => {
                        let n = count(pages);
                        format!("iov_iter_get_pages2({iter}, {text}, 4096, {n}, &off);")
                    }
                    Taking::Allocating => {
                        format!("iov_iter_get_pages_alloc2({iter}, {text}, 4096, &off);")
                    }
                    Taking::Extracting => {
                        format!("iov_iter_extract_pages({iter}, {text}, 4096, 4, 0, &off);")
                    }
                };
                self.line(&line);
            }
            Does::Bulk(pages) => {
                let n = count(pages);
                self.line(&format!("alloc_pages_bulk_array(0, {n}, {});", self.expr(pages)));
            }
            Does::CopyPages(to, from) => {
                let (to, from) = (self.expr(to), self.expr(from));
                self.line(&format!("memcpy({to}, {from}, 4 * sizeof(struct page *));"));
            }
            Does::Clear(object) => {
                self.line(&format!("memset({}, 0, sizeof(struct obj));", self.expr(object)));
            }
            Does::Add(how, page) => self.add(*how, page),
            Does::Mystery(argument) => self.line(&format!("mystery({});", self.expr(argument))),
            Does::Reset(iter, user) => {
                let iter = self.expr(iter);
                self.line(&match user {
                    true => format!("iov_iter_ubuf({iter}, 0, 0, 0);"),
                    false => format!("iov_iter_bvec({iter}, 0, 0, 0, 0);"),
                });
            }
            Does::Advance(iter) => self.line(&format!("iov_iter_advance({}, 1);", self.expr(iter))),
            Does::Register(table) => self.line(&format!("register_ops(&ops_{table});")),
            Does::Call(callee, args) => self.line(&format!("{};", self.call(callee, args))),
            Does::If(cond, then, other) => {
                self.inner(&format!("if ({}) {{", self.cond(cond)), then, "} else {");
                self.depth += 1;
                self.block(other);
                self.depth -= 1;
                self.line("}");
            }
            Does::Switch(arms) => {
                self.line("switch (next()) {");
                for (at, (block, falls)) in arms.iter().enumerate() {
                    self.inner(&format!("case {at}:"), block, if *falls { "" } else { "\tbreak;" });
                }
                self.line("}");
            }
            Does::While(block) => self.inner("while (next()) {", block, "}"),
            Does::DoWhile(block) => self.inner("do {", block, "} while (next());"),
            Does::For(var, block) => {
                let i = self.name(*var);
                self.inner(&format!("for ({i} = 0; {i} < 4; {i}++) {{"), block, "}");
            }
            Does::Shadow(var, value, block) => {
                let value = self.expr(value);
                self.line(&format!("{{ struct page *{} = {value};", self.name(*var)));
                self.inner("", block, "}");
            }
            Does::Return(None) => self.line("return;"),
            Does::Return(Some(value)) => self.line(&format!("return {};", self.expr(value))),
            Does::Goto(Label::Again) => self.line("goto again;"),
            Does::Goto(Label::Out) => self.line("goto out;"),
            Does::Break => self.line("break;"),
            Does::Continue => self.line("continue;"),
        }
    }

    fn add(&mut self, how: Adding, page: &Expr) {
        let page = self.expr(page);
        let line = match how {
            Adding::Bio => format!("bio_add_page(bio, {page}, 1, 0);"),
            Adding::Scatterlist => format!("sg_set_page(sg, {page}, 1, 0);"),
            Adding::Vector(vectors) => format!("{}[0].bv_page = {page};", self.name(vectors)),
            Adding::Initialiser => format!("{{ struct bio_vec one = {{ .bv_page = {page} }}; }}"),
            Adding::Table => format!("sg_alloc_table_from_pages(&table, {page}, 4, 0, 4096, 0);"),
        };
        self.line(&line);
    }

    fn name(&self, var: Var) -> &'p str {
        &self.function.variables[var.0].name
    }

    pub(super) fn place(&self, place: &Place) -> String {
        match place {
            Place::Var(var) => self.name(*var).to_owned(),
            Place::Held => "held".to_owned(),
            Place::Registry => "registry".to_owned(),
            Place::Deref(pointer) => format!("*{}", self.operand(pointer)),
            Place::Index(array, index) => {
                format!("{}[{}]", self.operand(array), self.index(*index))
            }
            Place::Arrow(base, name) => format!("{}->{}", self.operand(base), field(*name)),
            Place::Dot(base, name) => match &**base {
                Place::Deref(_) => format!("({}).{}", self.place(base), field(*name)),
                _ => format!("{}.{}", self.place(base), field(*name)),
            },
            Place::Vector(vectors, index) => {
                format!("{}[{}].bv_page", self.name(*vectors), self.index(*index))
            }
        }
    }

    fn index(&self, index: Index) -> String {
        match index {
            Index::Constant(at) => at.to_string(),
            Index::Any => "next() & 3".to_owned(),
            Index::Loop(var) => self.name(var).to_owned(),
        }
    }

    /// An expression as the operand of `->`, `[]` or a prefix operator.
    fn operand(&self, expr: &Expr) -> String {
        match expr {
            Expr::Load(Place::Deref(_)) => format!("({})", self.expr(expr)),
            Expr::Load(_) | Expr::Decay(_) | Expr::Step(_) => self.expr(expr),
            _ => format!("({})", self.expr(expr)),
        }
    }

    pub(super) fn expr(&self, expr: &Expr) -> String {
        match expr {
            Expr::Null => "NULL".to_owned(),
            Expr::Int(value) => value.to_string(),
            Expr::Next => "next()".to_owned(),
            Expr::Load(place) | Expr::Decay(place) => self.place(place),
            Expr::Address(place) => format!("&{}", self.place(place)),
            Expr::Offset(pointer) => format!("{} + 1", self.operand(pointer)),
            Expr::Around(inner) => format!("container_of({}, struct obj, in)", self.expr(inner)),
            Expr::Step(var) => format!("{}++", self.name(*var)),
            Expr::Choose(cond, then, other) => {
                format!("{} ? {} : {}", self.cond(cond), self.operand(then), self.operand(other))
            }
            Expr::Elsewhere(call) => (*call).to_owned(),
            Expr::DumpPage => "get_dump_page(0x1000)".to_owned(),
            Expr::NewObject => "kzalloc(sizeof(struct obj), 0)".to_owned(),
            Expr::NewArray => "kcalloc(4, sizeof(struct page *), 0)".to_owned(),
            Expr::Same(how, page) if how.starts_with('(') => {
                format!("{how}{}", self.operand(page))
            }
            Expr::Same(how, page) => format!("{how}({})", self.expr(page)),
            Expr::UserBacked(iter) => format!("user_backed_iter({})", self.expr(iter)),
            Expr::Function(function) => self.program.functions[function.0].name.clone(),
            Expr::OpsTable(number) => format!("&ops_{number}"),
            Expr::Call(callee, args) => self.call(callee, args),
        }
    }

    fn call(&self, callee: &Callee, args: &[Expr]) -> String {
        let callee = match callee {
            Callee::Function(function) => self.program.functions[function.0].name.clone(),
            Callee::Variable(var) => self.name(*var).to_owned(),
            Callee::Get(object) => format!("{}->ops->get", self.operand(object)),
            Callee::Put(object) => format!("{}->ops->put", self.operand(object)),
        };
        let args: String = args.iter().map(|arg| format!(", {}", self.expr(arg))).collect();
        format!("{callee}(bio{args})")
    }

    fn cond(&self, cond: &Cond) -> String {
        match cond {
            Cond::Next => "next()".to_owned(),
            Cond::Flag(var) => self.name(*var).to_owned(),
            Cond::Pinned(object) => format!("{}->pinned", self.operand(object)),
            Cond::UserBacked(iter) => format!("user_backed_iter({})", self.expr(iter)),
            Cond::IsBvec(iter) => format!("iov_iter_is_bvec({})", self.expr(iter)),
            Cond::Page(place) => self.place(place),
            Cond::Not(inner) => format!("!{}", self.cond(inner)),
        }
    }
}

/// One page behind the address of a page, else an array of four.
fn count(pages: &Expr) -> usize {
    if matches!(pages, Expr::Address(_)) { 1 } else { 4 }
}

/// The variables that a block of their own declares.
fn shadows(function: &Function) -> Vec<Var> {
    fn collect(block: &Block, out: &mut Vec<Var>) {
        for statement in block {
            if let Does::Shadow(var, ..) = statement.does {
                out.push(var);
            }
            for inner in statement.does.blocks() {
                collect(inner, out);
            }
        }
    }
    let mut out = Vec::new();
    for block in [&function.head, &function.body, &function.tail] {
        collect(block, &mut out);
    }
    out
}
