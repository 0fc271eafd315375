//! Whether a pattern can match the same text in a number of ways that doubles with each repetition: a matcher that goes back and tries
//! them all, as Python's does, then takes for ever to find that there is no match.
//!
//! The pattern becomes an automaton with one state for each of its characters. It is ambiguous without bound where some state comes
//! back to itself by two ways that read the same text. The text is spelled out, and followed by a character that lets the match fail.
//!
//! **Invariant**: what is reported has such a text: no way through the automaton accepts it, or any beginning of it.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::syntax::{Node, Regex, Set};

/// A text that takes twice as long with each further repetition of `pump`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blowup {
    pub prefix: String,
    pub pump: String,
    /// What lets the match fail.
    pub suffix: char,
}

/// Larger patterns are left alone: the search takes their square, and more.
const LARGEST: usize = 80;

impl Regex {
    /// The text that brings the matcher down, if there is one. `whole` is for `fullmatch`.
    pub fn blowup(&self, whole: bool) -> Option<Blowup> {
        if !may_be_ambiguous(&self.root, false) {
            return None;
        }
        let mut automaton = Automaton::default();
        let part = automaton.add(&self.root)?;
        automaton.first = part.first;
        automaton.last = part.last;
        automaton.nullable = part.nullable;
        let to_the_end = whole || self.to_the_end;
        (0..automaton.sets.len()).find_map(|state| automaton.blowup_at(state, to_the_end))
    }
}

/// Whether something that is repeated without limit holds a choice: only then can there be two ways.
fn may_be_ambiguous(node: &Node, repeated: bool) -> bool {
    match node {
        Node::Empty | Node::One(_) => false,
        Node::All(parts) => parts.iter().any(|part| may_be_ambiguous(part, repeated)),
        Node::Any(choices) => {
            repeated
                || choices
                    .iter()
                    .any(|choice| may_be_ambiguous(choice, repeated))
        }
        Node::Repeat(inner, low, high) => {
            let varies = *high != Some(*low);
            repeated && varies || may_be_ambiguous(inner, repeated || high.is_none())
        }
    }
}

/// States are characters of the pattern; a state is entered by reading one of its set.
#[derive(Default)]
struct Automaton {
    sets: Vec<Set>,
    /// Where each state leads, with the number of ways, up to 2.
    follow: Vec<Vec<(usize, u8)>>,
    first: Vec<(usize, u8)>,
    last: Vec<usize>,
    nullable: bool,
}

/// Two states that the same text leads to, and whether the ways there have parted.
type Pair = (usize, usize, bool);

/// How a part of the pattern begins and ends.
#[derive(Clone)]
struct Part {
    first: Vec<(usize, u8)>,
    last: Vec<usize>,
    nullable: bool,
}

impl Part {
    fn empty() -> Self {
        Self {
            first: Vec::new(),
            last: Vec::new(),
            nullable: true,
        }
    }
}

impl Automaton {
    /// `None` where it gets too large.
    fn add(&mut self, node: &Node) -> Option<Part> {
        Some(match node {
            Node::Empty => Part::empty(),
            Node::One(set) => {
                let state = self.sets.len();
                if state >= LARGEST {
                    return None;
                }
                self.sets.push(*set);
                self.follow.push(Vec::new());
                Part {
                    first: vec![(state, 1)],
                    last: vec![state],
                    nullable: false,
                }
            }
            Node::All(parts) => {
                let mut whole = Part::empty();
                for part in parts {
                    let next = self.add(part)?;
                    whole = self.then(whole, next);
                }
                whole
            }
            Node::Any(choices) => {
                let mut whole = Part {
                    nullable: false,
                    ..Part::empty()
                };
                for choice in choices {
                    let part = self.add(choice)?;
                    whole.first.extend(part.first);
                    whole.last.extend(part.last);
                    whole.nullable |= part.nullable;
                }
                whole
            }
            Node::Repeat(inner, low, high) => {
                let mut whole = Part::empty();
                // The last of `x{2,}` is the one that is repeated: `xx+`.
                let copies = match high {
                    None => low.saturating_sub(1),
                    Some(_) => *low,
                };
                for _ in 0..copies {
                    let next = self.add(inner)?;
                    whole = self.then(whole, next);
                }
                match high {
                    None => {
                        let mut more = self.add(inner)?;
                        self.link(&more.last.clone(), &more.first.clone());
                        more.nullable |= *low == 0;
                        self.then(whole, more)
                    }
                    Some(high) => {
                        // `x{0,3}` is `(x(x(x)?)?)?`: built from the inside.
                        let mut optional = Part::empty();
                        for _ in *low..*high {
                            let next = self.add(inner)?;
                            optional = self.then(next, optional);
                            optional.nullable = true;
                        }
                        self.then(whole, optional)
                    }
                }
            }
        })
    }

    fn then(&mut self, before: Part, after: Part) -> Part {
        self.link(&before.last, &after.first);
        let mut first = before.first;
        if before.nullable {
            first.extend(after.first);
        }
        let mut last = after.last;
        if after.nullable {
            last.extend(before.last);
        }
        Part {
            first,
            last,
            nullable: before.nullable && after.nullable,
        }
    }

    fn link(&mut self, last: &[usize], first: &[(usize, u8)]) {
        for from in last {
            for (to, ways) in first {
                match self.follow[*from].iter_mut().find(|(known, _)| known == to) {
                    Some((_, known)) => *known = (*known + ways).min(2),
                    None => self.follow[*from].push((*to, *ways)),
                }
            }
        }
    }

    fn blowup_at(&self, state: usize, to_the_end: bool) -> Option<Blowup> {
        let pump = self.two_ways_back(state)?;
        let prefix = self.way_to(state)?;
        // Three rounds show what any number does.
        let text = format!("{prefix}{}", pump.repeat(3));
        let mut states: Vec<usize> = Vec::new();
        let mut accepts = self.nullable;
        let mut begun = false;
        let mut step = |states: &mut Vec<usize>, c: char| {
            let bit: Set = 1 << (c as u32);
            let from: Vec<usize> = if begun {
                let next = states.iter().flat_map(|state| &self.follow[*state]);
                next.map(|(to, _)| *to).collect()
            } else {
                self.first.iter().map(|(to, _)| *to).collect()
            };
            begun = true;
            *states = from;
            states.retain(|state| self.sets[*state] & bit != 0);
            states.sort_unstable();
            states.dedup();
            states.iter().any(|state| self.last.contains(state))
        };
        for c in text.chars() {
            accepts |= step(&mut states, c);
        }
        if accepts && !to_the_end {
            return None;
        }
        let suffix = ['!', '\0', '~', '@', ' ', '0', 'a', 'A']
            .into_iter()
            .find(|c| {
                let bit: Set = 1 << (*c as u32);
                let reached = states.iter().flat_map(|state| &self.follow[*state]);
                let mut reached = reached.filter(|(to, _)| self.sets[*to] & bit != 0);
                reached.all(|(to, _)| !self.last.contains(to))
            })?;
        Some(Blowup {
            prefix,
            pump,
            suffix,
        })
    }

    /// A text that leads from a state back to itself by two ways.
    fn two_ways_back(&self, state: usize) -> Option<String> {
        let start: Pair = (state, state, false);
        let mut came: FxHashMap<Pair, (Pair, Set)> = FxHashMap::default();
        let mut queue: VecDeque<Pair> = VecDeque::from([start]);
        while let Some((a, b, apart)) = queue.pop_front() {
            for (to_a, ways) in &self.follow[a] {
                for (to_b, _) in &self.follow[b] {
                    let both = self.sets[*to_a] & self.sets[*to_b];
                    // Two ways that have parted are told once: the order of the pair does not matter.
                    if both == 0 {
                        continue;
                    }
                    let twice = a == b && to_a == to_b && *ways > 1;
                    let next = (*to_a, *to_b, apart || to_a != to_b || twice);
                    if came.contains_key(&next) {
                        continue;
                    }
                    came.insert(next, ((a, b, apart), both));
                    if next == (state, state, true) {
                        return Some(spelled(&came, start, next));
                    }
                    queue.push_back(next);
                }
            }
        }
        None
    }

    /// A shortest text that leads into a state.
    fn way_to(&self, state: usize) -> Option<String> {
        let mut came: FxHashMap<usize, Option<usize>> = FxHashMap::default();
        let mut queue: VecDeque<usize> = VecDeque::new();
        for (to, _) in &self.first {
            if self.sets[*to] != 0 && came.insert(*to, None).is_none() {
                queue.push_back(*to);
            }
        }
        while let Some(at) = queue.pop_front() {
            if at == state {
                break;
            }
            for (to, _) in &self.follow[at] {
                if self.sets[*to] != 0 && !came.contains_key(to) {
                    came.insert(*to, Some(at));
                    queue.push_back(*to);
                }
            }
        }
        let mut text = Vec::new();
        let mut at = Some(state);
        while let Some(here) = at {
            text.push(letter(self.sets[here]));
            at = *came.get(&here)?;
        }
        Some(text.into_iter().rev().collect())
    }
}

/// The text of a way through pairs of states, from its end.
fn spelled(came: &FxHashMap<Pair, (Pair, Set)>, start: Pair, end: Pair) -> String {
    let mut letters = Vec::new();
    let mut at = end;
    while let Some((before, set)) = came.get(&at) {
        letters.push(letter(*set));
        at = *before;
        if at == start {
            break;
        }
    }
    letters.into_iter().rev().collect()
}

/// A readable character of a set.
fn letter(set: Set) -> char {
    let all = ('a'..='z')
        .chain('0'..='9')
        .chain('A'..='Z')
        .chain(' '..='~');
    all.chain('\0'..='\x7f')
        .find(|c| set & (1 << (*c as u32)) != 0)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::PatternFlags;
    use super::*;

    fn blowup(pattern: &str) -> Option<String> {
        let regex = Regex::parse(pattern, PatternFlags::default())?;
        let Blowup {
            prefix,
            pump,
            suffix,
        } = regex.blowup(false)?;
        Some(format!("{prefix}({pump}){suffix}"))
    }

    #[test]
    fn repeated_choices_of_the_same_text_blow_up() {
        assert_eq!(blowup("(a+)+$").as_deref(), Some("a(a)!"));
        assert_eq!(blowup("^(a|a)*$").as_deref(), Some("a(aa)!"));
        assert_eq!(blowup(r"x(\w+\s?)*y").as_deref(), Some("xa(a)!"));
        assert_eq!(
            blowup(r"^(([a-z])+.)+[A-Z]([a-z])+$").as_deref(),
            Some("a(aa)!")
        );
        assert_eq!(blowup("(a*)*b").as_deref(), Some("a(a)!"));
        assert_eq!(blowup("(a|aa)+$").as_deref(), Some("a(aaa)!"));
        assert_eq!(blowup(r"^(\d+,?)+;").as_deref(), Some("0(0)!"));
    }

    #[test]
    fn one_way_or_a_match_is_harmless() {
        for pattern in [
            "(a+)+",
            "(a+b)+c",
            r"^(\w+\s)*\w*$",
            "(ab|ac)*d",
            r"(\d+,)+;",
            r"([^,]+,?)*",
            r"^[a-z]+(-[a-z]+)*$",
            "a*a*b",
            "(a{1,3}){1,3}b",
            r#""([^"\\]|\\.)*""#,
            "(a+)+a",
        ] {
            assert_eq!(blowup(pattern), None, "{pattern}");
        }
    }
}
