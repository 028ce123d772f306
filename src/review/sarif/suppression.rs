//! What the guard said about a site, in SARIF's words: new or known, and suppressed by whom.

use serde_json::json;
use serde_sarif::sarif::{Result as SarifResult, Suppression};

use crate::review::fingerprint::Fingerprint;
use crate::review::guard::{Excuse, Judgement};

/// Marks the result of the site that is named as `judgement` has it; other sites stay as they are.
pub(super) fn judge(result: &mut SarifResult, name: &Fingerprint, judgement: &Judgement) {
    if judgement.findings.iter().any(|finding| finding.fingerprint == *name) {
        result.baseline_state = Some(json!("new"));
    }
    let Some(excused) = judgement.excused.iter().find(|excused| excused.fingerprint == *name)
    else {
        return;
    };
    let (kind, justification) = match &excused.excuse {
        Excuse::Baseline => {
            // A known result is no suppressed one: services show it as unchanged.
            result.baseline_state = Some(json!("unchanged"));
            return;
        }
        Excuse::Exception { reason } => ("external", reason),
        Excuse::Comment { reason } => ("inSource", reason),
    };
    let suppression =
        Suppression::builder().kind(json!(kind)).justification(justification.clone()).build();
    result.baseline_state = Some(json!("new"));
    result.suppressions = Some(vec![suppression]);
}
