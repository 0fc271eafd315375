//! A rule's page: Markdown whose `python` fences are examples, tests and manual at once.

/// One fenced block of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    pub kind: ExampleKind,
    pub code: String,
    /// The oldest minor version of Python 3 that the example is for, as in `python bad 3.11`; also the project's oldest when it is
    /// checked.
    pub minor: Option<u8>,
}

/// What an example shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExampleKind {
    /// The rule reports it.
    Bad,
    /// What the pair's bad half should be; its fix gives this to the byte.
    Good,
    /// A near miss: the rule is silent.
    Fine,
    /// Runs the pair before it: statements that make arguments of size `n`, then one expression, whose value is compared.
    Input,
}

/// The examples of a page, in order.
pub fn examples(page: &str) -> Vec<Example> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```python ") else {
            continue;
        };
        let mut words = info.split_whitespace();
        let kind = match words.next() {
            Some("bad") => ExampleKind::Bad,
            Some("good") => ExampleKind::Good,
            Some("fine") => ExampleKind::Fine,
            Some("input") => ExampleKind::Input,
            _ => continue,
        };
        let minor = words
            .next()
            .and_then(|word| word.strip_prefix("3.")?.parse().ok());
        let mut code = String::new();
        for line in lines.by_ref().take_while(|line| *line != "```") {
            code.push_str(line);
            code.push('\n');
        }
        found.push(Example { kind, code, minor });
    }
    found
}

/// A bad example with the good one that follows it, and the input that runs both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    pub bad: Example,
    pub good: Option<Example>,
    pub input: Option<Example>,
}

/// The bad examples of a page, each with what belongs to it.
pub fn pairs(page: &str) -> Vec<Pair> {
    let mut found: Vec<Pair> = Vec::new();
    for example in examples(page) {
        match (example.kind, found.last_mut()) {
            (ExampleKind::Bad, _) => found.push(Pair {
                bad: example,
                good: None,
                input: None,
            }),
            (ExampleKind::Good, Some(pair)) => pair.good = Some(example),
            (ExampleKind::Input, Some(pair)) => pair.input = Some(example),
            _ => {}
        }
    }
    found
}
