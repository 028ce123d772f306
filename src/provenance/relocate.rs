//! What is known of a file whose items have moved: lines and tokens as they are now.
//!
//! A [`Site`] says places by line, in its own file and in those on the ways to it. Where each of those items still says
//! what it said, the site holds with the lines and tokens that they have now.

use super::origin::{Place, TraceStep};
use super::site::{Site, SourceRef};
use super::whole::Anchor;
use crate::lex::{TokenId, TokenRange};
use crate::source::TreePath;

/// Where the items of a file were and where they are, those that are the same.
#[derive(Debug, Default)]
pub struct Moves {
    /// Sorted by where they were.
    items: Vec<(Anchor, Anchor)>,
}

impl Moves {
    /// Takes items with where they were and where they are; `None` where they changed their order.
    pub fn new(mut items: Vec<(Anchor, Anchor)>) -> Option<Moves> {
        items.sort_unstable_by_key(|(before, _)| before.token);
        let keep_order = items.is_sorted_by(|(_, a), (_, b)| a.token < b.token);
        keep_order.then_some(Moves { items })
    }

    /// A line as it is now; `None` where it is in no such item, or in two.
    fn line(&self, line: u32) -> Option<u32> {
        let around = |(before, _): &&(Anchor, Anchor)| {
            (before.line..before.line + before.lines).contains(&line)
        };
        let mut found =
            self.items.iter().filter(around).map(|(before, now)| line - before.line + now.line);
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }

    fn tokens(&self, range: TokenRange) -> Option<TokenRange> {
        let at = self.items.partition_point(|(before, _)| before.token <= range.start.0);
        let (before, now) = self.items.get(at.checked_sub(1)?)?;
        let is_inside = range.end.0 <= before.token + before.tokens;
        let moved = |token: TokenId| TokenId(token.0 - before.token + now.token);
        is_inside.then(|| TokenRange { start: moved(range.start), end: moved(range.end) })
    }
}

impl Place {
    /// The same place where the items of its file have gone; `None` where that cannot be told.
    pub fn moved(self, moves: &Moves) -> Option<Place> {
        Some(Place { line: moves.line(self.line)?, ..self })
    }
}

impl Site {
    /// The same site of `own`, the file that it is in, with its places as they are now: `moved` gives the moves of a
    /// file that has changed. `None` where a place cannot be told.
    pub fn moved<'m>(
        mut self,
        own: &TreePath,
        moved: &dyn Fn(&TreePath) -> Option<&'m Moves>,
    ) -> Option<Site> {
        let mut relocate = |place: &mut Place| {
            if let Some(moves) = moved(&place.file) {
                place.line = moves.line(place.line)?;
            }
            Some(())
        };
        if let Some(place) = self.condition.as_mut().and_then(|told| told.set_at.as_mut()) {
            // The reason says that line in words.
            let line = place.line;
            relocate(place)?;
            (place.line == line).then_some(())?;
        }
        self.each_place(&mut relocate)?;
        if let Some(moves) = moved(own) {
            self.location.line = moves.line(self.location.line)?;
            self.tokens = moves.tokens(self.tokens)?;
            self.page_tokens = moves.tokens(self.page_tokens)?;
            let kept = self.threading.iter_mut().filter_map(|flag| flag.kept.as_mut());
            for insertion in kept.flat_map(|kept| &mut kept.insertions) {
                insertion.line = moves.line(insertion.line)?;
            }
            let functions = self.threading.iter_mut().flat_map(|flag| &mut flag.functions);
            for call in functions.flat_map(|function| &mut function.calls) {
                call.page = moves.tokens(call.page)?;
            }
        }
        Some(self)
    }

    /// Does `work` for each place but the one of the condition, until it gives `None`.
    fn each_place(&mut self, work: &mut dyn FnMut(&mut Place) -> Option<()>) -> Option<()> {
        let Site { sources, others, releases, trace, other_trace, gaps, .. } = self;
        let of_refs = [sources, others, releases].into_iter().flatten();
        let of_refs = of_refs.map(|SourceRef { place, .. }| place);
        let of_steps = [trace, other_trace].into_iter().flatten();
        let of_steps = of_steps.map(|TraceStep { place, .. }| place);
        let of_gaps = gaps.iter_mut().filter_map(|gap| gap.place.as_mut());
        of_refs.chain(of_steps).chain(of_gaps).try_for_each(work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchor(line: u32, token: u32) -> Anchor {
        Anchor { line, lines: 3, token, tokens: 10, item: 0, name: 0 }
    }

    fn range(start: u32, end: u32) -> TokenRange {
        TokenRange { start: TokenId(start), end: TokenId(end) }
    }

    #[test]
    fn what_is_in_an_item_goes_with_it() {
        let moves =
            Moves::new(vec![(anchor(20, 50), anchor(22, 61)), (anchor(10, 5), anchor(10, 5))]);
        let moves = moves.expect("the order is the same");
        assert_eq!((moves.line(12), moves.line(21)), (Some(12), Some(23)));
        assert_eq!((moves.line(13), moves.line(9)), (None, None));
        assert_eq!(moves.tokens(range(52, 60)), Some(range(63, 71)));
        assert_eq!((moves.tokens(range(14, 16)), moves.tokens(range(2, 3))), (None, None));
    }

    #[test]
    fn items_that_changed_their_order_are_not_followed() {
        let swapped = vec![(anchor(10, 5), anchor(20, 50)), (anchor(20, 50), anchor(10, 5))];
        assert!(Moves::new(swapped).is_none());
    }
}
