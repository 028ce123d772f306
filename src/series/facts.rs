//! What a campaign found and changed: the facts a series is made of.
//!
//! Filled by the driver from the stages before. Everything in it is a value: no file is read from here on.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::diff::FileChange;
use crate::source::TreePath;

/// The name of a rule: the stem of its file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RuleName(pub String);

/// A rule as its author wrote it, for disclosure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// The stem of its file.
    pub name: RuleName,
    /// The semantic patch, whole.
    pub text: String,
}

/// Where the pages of a site come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceFact {
    /// The name of the function that takes the references: `pin_user_pages_fast`.
    pub call: String,
    /// The file it is called in.
    pub path: TreePath,
    /// 1-based.
    pub line: u32,
    /// The function it is called from.
    pub function: String,
}

/// One converted site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SiteFact {
    /// The rule that converted it.
    pub rule: RuleName,
    /// The function it is in.
    pub function: String,
    /// 1-based line before the change.
    pub line: u32,
    /// What was called: `bio_add_page`, or `bv_page` for a store.
    pub adder: String,
    /// What is called now.
    pub conversion: String,
    /// The GUP calls; empty where they lie behind an interface that was not followed.
    pub sources: Vec<SourceFact>,
    /// `gup` or `conditional`, as `scan` prints it.
    pub class: String,
    /// For `conditional`: the expression that is true for GUP pages.
    pub condition: Option<String>,
    /// `safe` or `review`, as `scan` prints it.
    pub applicability: String,
    /// The way of the page from the call to the adder, a sentence or two in all.
    pub evidence: Vec<String>,
    /// Whether a person edited in review what the rule made.
    pub edited: bool,
}

/// A changed file and the sites converted in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// Before and after.
    pub change: FileChange,
    /// By line.
    pub sites: Vec<SiteFact>,
}

/// A site that GUP pages reach and that was not converted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftAlone {
    /// The file.
    pub path: TreePath,
    /// 1-based.
    pub line: u32,
    /// The function it is in.
    pub function: String,
    /// What is called there.
    pub adder: String,
    /// Why it stays as it is, without a full stop.
    pub reason: String,
}

/// The commit message templates of a campaign by name: one for each rule, and [`Messages::HELPERS`],
/// [`Messages::CAMPAIGN`] and [`Messages::COVER`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Messages(pub BTreeMap<String, String>);

impl Messages {
    /// The patch that adds the helpers.
    pub const HELPERS: &'static str = "helpers";
    /// A patch whose sites come from several rules, or whose rule has no template of its own.
    pub const CAMPAIGN: &'static str = "campaign";
    /// The cover letter.
    pub const COVER: &'static str = "cover";

    /// The templates of the campaign `from-gup`, which also serve where a campaign lacks one.
    pub fn from_gup() -> Messages {
        let texts = [
            (Messages::HELPERS, include_str!("../../rules/from-gup/helpers.msg")),
            (Messages::CAMPAIGN, include_str!("../../rules/from-gup/campaign.msg")),
            (Messages::COVER, include_str!("../../rules/from-gup/cover.msg")),
        ];
        Messages(texts.map(|(name, text)| (name.to_owned(), text.to_owned())).into())
    }

    /// These templates with those of `more` over them.
    pub fn with(mut self, more: BTreeMap<String, String>) -> Messages {
        self.0.extend(more);
        self
    }
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesFacts {
    /// The name of its folder: `from-gup`. The branch is named after it.
    pub name: String,
    /// What it does, in the imperative, for the subject of the cover letter.
    pub title: String,
    /// The rules that changed something.
    pub rules: Vec<RuleText>,
    /// The message templates.
    pub messages: Messages,
    /// One entry a file.
    pub conversions: Vec<Conversion>,
    /// What the first patch changes; see [`crate::series::from_gup`].
    pub helpers: Vec<FileChange>,
    /// The functions the first patch adds.
    pub helper_names: Vec<String>,
    /// What was found and not converted.
    pub left_alone: Vec<LeftAlone>,
    /// What could not be read, summed up.
    pub unseen: Option<String>,
    /// What was built and run, a sentence each; empty where nothing was.
    pub testing: Vec<String>,
}
