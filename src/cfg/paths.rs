//! Questions about ways through the graph: is there one, which is the shortest, what can be reached.

use std::collections::VecDeque;

use super::{Cfg, Point};

/// A set of points of one graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Points {
    words: Vec<u64>,
}

impl Points {
    /// No point of a graph with `len` points.
    pub fn none(len: usize) -> Points {
        Points { words: vec![0; len.div_ceil(64)] }
    }

    /// Adds `point`; whether it was new.
    pub fn insert(&mut self, point: Point) -> bool {
        let (word, bit) = (point.index() / 64, 1 << (point.index() % 64));
        let new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        new
    }

    /// Whether `point` is in the set.
    pub fn contains(&self, point: Point) -> bool {
        self.words[point.index() / 64] & (1 << (point.index() % 64)) != 0
    }

    /// The points of the set in order.
    pub fn iter(&self) -> impl Iterator<Item = Point> + '_ {
        (0..self.words.len() as u32 * 64).map(Point).filter(|&point| self.contains(point))
    }
}

impl Cfg {
    /// What can be reached from `from` by at least one edge without entering a point to `avoid`.
    pub fn reachable_from(&self, from: Point, avoid: impl Fn(Point) -> bool) -> Points {
        let mut found = Points::none(self.len());
        let mut stack = vec![from];
        while let Some(point) = stack.pop() {
            for edge in self.successors(point) {
                if !avoid(edge.point) && found.insert(edge.point) {
                    stack.push(edge.point);
                }
            }
        }
        found
    }

    /// What can lead to `to` by at least one edge without entering a point to `avoid`.
    pub fn leading_to(&self, to: Point, avoid: impl Fn(Point) -> bool) -> Points {
        let mut found = Points::none(self.len());
        let mut stack = vec![to];
        while let Some(point) = stack.pop() {
            for edge in self.predecessors(point) {
                if !avoid(edge.point) && found.insert(edge.point) {
                    stack.push(edge.point);
                }
            }
        }
        found
    }

    /// Whether control can come from `from` to `to`, by at least one edge, without passing a point to
    /// `avoid` in between.
    pub fn has_path(&self, from: Point, to: Point, avoid: impl Fn(Point) -> bool) -> bool {
        self.path(from, to, avoid).is_some()
    }

    /// A shortest such way, both ends included. `from == to` asks for a cycle.
    pub fn path(
        &self,
        from: Point,
        to: Point,
        avoid: impl Fn(Point) -> bool,
    ) -> Option<Vec<Point>> {
        let mut came_from: Vec<Option<Point>> = vec![None; self.len()];
        let mut queue = VecDeque::from([from]);
        while let Some(point) = queue.pop_front() {
            for edge in self.successors(point) {
                let next = edge.point;
                if came_from[next.index()].is_some() || (next != to && avoid(next)) {
                    continue;
                }
                came_from[next.index()] = Some(point);
                if next == to {
                    return Some(walk_back(&came_from, from, to));
                }
                queue.push_back(next);
            }
        }
        None
    }
}

fn walk_back(came_from: &[Option<Point>], from: Point, to: Point) -> Vec<Point> {
    let mut way = vec![to];
    let mut at = to;
    loop {
        at = came_from[at.index()].expect("every point on the way was come to from another");
        way.push(at);
        if at == from {
            break;
        }
    }
    way.reverse();
    way
}
