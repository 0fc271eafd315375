//! Reads a pattern into a tree.

use std::iter::Peekable;
use std::str::Chars;

/// Flags that change what a pattern matches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PatternFlags {
    pub ignore_case: bool,
    pub dot_all: bool,
    pub verbose: bool,
}

impl PatternFlags {
    /// Adds a flag by its name in `re`; `false` for one that is not known, or that does more than match.
    pub fn add(&mut self, name: &str) -> bool {
        match name {
            "I" | "IGNORECASE" => self.ignore_case = true,
            "S" | "DOTALL" => self.dot_all = true,
            "X" | "VERBOSE" => self.verbose = true,
            "M" | "MULTILINE" | "A" | "ASCII" | "U" | "UNICODE" => {}
            _ => return false,
        }
        true
    }
}

/// A set of ASCII characters, one bit each. What lies beyond ASCII is left out.
pub(super) type Set = u128;

const DIGIT: Set = range('0', '9');
const WORD: Set = DIGIT | range('a', 'z') | range('A', 'Z') | bit('_');
/// What `\s` means for strings; for bytes it is less, by control characters that nobody writes.
const SPACE: Set = range('\t', '\r') | bit(' ');

const fn bit(c: char) -> Set {
    if c.is_ascii() { 1 << (c as u32) } else { 0 }
}

const fn range(low: char, high: char) -> Set {
    let mut set = 0;
    let mut c = low as u32;
    while c <= high as u32 && c < 128 {
        set |= 1 << c;
        c += 1;
    }
    set
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Empty,
    One(Set),
    All(Vec<Node>),
    Any(Vec<Node>),
    /// At least so often, and at most.
    Repeat(Box<Node>, u32, Option<u32>),
}

/// A pattern that is certain to compile, and whose meaning is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regex {
    pub(super) root: Node,
    /// It ends with `$` or `\Z`.
    pub(super) to_the_end: bool,
}

/// Patterns that nest deeper are machine-made.
const DEEPEST: u32 = 50;

impl Regex {
    /// `None` where the pattern does not compile, or has something that is not modelled.
    pub fn parse(pattern: &str, flags: PatternFlags) -> Option<Regex> {
        let mut parser = Parser {
            rest: pattern.chars().peekable(),
            flags,
            names: Vec::new(),
            depth: 0,
            to_the_end: false,
            anchored: false,
            at_start: true,
        };
        let root = parser.alternatives()?;
        // A closing parenthesis that nobody opened.
        parser.rest.next().is_none().then_some(Regex {
            root,
            to_the_end: parser.to_the_end,
        })
    }
}

struct Parser<'p> {
    rest: Peekable<Chars<'p>>,
    flags: PatternFlags,
    names: Vec<String>,
    depth: u32,
    to_the_end: bool,
    /// It begins with `^` or `\A`.
    anchored: bool,
    /// Nothing was read yet that matches a character.
    at_start: bool,
}

impl Parser<'_> {
    fn alternatives(&mut self) -> Option<Node> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut choices = vec![self.sequence()?];
        while self.rest.next_if_eq(&'|').is_some() {
            // `^a|b$`: the anchors hold for one side only.
            if self.depth == 1 && (self.to_the_end || self.anchored) {
                return None;
            }
            choices.push(self.sequence()?);
        }
        self.depth -= 1;
        Some(match choices.len() {
            1 => choices.swap_remove(0),
            _ => Node::Any(choices),
        })
    }

    fn sequence(&mut self) -> Option<Node> {
        let mut parts = Vec::new();
        while let Some(c) = self.rest.peek().copied() {
            if matches!(c, '|' | ')') {
                break;
            }
            self.rest.next();
            if self.flags.verbose && c.is_ascii_whitespace() {
                continue;
            }
            if self.flags.verbose && c == '#' {
                while self.rest.next().is_some_and(|c| c != '\n') {}
                continue;
            }
            // Something follows what was thought to be the end.
            if self.to_the_end {
                return None;
            }
            if let Some(node) = self.item(c)? {
                self.at_start = false;
                let node = self.repeated(node)?;
                parts.push(node);
            }
        }
        Some(match parts.len() {
            0 => Node::Empty,
            1 => parts.swap_remove(0),
            _ => Node::All(parts),
        })
    }

    /// One item; `Some(None)` is an anchor at one of the ends.
    fn item(&mut self, c: char) -> Option<Option<Node>> {
        Some(Some(match c {
            '^' => return self.start(),
            '$' => return self.end(),
            '.' if self.flags.dot_all => Node::One(!0),
            '.' => Node::One(!bit('\n')),
            '\\' => match self.rest.next()? {
                'A' => return self.start(),
                'Z' => return self.end(),
                escaped => Node::One(self.escape(escaped)?),
            },
            '[' => Node::One(self.class()?),
            '(' => self.group()?,
            '*' | '+' | '?' | ')' => return None,
            '{' if self.counts() => return None,
            c => Node::One(self.folded(bit(c))),
        }))
    }

    fn start(&mut self) -> Option<Option<Node>> {
        self.anchored = self.at_start && self.depth == 1;
        self.anchored.then_some(None)
    }

    fn end(&mut self) -> Option<Option<Node>> {
        self.to_the_end = self.depth == 1;
        self.to_the_end.then_some(None)
    }

    fn group(&mut self) -> Option<Node> {
        if self.rest.next_if_eq(&'?').is_some() {
            match self.rest.next()? {
                ':' => {}
                'P' => {
                    self.rest.next_if_eq(&'<')?;
                    let mut name = String::new();
                    loop {
                        match self.rest.next()? {
                            '>' => break,
                            c if c.is_ascii_alphanumeric() || c == '_' => name.push(c),
                            _ => return None,
                        }
                    }
                    let starts_well = name.starts_with(|c: char| !c.is_ascii_digit());
                    if !starts_well || self.names.contains(&name) {
                        return None;
                    }
                    self.names.push(name);
                }
                _ => return None,
            }
        }
        let inside = self.alternatives()?;
        self.rest.next_if_eq(&')')?;
        Some(inside)
    }

    /// An item with its `*`, `+`, `?` or `{2,3}`, reluctant or not.
    fn repeated(&mut self, node: Node) -> Option<Node> {
        if self.flags.verbose {
            while self.rest.next_if(char::is_ascii_whitespace).is_some() {}
        }
        let (low, high) = match self.rest.peek().copied() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') if self.counts() => return self.counted(node),
            _ => return Some(node),
        };
        self.rest.next();
        self.reluctant(node, low, high)
    }

    fn reluctant(&mut self, node: Node, low: u32, high: Option<u32>) -> Option<Node> {
        // Reluctance changes the order of the attempts, not their number.
        let _ = self.rest.next_if_eq(&'?');
        match self.rest.peek().copied() {
            // Possessive, or twice repeated.
            Some('*' | '+' | '?') => None,
            Some('{') if self.counts() => None,
            _ => Some(Node::Repeat(Box::new(node), low, high)),
        }
    }

    /// Whether what follows is a count: elsewhere a brace is a character.
    fn counts(&self) -> bool {
        let mut ahead = self.rest.clone();
        let _ = ahead.next_if_eq(&'{');
        let mut digits = 0;
        let mut commas = 0;
        loop {
            match ahead.next() {
                Some('}') => return digits > 0 || commas > 0,
                Some(c) if c.is_ascii_digit() => digits += 1,
                Some(',') if commas == 0 => commas += 1,
                _ => return false,
            }
        }
    }

    fn counted(&mut self, node: Node) -> Option<Node> {
        self.rest.next_if_eq(&'{')?;
        let inside: String = std::iter::from_fn(|| self.rest.next_if(|c| *c != '}')).collect();
        self.rest.next_if_eq(&'}')?;
        let (low, high) = match inside.split_once(',') {
            None => {
                let exact = inside.parse().ok()?;
                (exact, Some(exact))
            }
            Some((low, high)) => {
                let low = if low.is_empty() { 0 } else { low.parse().ok()? };
                let high = match high {
                    "" => None,
                    high => Some(high.parse().ok()?),
                };
                (low, high)
            }
        };
        if high.is_some_and(|high| high < low) {
            return None;
        }
        self.reluctant(node, low, high)
    }

    /// The characters that an escape stands for.
    fn escape(&self, c: char) -> Option<Set> {
        Some(match c {
            'd' => DIGIT,
            'D' => !DIGIT,
            'w' => WORD,
            'W' => !WORD,
            's' => SPACE,
            'S' => !SPACE,
            'n' => bit('\n'),
            'r' => bit('\r'),
            't' => bit('\t'),
            'f' => bit('\x0c'),
            'v' => bit('\x0b'),
            c if c.is_ascii_alphanumeric() => return None,
            c => bit(c),
        })
    }

    fn class(&mut self) -> Option<Set> {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let mut set: Set = 0;
        let mut first = true;
        loop {
            let c = self.rest.next()?;
            let low = match c {
                ']' if !first => break,
                // Python warns of what may become a set operation.
                '[' => return None,
                '\\' => self.rest.next()?,
                c => c,
            };
            let escaped = c == '\\';
            first = false;
            let class_of = |c: char| matches!(c, 'd' | 'D' | 'w' | 'W' | 's' | 'S');
            let mut members = if escaped { self.escape(low)? } else { bit(low) };
            let mut ahead = self.rest.clone();
            if ahead.next() == Some('-') && ahead.peek().is_some_and(|c| *c != ']') {
                self.rest.next();
                let (high, high_escaped) = match self.rest.next()? {
                    '\\' => (self.rest.next()?, true),
                    '[' => return None,
                    high => (high, false),
                };
                let plain = |c: char, escaped: bool| !escaped || c.is_ascii_punctuation();
                if escaped && class_of(low) || !plain(low, escaped) || !plain(high, high_escaped) {
                    return None;
                }
                if low > high {
                    return None;
                }
                members = range(low, high);
            }
            set |= members;
        }
        let set = self.folded(set);
        Some(if negated { !set } else { set })
    }

    /// A set with both cases of its letters, where the case does not matter.
    fn folded(&self, set: Set) -> Set {
        if !self.flags.ignore_case {
            return set;
        }
        let (upper, lower) = (range('A', 'Z'), range('a', 'z'));
        set | (set & upper) << 32 | (set & lower) >> 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiles(pattern: &str) -> bool {
        Regex::parse(pattern, PatternFlags::default()).is_some()
    }

    #[test]
    fn what_is_known_is_read() {
        for good in [
            "",
            "abc",
            r"^\s*(\w+)\s*=\s*(.*?)$",
            r"[^\]\\]",
            "[]a]",
            "[-+]x",
            "(a|b)*?c{2,}",
            "(?P<a>x)(?:y)",
            "a{",
            "a{,3}",
            r"\.py\Z",
            "a|b",
        ] {
            assert!(compiles(good), "{good}");
        }
    }

    #[test]
    fn what_is_wrong_or_unknown_is_refused() {
        for bad in [
            "(",
            ")",
            "*",
            "a**",
            "a*+",
            "[",
            "[]",
            "[z-a]",
            r"\",
            r"\q",
            r"\1",
            r"\b",
            "(?=a)",
            "(?P<a>b)(?P<a>c)",
            "a{2,1}",
            "{2}",
            "a^",
            "a$b",
            "(a$)",
            "(?i)a",
            "[[a]",
            "a{2}{3}",
        ] {
            assert!(!compiles(bad), "{bad}");
        }
    }

    #[test]
    fn flags_change_what_is_matched() {
        let one = |pattern, flags| match Regex::parse(pattern, flags)?.root {
            Node::One(set) => Some(set),
            _ => None,
        };
        let mut flags = PatternFlags::default();
        assert!(flags.add("I") && flags.add("VERBOSE") && !flags.add("DEBUG"));
        assert_eq!(one(" a # letter", flags), Some(bit('a') | bit('A')));
        assert_eq!(one(".", flags), Some(!bit('\n')));
    }
}
