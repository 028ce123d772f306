//! The review played with keys and lines, drawn into a buffer; any keys leave it consistent.

use std::io;

use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::line_mode::LineUi;
use super::*;
use crate::review::decisions::{Decisions, Verdict};
use crate::review::{Palette, fixture};

fn session() -> Session {
    Session::new(fixture::dry_run(), &|path, line| fixture::read_line(path, line))
}

fn start() -> State {
    State::new(session(), Decisions::default(), (80, 24))
}

/// Plays keys: a character each, `\n` is Return, `\x1b` Escape, `\x08` Backspace.
fn play(state: State, keys: &str) -> (State, Vec<Effect>) {
    let mut effects = Vec::new();
    let state = keys.chars().fold(state, |state, c| {
        let key = match c {
            '\n' => Key::Enter,
            '\x1b' => Key::Esc,
            '\x08' => Key::Backspace,
            c => Key::Char(c),
        };
        let (state, effect) = update(state, Event::Key(key));
        effects.push(effect);
        state
    });
    (state, effects)
}

/// The verdicts of all units, a letter each.
fn verdicts(state: &State) -> String {
    (0..state.session().items().len())
        .map(|item| match state.verdict(item) {
            None => '.',
            Some(Verdict::Accept) => 'a',
            Some(Verdict::Edit(_)) => 'e',
            Some(Verdict::Reject(_)) => 'r',
            Some(Verdict::Skip) => 's',
        })
        .collect()
}

/// The screen as text, and as a snapshot where its name is given.
fn screen(state: &State, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, state, false)).unwrap();
    let buffer = terminal.backend().buffer();
    let rows = buffer.content().chunks(usize::from(width.max(1)));
    let rows = rows.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>());
    rows.map(|row| row.trim_end().to_owned() + "\n").collect()
}

#[test]
fn a_decision_goes_on_to_the_next_undecided_and_is_saved() {
    let (state, effects) = play(start(), "a");
    assert_eq!(verdicts(&state), "a..");
    assert_eq!(effects, [Effect::Save]);
    assert_eq!(state.current(), Some(1));
}

#[test]
fn a_rejection_needs_a_reason() {
    let (state, effects) = play(start(), "r\n");
    assert_eq!(verdicts(&state), "...");
    assert!(state.message().contains("reason"));
    assert_eq!(effects, [Effect::None, Effect::None]);
    let (state, _) = play(state, "rgnoe\x08\x08ne in 6.2\n");
    assert_eq!(state.verdict(0), Some(&Verdict::Reject("gnne in 6.2".into())));
    let (state, _) = play(state, "rno\x1b");
    assert_eq!(verdicts(&state), "r..");
}

#[test]
fn undo_takes_back_the_last_decision_and_goes_there() {
    let (state, _) = play(start(), "asuu");
    assert_eq!(verdicts(&state), "...");
    assert_eq!(state.current(), Some(0));
    let (state, _) = play(state, "u");
    assert_eq!(state.message(), "nothing to undo");
}

#[test]
fn a_file_or_subsystem_is_decided_as_a_whole() {
    let (state, _) = play(start(), "gs");
    assert_eq!(verdicts(&state), "s..");
    let (state, _) = play(state, "gcjja");
    assert_eq!(verdicts(&state), "a..");
}

#[test]
fn accept_all_alike_leaves_what_was_decided_before() {
    // Two files with the same edit and the same flow.
    let mut dry_run = fixture::dry_run();
    let twin = dry_run.groups[0].clone();
    dry_run.groups.insert(1, twin.clone());
    dry_run.groups.insert(2, twin);
    for (at, group) in dry_run.groups[..3].iter_mut().enumerate() {
        let file = &group.files[0];
        let mut change = file.change().clone();
        change.path = fixture::path(&format!("block/copy-{at}.c"));
        group.files =
            vec![crate::review::dry_run::FileReview::new(change, file.evidence().to_vec())];
    }
    let session = Session::new(dry_run, &|_, _| None);
    let state = State::new(session, Decisions::default(), (80, 24));
    let (state, _) = play(state, "snA");
    assert_eq!(verdicts(&state), "saa..");
}

#[test]
fn the_filter_hides_and_the_cursor_stays_on_what_is_shown() {
    let (state, _) = play(start(), "fclass:conditional\n");
    assert_eq!(state.rows().len(), 3);
    assert_eq!(state.rows()[2], Node::Unit(2));
    assert!(state.rows().contains(&state.cursor.unwrap()));
    let (state, _) = play(state, "F");
    assert_eq!(state.rows().len(), 9);
    let (state, _) = play(state, "fis:open\n");
    assert!(state.message().contains("is:undecided"));
    let (state, _) = play(state, "fis:undecided path:DRIVERS\n");
    assert_eq!(state.rows().len(), 3);
}

#[test]
fn search_goes_around() {
    let (state, _) = play(start(), "/iov_iter_get_pages2\n");
    assert_eq!(state.current(), Some(2));
    let (state, _) = play(state, "/UDMA\n");
    assert_eq!(state.current(), Some(1));
    let (state, _) = play(state, "/\n");
    assert_eq!(state.current(), Some(1));
    let (state, _) = play(state, "/nowhere\n");
    assert_eq!(state.message(), "nothing has `nowhere`");
}

#[test]
fn an_edit_comes_back_as_a_decision() {
    let (state, effects) = play(start(), "e");
    let [Effect::Edit(0, text)] = effects.as_slice() else { panic!("{effects:?}") };
    let edited = text.replace("_from_gup", "_of_user");
    let (changed, effect) = update(state.clone(), Event::Edited(0, edited));
    assert_eq!((verdicts(&changed).as_str(), effect), ("e..", Effect::Save));

    let same = update(state.clone(), Event::Edited(0, text.clone())).0;
    assert_eq!(same.message(), "nothing was changed");
    let given_up = update(state.clone(), Event::Edited(0, String::new())).0;
    assert_eq!(verdicts(&given_up), "...");
    let broken = update(state, Event::Edited(0, text.replace("PAGE_SIZE", "4096"))).0;
    assert!(broken.message().contains("not taken"));
}

#[test]
fn the_screen_in_80_by_24() {
    let (state, _) = play(start(), "arno such engine\n");
    fixture::snapshot("review_80x24", &screen(&state, 80, 24));
}

#[test]
fn the_wide_screen_has_the_text_beside_the_tree() {
    fixture::snapshot("review_wide", &screen(&start(), 140, 40));
}

#[test]
fn the_help_fits_80_by_24() {
    let (state, _) = play(start(), "?");
    fixture::snapshot("review_help", &screen(&state, 80, 24));
    assert_eq!(*play(state, "a").0.mode(), Mode::Browse);
}

#[test]
fn nothing_to_review_is_no_trouble() {
    let mut dry_run = fixture::dry_run();
    dry_run.groups.clear();
    let state = State::new(Session::new(dry_run, &|_, _| None), Decisions::default(), (80, 24));
    let (state, _) = play(state, "jkarseuAnNhl\n/x\nfx\ngG ");
    screen(&state, 80, 24);
    assert_eq!(state.progress().total, 0);
}

/// Keys as a cat on the keyboard would press them, with resizes and editors that come back.
fn events() -> impl Strategy<Value = Vec<Event>> {
    let key = prop_oneof![
        8 => proptest::sample::select("aArscuenNjkhlgGJK b/fFq?x:".chars().collect::<Vec<_>>())
            .prop_map(Key::Char),
        3 => proptest::sample::select(vec![
            Key::Enter, Key::Esc, Key::Backspace, Key::Up, Key::Down, Key::Left, Key::Right,
            Key::PageUp, Key::PageDown, Key::Home, Key::End,
        ]),
    ];
    let event = prop_oneof![
        20 => key.prop_map(Event::Key),
        1 => (0_u16..200, 0_u16..60).prop_map(|(columns, rows)| Event::Resize(columns, rows)),
        1 => (0_usize..4, ".{0,20}").prop_map(|(item, text)| Event::Edited(item, text)),
    ];
    proptest::collection::vec(event, 0..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_keys_leave_the_review_consistent(events in events(), width in 1_u16..160, height in 1_u16..50) {
        let mut state = start();
        let mut saved = Decisions::default();
        for event in events {
            let effect;
            (state, effect) = update(state, event);
            let rows = state.rows();
            match state.cursor {
                Some(cursor) => prop_assert!(rows.contains(&cursor)),
                None => prop_assert!(rows.is_empty()),
            }
            let progress = state.progress();
            prop_assert!(progress.decided + progress.skipped <= progress.total);
            if effect == Effect::Save {
                saved = state.decisions().clone();
            }
            // Whatever happened, what is decided is also on disc.
            prop_assert_eq!(&saved, state.decisions());
        }
        screen(&state, width, height);
        let (state, _) = play(state, "\x1b\x1b");
        let (state, _) = play(state, &"u".repeat(100));
        prop_assert_eq!(state.decisions(), &Decisions::default());
    }
}

/// Answers from a list, and what was shown.
struct Script {
    answers: Vec<&'static str>,
    shown: String,
    saved: usize,
}

impl LineUi for Script {
    fn show(&mut self, text: &str) -> io::Result<()> {
        self.shown.push_str(text);
        Ok(())
    }

    fn ask(&mut self, question: &str) -> io::Result<Option<String>> {
        if self.answers.is_empty() {
            return Ok(None);
        }
        let answer = self.answers.remove(0);
        self.shown.push_str(&format!("{question}{answer}\n"));
        Ok(Some(answer.to_owned()))
    }

    fn save(&mut self, _decisions: &Decisions) -> io::Result<()> {
        self.saved += 1;
        Ok(())
    }

    fn edit(&mut self, text: &str) -> io::Result<String> {
        Ok(text.replace("_from_gup", "_of_user"))
    }
}

fn ask(answers: &[&'static str]) -> (Decisions, Script) {
    let mut ui = Script { answers: answers.to_vec(), shown: String::new(), saved: 0 };
    let decisions =
        line_mode::run(session(), Decisions::default(), Palette::plain(), &mut ui).unwrap();
    (decisions, ui)
}

#[test]
fn line_mode_asks_like_git_add_p() {
    let (decisions, ui) = ask(&["?", "e", "n", "gone in 6.2", "y"]);
    assert_eq!(ui.saved, 3);
    assert_eq!(decisions.iter().count(), 3);
    fixture::snapshot("review_lines", &ui.shown);
}

#[test]
fn line_mode_ends_with_its_input() {
    let (decisions, _) = ask(&["y"]);
    assert_eq!(decisions.iter().count(), 1);
    let (decisions, _) = ask(&["y", "u", "n", "", "q"]);
    assert_eq!(decisions.iter().count(), 0);
}
