//! Text wrapped for mail.
//!
//! In: paragraphs with blank lines between them. Out: the same with no line over the width, as far as
//! words allow. Indented lines (code, rules, tables) stay as they are; an item that starts with `- ` is
//! wrapped under its own text, and the lines below it belong to it; `====` under a heading
//! stays there. No line comes to start with what mail or `git am` take for something else.

/// Wraps `text` at `width` columns. White space at the end goes.
pub(crate) fn fill(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 32);
    let mut paragraph = Vec::new();
    for line in text.lines().map(str::trim_end) {
        let verbatim = line.starts_with([' ', '\t']);
        let item = line.starts_with("- ");
        let ruler = line.len() > 3 && line.bytes().all(|b| b == b'=');
        if line.is_empty() || verbatim || item || ruler {
            flush(&mut out, &mut paragraph, width);
        }
        if line.is_empty() {
            out.push('\n');
        } else if ruler || verbatim && paragraph.first() != Some(&"-") {
            out.push_str(line);
            out.push('\n');
        } else {
            paragraph.extend(line.split_whitespace());
        }
    }
    flush(&mut out, &mut paragraph, width);
    collapse_blank_lines(out.trim_matches('\n'))
}

fn flush(out: &mut String, words: &mut Vec<&str>, width: usize) {
    if words.is_empty() {
        return;
    }
    let hang = if words[0] == "-" { "  " } else { "" };
    let mut lines: Vec<Vec<&str>> = vec![vec![]];
    let mut column = 0;
    for word in words.drain(..) {
        let len = word.chars().count();
        let line = lines.last_mut().expect("there is always a last line");
        if column > 0 && column + 1 + len > width {
            // A word that may not start a line takes the one before it along.
            let mut next = vec![];
            if misread_at_start(word) && line.len() > 1 {
                next.extend(line.pop());
            }
            next.push(word);
            column = hang.len() + next.iter().map(|w| w.chars().count() + 1).sum::<usize>() - 1;
            lines.push(next);
        } else {
            column += len + usize::from(column > 0);
            line.push(word);
        }
    }
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            out.push_str(hang);
        }
        out.push_str(&line.join(" "));
        out.push('\n');
    }
}

/// `From ` starts a mail in an mbox; the others start a patch for `git am`.
fn misread_at_start(word: &str) -> bool {
    word == "From" || word.starts_with("---") || word == "diff" || word.starts_with("Index:")
}

fn collapse_blank_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for line in text.lines() {
        if !(line.is_empty() && blank) {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(line);
        }
        blank = line.is_empty();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn paragraphs_are_filled_and_code_stays() {
        assert_eq!(
            fill("aaa bbb\nccc\n\n\n    x  y  z  too long\n- one two three\n- four\n", 9),
            "aaa bbb\nccc\n\n    x  y  z  too long\n- one two\n  three\n- four"
        );
    }

    #[test]
    fn a_heading_keeps_its_ruler() {
        assert_eq!(fill("Why\n====\n\nSo", 20), "Why\n====\n\nSo");
    }

    #[test]
    fn no_line_starts_like_a_mail_or_a_patch() {
        assert_eq!(fill("aaaa bbb From x", 8), "aaaa\nbbb From\nx");
    }
}
