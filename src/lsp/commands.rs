//! The commands that clients may have run, and those that hotlint's own extension brings.

/// Shows the page of a rule: the rule's name.
pub const EXPLAIN_RULE: &str = "hotlint.explainRule";
/// Returns the page of a rule as Markdown: the rule's name.
pub const RULE_PAGE: &str = "hotlint.rulePage";
/// Applies all fixes of a document: its URI.
pub const FIX_ALL: &str = "hotlint.fixAll";
/// Puts a comment at a finding: what the client was told to give back, and the reason.
pub const IGNORE: &str = "hotlint.ignore";
/// Adds a finding to the baseline: what the client was told to give back.
pub const ADD_TO_BASELINE: &str = "hotlint.addToBaseline";
/// Ranks by profiles from now on: their paths.
pub const LOAD_PROFILE: &str = "hotlint.loadProfile";
/// Goes back to the profiles of the configuration.
pub const CLEAR_PROFILE: &str = "hotlint.clearProfile";
/// Returns what the server knows of its folders and documents, for reports of bugs.
pub const DEBUG_INFORMATION: &str = "hotlint.debugInformation";

/// All that the server runs.
pub const ALL: [&str; 8] = [
    EXPLAIN_RULE,
    RULE_PAGE,
    FIX_ALL,
    IGNORE,
    ADD_TO_BASELINE,
    LOAD_PROFILE,
    CLEAR_PROFILE,
    DEBUG_INFORMATION,
];

/// Asks the user for a reason, then has [`IGNORE`] run; the extension's own.
pub const ASK_REASON: &str = "hotlint.askReason";
/// Shows the findings of a function; the extension's own.
pub const SHOW_FINDINGS: &str = "hotlint.showFindings";
