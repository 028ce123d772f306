//! Trailers: the lines at the end of a commit message that name people and places.
//!
//! In: `Suggested-by: Jane Doe <jane@example.org>` as a user gives it. Out: a [`Trailer`], and lists of them
//! in the order that `Documentation/process/maintainer-tip.rst` asks for. They are never wrapped.

use std::fmt;

/// One line `Key: value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trailer {
    key: String,
    value: String,
}

/// Why a text is no trailer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a trailer")]
pub struct BadTrailer(String);

/// The order of the keys; the author's sign-off stands at [`SIGN_OFF`], and a key that is not here stands
/// right before it.
const ORDER: &[&str] = &[
    "fixes",
    "reported-by",
    "closes",
    "originally-by",
    "suggested-by",
    "co-developed-by",
    SIGN_OFF,
    "tested-by",
    "reviewed-by",
    "acked-by",
    "cc",
    "link",
];
const SIGN_OFF: &str = "signed-off-by";

impl Trailer {
    /// Reads one line.
    pub fn parse(text: &str) -> Result<Trailer, BadTrailer> {
        let bad = || BadTrailer(text.to_owned());
        let (key, value) = text.split_once(':').ok_or_else(bad)?;
        let word = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        let value = value.trim();
        let fits = !key.is_empty()
            && key.starts_with(|c: char| c.is_ascii_alphabetic())
            && key.bytes().all(word)
            && !value.is_empty()
            && !value.contains(['\n', '\r']);
        if fits { Ok(Trailer { key: key.to_owned(), value: value.to_owned() }) } else { Err(bad()) }
    }

    /// The author's own `Signed-off-by`.
    pub(super) fn sign_off(author: &str) -> Trailer {
        Trailer { key: "Signed-off-by".into(), value: author.to_owned() }
    }

    fn place(&self) -> usize {
        let of = |key: &str| ORDER.iter().position(|known| *known == key);
        let lower = self.key.to_lowercase();
        of(&lower).or_else(|| of(SIGN_OFF)).map_or(0, |place| 2 * place)
            - usize::from(of(&lower).is_none())
    }
}

impl fmt::Display for Trailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.value)
    }
}

/// The lines in their order, each once; those of the same key stay as they were given.
pub(super) fn ordered(trailers: &[Trailer], sign_off: Option<Trailer>) -> Vec<String> {
    let mut all: Vec<&Trailer> = Vec::new();
    for trailer in trailers.iter().chain(&sign_off) {
        if !all.contains(&trailer) {
            all.push(trailer);
        }
    }
    all.sort_by_key(|trailer| trailer.place());
    all.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailers_stand_in_the_order_of_the_tip_tree() {
        let given = [
            "Link: https://example.org/1",
            "X-Odd: x",
            "Reviewed-by: R <r@x>",
            "Suggested-by: S <s@x>",
            "suggested-by: T <t@x>",
            "Fixes: 123456789012 (\"a: b\")",
            "X-Odd: x",
        ];
        let given: Vec<Trailer> = given.iter().map(|text| Trailer::parse(text).unwrap()).collect();
        assert_eq!(
            ordered(&given, Some(Trailer::sign_off("A <a@x>"))),
            [
                "Fixes: 123456789012 (\"a: b\")",
                "Suggested-by: S <s@x>",
                "suggested-by: T <t@x>",
                "X-Odd: x",
                "Signed-off-by: A <a@x>",
                "Reviewed-by: R <r@x>",
                "Link: https://example.org/1",
            ]
        );
    }

    #[test]
    fn what_is_no_single_line_with_a_key_is_refused() {
        for text in ["", "no colon", "Two words: x", "Key:", "Key: a\nb", ": x", "-a: x"] {
            assert_eq!(Trailer::parse(text), Err(BadTrailer(text.into())), "{text}");
        }
    }
}
