//! The text of a rule as it is quoted in a message.
//!
//! In: a semantic patch. Out: the same, four columns in, so that no line of it is taken for a patch. A block
//! of `//` comments that would run over the width is filled anew as a whole; code, and comments with a
//! layout of their own, stay as they are.

use super::fill;
use super::message::WIDTH;

const INDENT: &str = "    ";
const COMMENT: &str = "// ";

/// Quotes `rule`.
pub(super) fn quoted(rule: &str) -> String {
    let lines: Vec<&str> = rule.trim_end().lines().collect();
    let blocks = lines.chunk_by(|a, b| is_prose(a) && is_prose(b));
    let mut out: Vec<String> = Vec::with_capacity(lines.len());
    for block in blocks {
        let too_long = block.iter().any(|line| line.chars().count() + INDENT.len() > WIDTH);
        if is_prose(block[0]) && too_long {
            let text: Vec<&str> =
                block.iter().map(|line| line.trim_start_matches('/').trim()).collect();
            let filled = fill(&text.join("\n"), WIDTH - INDENT.len() - COMMENT.len());
            out.extend(filled.lines().map(|line| format!("{INDENT}{COMMENT}{line}")));
        } else {
            out.extend(block.iter().map(|line| format!("{INDENT}{line}").trim_end().to_owned()));
        }
    }
    out.join("\n")
}

/// A comment whose text starts right behind its mark: what is set in further is code or a table.
fn is_prose(line: &str) -> bool {
    let text = line.strip_prefix("//").map(|text| text.strip_prefix(' ').unwrap_or(text));
    text.is_some_and(|text| text.starts_with(|c: char| !c.is_whitespace()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_of_comments_is_filled_as_a_whole() {
        let long = "word ".repeat(17);
        let text = quoted(&format!("// {long}\n// goes on.\n//\n// Short.\n@@\n"));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 5, "{text}");
        assert!(lines[0].len() > WIDTH - 5 && lines[0].len() <= WIDTH, "{text}");
        assert!(lines[1].ends_with("word word goes on."), "{text}");
        assert_eq!(lines[2..], ["    //", "    // Short.", "    @@"]);
    }

    #[test]
    fn code_and_what_fits_stay_as_they_are() {
        let code = format!("- {}", "x".repeat(90));
        let text = format!("// a\n// b\n//   {}\n{code}\n", "y".repeat(90));
        assert_eq!(
            quoted(&text),
            format!("    // a\n    // b\n    //   {}\n    {code}", "y".repeat(90))
        );
    }
}
