//! The review without a full screen: one unit after the other, and a question, like `git add -p`.
//!
//! It drives the same states as the full screen, with the keys that its answers stand for.

use std::fmt::Write as _;
use std::io;

use anstyle::Style;

use super::super::Palette;
use super::super::decisions::Decisions;
use super::detail::{Line, Tone};
use super::state::{Effect, Event, Mode, State, update};
use super::{Key, Session};

/// What line mode needs from outside.
pub trait LineUi {
    /// Shows text.
    fn show(&mut self, text: &str) -> io::Result<()>;
    /// Asks, and gives the answer without its newline; `None` at the end of the input.
    fn ask(&mut self, question: &str) -> io::Result<Option<String>>;
    /// Saves the decisions.
    fn save(&mut self, decisions: &Decisions) -> io::Result<()>;
    /// Lets a person edit text.
    fn edit(&mut self, text: &str) -> io::Result<String>;
}

const ANSWERS: &str = "\
y - accept this change
n - leave it, and say why
a - accept this change and all alike that are not decided
s - skip: decide later
e - edit it in $EDITOR, and accept what you wrote
u - undo the last decision
q - quit; every decision is saved already
? - this help
";

/// Asks about every undecided unit, and gives the decisions.
pub fn run(
    session: Session,
    decisions: Decisions,
    colours: Palette,
    ui: &mut dyn LineUi,
) -> io::Result<Decisions> {
    let mut state = State::new(session, decisions, (80, 24));
    let mut shown = None;
    while let Some(item) = state.current().filter(|&item| state.verdict(item).is_none()) {
        if shown.replace(item) != Some(item) {
            ui.show(&unit_text(&state, item, colours))?;
        }
        let progress = state.progress();
        let question = format!(
            "({}/{}) Accept this change [y,n,a,s,e,u,q,?]? ",
            progress.decided + progress.skipped + 1,
            progress.total
        );
        let Some(answer) = ui.ask(&question)? else { break };
        let keys = match answer.trim() {
            "y" => vec![Key::Char('a')],
            "a" => vec![Key::Char('A')],
            "s" => vec![Key::Char('s')],
            "e" => vec![Key::Char('e')],
            "u" => vec![Key::Char('u')],
            "n" => {
                let Some(reason) = ui.ask("Why? ")? else { break };
                let typed = reason.chars().filter(|c| !c.is_control()).map(Key::Char);
                [Key::Char('r')].into_iter().chain(typed).chain([Key::Enter]).collect()
            }
            "q" => break,
            _ => {
                ui.show(ANSWERS)?;
                continue;
            }
        };
        for key in keys {
            state = act(state, Event::Key(key), ui)?;
        }
        if !state.message().is_empty() {
            ui.show(&format!("{}\n", state.message()))?;
        }
    }
    debug_assert_eq!(*state.mode(), Mode::Browse);
    let progress = state.progress();
    ui.show(&format!("{} of {} decided\n", progress.decided, progress.total))?;
    Ok(state.decisions().clone())
}

/// One event and all that follows from it.
fn act(state: State, event: Event, ui: &mut dyn LineUi) -> io::Result<State> {
    let (mut state, mut effect) = update(state, event);
    loop {
        match effect {
            Effect::None | Effect::Quit => return Ok(state),
            Effect::Save => {
                ui.save(state.decisions())?;
                return Ok(state);
            }
            Effect::Edit(item, text) => {
                let event = match ui.edit(&text) {
                    Ok(edited) => Event::Edited(item, edited),
                    Err(error) => Event::Failed(error.to_string()),
                };
                (state, effect) = update(state, event);
            }
        }
    }
}

fn unit_text(state: &State, item: usize, colours: Palette) -> String {
    let item = &state.session().items()[item];
    let heading = colours.heading;
    let mut text = format!("{heading}{} {}{heading:#}\n", item.path, item.label);
    for line in &item.detail {
        write_line(line, colours, &mut text);
    }
    text
}

fn write_line(line: &Line, p: Palette, out: &mut String) {
    for (tone, piece) in line {
        let style: Style = match tone {
            Tone::Plain => Style::new(),
            Tone::Heading => p.heading,
            Tone::Dim => p.dim,
            Tone::Hunk => p.hunk,
            Tone::Added => p.good,
            Tone::AddedWord => p.good_word,
            Tone::Removed => p.bad,
            Tone::RemovedWord => p.bad_word,
            Tone::Care => p.care,
        };
        write!(out, "{style}{piece}{style:#}").expect("writing to a String does not fail");
    }
    out.push('\n');
}
