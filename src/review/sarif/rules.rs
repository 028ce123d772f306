//! The rules of the SARIF log, one for each class, with the help that a service shows beside a result.

use serde_json::json;
use serde_sarif::sarif::{MultiformatMessageString, ReportingConfiguration, ReportingDescriptor};

use crate::review::Class;

/// The id of notifications about what was not seen.
pub(super) const UNSEEN: &str = "not-seen";

/// The classes in the order of the rules.
const CLASSES: [Class; 4] = [Class::Gup, Class::Conditional, Class::Mixed, Class::Carried];

/// What is said about a class.
struct Words {
    id: &'static str,
    level: &'static str,
    short: &'static str,
    help: &'static str,
}

fn words(class: Class) -> Words {
    match class {
        Class::Gup => Words {
            id: "gup-page",
            level: "warning",
            short: "A page from get_user_pages() goes into a plain adder",
            help: "On every path to this call the page was taken with get_user_pages() or one of its \
                   relatives. Use the `_from_gup` variant of the adder, so that whoever releases the \
                   pages knows what kind of reference they are under.",
        },
        Class::Conditional => Words {
            id: "conditional-gup-page",
            level: "warning",
            short: "A page that is from get_user_pages() under a condition goes into a plain adder",
            help: "The page is from get_user_pages() exactly when the condition in the message holds. \
                   Call the `_from_gup` variant under that condition and the plain adder otherwise.",
        },
        Class::Mixed => Words {
            id: "mixed-page",
            level: "note",
            short: "Pages from get_user_pages() and other pages go into the same adder",
            help: "Some paths bring a page from get_user_pages(), others a page from elsewhere, and \
                   nothing at this place tells which. Split the paths, or hand down a flag; no tool \
                   should guess here.",
        },
        Class::Carried => Words {
            id: "carried-page",
            level: "none",
            short: "A page is read back from one container and added to another",
            help: "The page comes from a bio, bio_vec or scatterlist that carries its own mark. The \
                   mark has to travel with it; the call itself is not converted.",
        },
    }
}

/// The rule id of a class.
pub(super) fn id(class: Class) -> &'static str {
    words(class).id
}

/// Where the rule of a class is among [`rules`].
pub(super) fn index(class: Class) -> i64 {
    let at = CLASSES.iter().position(|other| *other == class);
    at.expect("every class is in the list") as i64
}

/// Every rule.
pub(super) fn rules() -> Vec<ReportingDescriptor> {
    CLASSES.iter().map(|&class| rule(&words(class))).collect()
}

fn rule(words: &Words) -> ReportingDescriptor {
    let default = ReportingConfiguration {
        level: Some(json!(words.level)),
        ..ReportingConfiguration::default()
    };
    ReportingDescriptor::builder()
        .id(words.id)
        .short_description(text(words.short))
        .full_description(text(words.short))
        .help(text(words.help))
        .default_configuration(default)
        .build()
}

/// The descriptor of notifications about what was not seen.
pub(super) fn unseen() -> ReportingDescriptor {
    ReportingDescriptor::builder()
        .id(UNSEEN)
        .short_description(text("A part of the tree was not looked at"))
        .help(text("A site in this part would not have been found."))
        .build()
}

pub(super) fn text(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text).build()
}
