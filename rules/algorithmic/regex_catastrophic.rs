//! # A regular expression that can take for ever
//!
//! Where something repeated can match the same text in more than one way, as in `(\w+\s?)*`, Python's matcher tries all ways before it
//! says that there is no match, and their number doubles with every character. A text of 40 characters then takes minutes, and whoever
//! sends such a text stops the program.
//!
//! hotlint makes an automaton of the pattern and looks for a text that is read in two ways. It reports a pattern only with a text that
//! shows it, and is silent about patterns that look ahead, refer to groups, or have anchors in the middle.
//!
//! ```python bad
//! import math
//! import re
//!
//! WORDS = re.compile(r"^(\w+\s?)*$")
//!
//!
//! def is_text(line):
//!     return WORDS.match(line) is not None
//! ```
//!
//! ```python good
//! import math
//! import re
//!
//! WORDS = re.compile(r"^(\w+(\s|$))*$")
//!
//!
//! def is_text(line):
//!     return WORDS.match(line) is not None
//! ```
//!
//! ```python input
//! line = "a" * int(math.log2(n + 1)) + "!"
//! is_text(line)
//! ```
//!
//! ```python bad
//! import re
//!
//!
//! def is_path(text):
//!     return re.fullmatch(r"(/?[a-z]*)+", text) is not None
//! ```
//!
//! Each character can be read in one way only, or there is always a match:
//!
//! ```python fine
//! import re
//!
//! STRING = re.compile(r'"([^"\\]|\\.)*"')
//! NAMES = re.compile(r"^[a-z]+(-[a-z]+)*$")
//! BLOCKS = re.compile(r"(a+)+")
//! PAIRS = re.compile(r"(\w+=\w*;)*$")
//! AHEAD = re.compile(r"((?=a)a+)+b")
//! OPTIONS = re.compile(r"\)(\s*,?\s*(STRICT|WITHOUT ROWID))*$")
//! ```
//!
//! There is no fix: let the parts that are repeated begin or end with something that tells them apart, or, from Python 3.11 on, make
//! them possessive (`\w++`) or atomic (`(?>...)`).

use hotlint_core::ast::{Expr, ExprCall, Operator};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{PatternFlags, Regex};

pub struct RegexCatastrophic;

impl Rule for RegexCatastrophic {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &[
        "re.compile",
        "re.findall",
        "re.finditer",
        "re.fullmatch",
        "re.match",
        "re.search",
        "re.split",
        "re.sub",
        "re.subn",
    ];
    const COST: Cost = Cost::Growth("O(2ⁿ)", "O(n)");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let argument = call.arguments.find_argument_value("pattern", 0)?;
        let pattern = match argument {
            Expr::Name(_) => cx.only_value(argument)?,
            argument => argument,
        };
        let text = pattern.as_string_literal_expr()?.value.to_str();
        // Nothing is repeated within a group without these.
        if !text.contains('(') || !text.contains(['*', '+']) {
            return None;
        }
        let name = cx.name(&*call.func)?;
        let member = name.strip_prefix("re.")?;
        let place = match member {
            "compile" => 1,
            "sub" | "subn" => 4,
            "split" => 3,
            _ => 2,
        };
        let mut flags = PatternFlags::default();
        if let Some(given) = call.arguments.find_argument_value("flags", place) {
            read_flags(given, &mut flags, cx)?;
        }
        let blowup = Regex::parse(text, flags)?.blowup(member == "fullmatch")?;
        // Nobody writes the same word over and over, but to do harm.
        let mut letters: Vec<char> = (blowup.pump.chars())
            .filter(|letter| letter.is_alphabetic())
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
        letters.sort_unstable();
        letters.dedup();
        if letters.len() > MOST_LETTERS {
            return None;
        }
        let start = match blowup.prefix.as_str() {
            "" => String::new(),
            prefix => format!("{prefix:?} + "),
        };
        let attack = format!(
            "{start}{:?} * 30 + {:?}",
            blowup.pump,
            blowup.suffix.to_string()
        );
        Some(
            Finding::new(
                argument,
                "this pattern can read the same text in two ways, again and again: where it does not match, it tries them all",
            )
            .label(format!("takes for ever on `{attack}`"))
            .help("let what is repeated begin or end with something that only occurs there"),
        )
    }
}

/// How many letters what is repeated may have: separators, digits, one word character and another.
const MOST_LETTERS: usize = 2;

/// `re.I | re.X`; `None` where a flag is not known.
fn read_flags<'a>(given: &'a Expr, flags: &mut PatternFlags, cx: &Cx<'a>) -> Option<()> {
    if let Expr::BinOp(op) = given {
        if op.op != Operator::BitOr {
            return None;
        }
        read_flags(&op.left, flags, cx)?;
        return read_flags(&op.right, flags, cx);
    }
    let name = cx.name(given)?;
    flags.add(name.strip_prefix("re.")?).then_some(())
}
