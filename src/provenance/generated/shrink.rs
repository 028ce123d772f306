//! Makes a failing program small: statements are left out, and blocks put in the place of what is around
//! them, as long as it still fails (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing
//! input", 2002, with one statement at a time).

use super::program::*;

/// The smallest program found that `fails`.
pub(super) fn shrink(mut program: Program, fails: &dyn Fn(&Program) -> bool) -> Program {
    loop {
        let before = count(&program);
        let mut at = 0;
        while at < count(&program) {
            let smaller = [Change::Drop, Change::Unwrap]
                .into_iter()
                .map(|change| changed(&program, at, change))
                .find(|smaller| count(smaller) < count(&program) && fails(smaller));
            match smaller {
                Some(smaller) => program = smaller,
                None => at += 1,
            }
        }
        if count(&program) == before {
            return program;
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Change {
    Drop,
    /// What is inside takes its place.
    Unwrap,
}

fn count(program: &Program) -> usize {
    let mut count = 0;
    program.visit(&mut |_, _| count += 1);
    count
}

fn changed(program: &Program, at: usize, change: Change) -> Program {
    let mut program = program.clone();
    let mut left = at;
    for function in &mut program.functions {
        let mut blocks = [&mut function.head, &mut function.body, &mut function.tail];
        if blocks.iter_mut().any(|block| change_block(block, &mut left, change)) {
            break;
        }
    }
    program
}

fn change_block(block: &mut Block, left: &mut usize, change: Change) -> bool {
    for at in 0..block.len() {
        if *left == 0 {
            let removed = block.remove(at);
            if change == Change::Unwrap {
                let inner: Vec<Statement> =
                    removed.does.blocks().into_iter().flatten().cloned().collect();
                block.splice(at..at, inner);
            }
            return true;
        }
        *left -= 1;
        for inner in block[at].does.blocks_mut() {
            if change_block(inner, left, change) {
                return true;
            }
        }
    }
    false
}
