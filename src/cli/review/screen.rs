//! The full screen: owns the terminal, feeds events to the review, and gives the terminal back, whatever ends it.
//!
//! A panic, an error and a signal all leave the terminal as it was: the screen is left on drop, a panic's
//! message is printed after that, and signals only set a flag that the loop looks at.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail};
use crossterm::event::{self, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use signal_hook::consts::{SIGINT, SIGTERM};

use super::Outside;
use crate::review::interactive::{self, Effect, Event, Key, Progress, State, update};

/// How long a signal may wait to be noticed.
const TICK: Duration = Duration::from_millis(100);

/// Runs the review on the terminal until the person leaves it.
pub(super) fn run(state: State, colour: bool, outside: &mut Outside) -> anyhow::Result<Progress> {
    let signal = Arc::new(AtomicUsize::new(0));
    // SIGHUP keeps its default and ends the program: the terminal is gone, there is nothing to put back, and
    // waiting for a key on it would spin.
    for number in [SIGINT, SIGTERM] {
        signal_hook::flag::register_usize(number, Arc::clone(&signal), number as usize)
            .context("cannot watch for signals")?;
    }
    let mut events = Events { signal, pending: None };
    let mut screen = Screen::enter()?;
    let mut terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
    let size = terminal.size()?;
    let mut state = update(state, Event::Resize(size.width, size.height)).0;
    loop {
        terminal.draw(|frame| interactive::draw(frame, &state, colour))?;
        let event = events.next()?;
        let effect;
        (state, effect) = update(state, event);
        match effect {
            Effect::None => {}
            Effect::Quit => return Ok(state.progress()),
            Effect::Save => outside
                .save(state.decisions())
                .with_context(|| format!("cannot save {}", outside.path.display()))?,
            Effect::Edit(item, text) => {
                drop(screen);
                let edited = outside.edit(&text);
                screen = Screen::enter()?;
                terminal.clear()?;
                let event = match edited {
                    Ok(text) => Event::Edited(item, text),
                    Err(error) => Event::Failed(format!("{error:#}")),
                };
                let effect;
                (state, effect) = update(state, event);
                if effect == Effect::Save {
                    outside.save(state.decisions())?;
                }
            }
        }
    }
}

/// What happens on the terminal, as the review knows it.
struct Events {
    signal: Arc<AtomicUsize>,
    /// A key that came together with the last one.
    pending: Option<Key>,
}

impl Events {
    /// Waits for something that the review knows; a signal ends the waiting with an error.
    fn next(&mut self) -> anyhow::Result<Event> {
        if let Some(key) = self.pending.take() {
            return Ok(Event::Key(key));
        }
        loop {
            match self.signal.load(Ordering::Relaxed) {
                0 => {}
                number => bail!("ended by signal {number}; every decision is saved"),
            }
            match event::poll(TICK) {
                Ok(false) => continue,
                Ok(true) => {}
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e).context("cannot read the terminal"),
            }
            match event::read().context("cannot read the terminal")? {
                event::Event::Key(key) => {
                    if let Some(known) = key_of(key) {
                        // Escape and a key right behind it arrive as one key with Alt; over a slow line that
                        // happens to whoever types the two.
                        if key.modifiers.contains(KeyModifiers::ALT) {
                            self.pending = Some(known);
                            return Ok(Event::Key(Key::Esc));
                        }
                        return Ok(Event::Key(known));
                    }
                }
                event::Event::Resize(columns, rows) => return Ok(Event::Resize(columns, rows)),
                _ => {}
            }
        }
    }
}

fn key_of(key: KeyEvent) -> Option<Key> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return (key.code == KeyCode::Char('c')).then_some(Key::Interrupt);
    }
    Some(match key.code {
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        _ => return None,
    })
}

/// The terminal while it is ours; dropping it gives the terminal back.
pub(super) struct Screen {
    ours: Arc<AtomicBool>,
}

impl Screen {
    /// Takes the terminal over.
    pub(super) fn enter() -> anyhow::Result<Screen> {
        let ours = Arc::new(AtomicBool::new(true));
        let in_hook = Arc::clone(&ours);
        let earlier = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            give_back(&in_hook);
            earlier(panic);
        }));
        enable_raw_mode().context("cannot take the terminal over")?;
        let screen = Screen { ours };
        execute!(io::stdout(), EnterAlternateScreen, cursor::Hide)?;
        Ok(screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back(&self.ours);
    }
}

/// Once, whoever comes first. Where the terminal is gone there is nothing to restore.
fn give_back(ours: &AtomicBool) {
    if ours.swap(false, Ordering::SeqCst) {
        let _ = execute!(io::stdout(), LeaveAlternateScreen, cursor::Show);
        let _ = disable_raw_mode();
    }
}
