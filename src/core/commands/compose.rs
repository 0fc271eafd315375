//! What services of a compose file run: `command` and `entrypoint`, as text or as a list.

use ruff_text_size::TextRange;
use saphyr_parser::{Event, Parser, Span};

use super::line::{of_shell, placed};
use super::{Line, Piece, range};

/// A value of YAML, as far as commands go.
enum Node {
    Text(String, TextRange),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
    /// An alias, or whatever else.
    Other,
}

pub(super) fn lines(text: &str) -> Vec<Line> {
    let Some(Node::Map(file)) = read(text) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    for (_, services) in file.iter().filter(|(key, _)| key.is("services")) {
        let Node::Map(services) = services else {
            continue;
        };
        for (_, service) in services {
            let Node::Map(keys) = service else {
                continue;
            };
            let words = |name: &str| {
                let value = keys
                    .iter()
                    .find(|(key, _)| key.is(name))
                    .map(|(_, value)| value);
                value.map_or_else(Vec::new, |value| value.words(text))
            };
            let mut started = words("entrypoint");
            started.extend(words("command"));
            lines.push(Line {
                words: started,
                is_development: false,
            });
        }
    }
    lines
}

impl Node {
    fn is(&self, name: &str) -> bool {
        matches!(self, Node::Text(text, _) if text == name)
    }

    fn words(&self, file: &str) -> Vec<super::Word> {
        match self {
            Node::Text(value, range) => {
                let piece = Piece {
                    value,
                    range: *range,
                };
                of_shell(piece, file).words
            }
            Node::List(items) => items
                .iter()
                .flat_map(|item| match item {
                    Node::Text(value, range) => placed(vec![value.clone()], *range, file),
                    _ => Vec::new(),
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// What is being read: a list, or a map with the key that waits for its value.
enum Open {
    List(Vec<Node>),
    Map(Vec<(Node, Node)>, Option<Node>),
}

const DEEPEST: usize = 64;

/// The first document.
fn read(text: &str) -> Option<Node> {
    let offsets = Offsets::new(text);
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        let done = match event {
            Event::Scalar(value, ..) => Node::Text(value.into_owned(), offsets.range(span)),
            Event::Alias(_) => Node::Other,
            // No compose file is so deep.
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() > DEEPEST => {
                return None;
            }
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Map(Vec::new(), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop()? {
                Open::List(items) => Node::List(items),
                Open::Map(pairs, _) => Node::Map(pairs),
            },
            _ => continue,
        };
        match open.last_mut() {
            None => return Some(done),
            Some(Open::List(items)) => items.push(done),
            Some(Open::Map(pairs, key)) => match key.take() {
                None => *key = Some(done),
                Some(name) => pairs.push((name, done)),
            },
        }
    }
    None
}

/// Bytes of characters: the reader counts the latter.
struct Offsets(Option<Vec<usize>>);

impl Offsets {
    fn new(text: &str) -> Self {
        let starts = || text.char_indices().map(|(at, _)| at).chain([text.len()]);
        Self((!text.is_ascii()).then(|| starts().collect()))
    }

    fn range(&self, span: Span) -> TextRange {
        let byte = |index: usize| match &self.0 {
            None => index,
            Some(starts) => starts.get(index).or(starts.last()).copied().unwrap_or(0),
        };
        range(byte(span.start.index()), byte(span.end.index()))
    }
}
