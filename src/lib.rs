//! gupatch finds pages that come from `get_user_pages()` and its relatives on their way into a bio, a bvec
//! or a scatterlist, rewrites those call sites to the `_from_gup` variants, and cuts the result into a
//! patch series for the Linux kernel. This page is the architecture.
//!
//! # The way data flows
//!
//! ```text
//! bytes → tokens → top-level items → (normalised text → lang-c) → AST → CFG
//!                                                          ↓         ↓
//!                    SmPL rule ─────────────────────→ matcher ← provenance facts
//!                                                          ↓
//!                   matches → token edits → diff → review → commits → mails
//! ```
//!
//! One direction only. Each stage is a plain function from the previous stage's value to its own; it
//! returns diagnostics beside its value and can be looked at with `gupatch dump STAGE FILE`.
//!
//! # The stages
//!
//! | module | in → out |
//! |---|---|
//! | [`source`] | bytes: spans, paths below the tree's root, the only line and column arithmetic |
//! | [`calendar`] | days → years, months and days |
//! | [`diagnostic`] | what a stage has to say beside its value |
//! | [`scratch`] | folders that a run works in; what killed runs left of theirs is removed |
//! | `kept` | values that were made with effort, kept while there is room |
//! | [`progress`] | how far work has come, for whoever watches |
//! | [`lex`] | bytes → lossless tokens; a preprocessor directive is one token |
//! | [`items`] | tokens → top-level items; an item → text that lang-c takes, with a map back and a log of edits |
//! | [`ast`] | our own arena AST: node ids and token ranges, leaf text read from the file |
//! | [`parse`] | item → AST, through lang-c; the only module that names it |
//! | [`types`] | declarations and expressions → C types; what cannot be typed is unknown, never guessed |
//! | [`tree`] | a folder → a kernel tree: its root and version, its files, who mentions what |
//! | [`smpl`] | semantic patch text → rules |
//! | [`mod@cfg`] | function AST → control flow graph, dominators, path queries |
//! | [`provenance`] | functions, vocabulary and the tree's index → where each page comes from, with the way it took |
//! | [`audit`] | function and vocabulary → each GUP call: flags, who writes to the pages and gives them back, on which ways out |
//! | [`matcher`] | rule, AST, CFG and facts → matches with bindings |
//! | [`edit`] | matches → token edits on the original bytes, indented, checked by parsing again |
//! | [`diff`] | bytes before and after → unified diff, byte-exact |
//! | [`series`] | changes → patches by owner; commits made as git objects; `series/repo.rs` alone uses git2 |
//! | [`mail`] | commits → format-patch files and a cover letter |
//! | [`review`] | what was found → text, a story, the dry run, JSON, SARIF, HTML, an interactive review |
//! | [`campaign`] | the rules, message templates and vocabulary that belong together |
//! | [`driver`] | the recipe: joins the stages, runs files in parallel, applies changes to the tree |
//! | [`cli`] | arguments, output, exit statuses; one command a file |
//!
//! A module names only modules above it in the table, [`driver`] and [`cli`] excepted. Provenance never
//! names the matcher: the driver hands its facts over. Everything down to [`diff`] but [`tree`] is pure: no
//! files, clock, environment or printing. Spans mean original bytes everywhere outside [`items`] and
//! [`parse`].
//!
//! What a run finds in a large tree is kept for the next one with all that it is made of (`driver/remembered.rs`, and the
//! trail in `provenance/whole`): the solver knows a tree only through its `Corpus`, which notes what it is asked, and
//! whoever reads a file notes what of it (`provenance/whole/aspect.rs`). A file that changed is asked again, and what was
//! found goes with the lines of what still says the same (`provenance/relocate.rs`).
//!
//! Where an adder cannot tell by itself what its page is, provenance says how its function can be told
//! (`provenance/whole/threading.rs`), or what flag can be kept beside the page (`keeping.rs` there), and the driver makes
//! lines and a semantic patch of it that run before the campaign's rules (`driver/threading.rs`). What building a series shows is worked out in `series/build.rs`; `driver/build.rs` alone runs make.
//!
//! # What must not be wrong
//!
//! In this order: never convert a site that a page from elsewhere can reach; never stay silent about
//! what was not parsed, not resolved or not followed; be fast enough to run on every commit. So doubt is a
//! value: an origin that is not known is *unknown*, never GUP and never "other"; an edit that touches
//! what was not fully seen is lowered to review; what was skipped is counted and listed.

pub mod ast;
pub mod audit;
pub mod calendar;
pub mod campaign;
pub mod cfg;
pub mod cli;
pub mod diagnostic;
pub mod diff;
pub mod driver;
pub mod edit;
pub mod items;
mod kept;
pub mod lex;
pub mod mail;
pub mod matcher;
pub mod parse;
pub mod progress;
pub mod provenance;
pub mod review;
pub mod scratch;
pub mod series;
pub mod smpl;
pub mod source;
pub mod tree;
pub mod types;
