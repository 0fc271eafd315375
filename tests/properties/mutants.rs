//! Programs like a given one: as other authors would have written it, or as nobody would.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprContext, Stmt};
use ruff_python_parser::{Parsed, parse_module};
use ruff_text_size::Ranged as _;

/// Numbers that are the same in every run with the same seed.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % end.max(1)
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }
}

type Mutation = fn(&str, &mut Random) -> Option<String>;

/// Changes after which a program computes the same when it is called from outside.
const FAITHFUL: [Mutation; 9] = [
    comments,
    renamed,
    parenthesized,
    parenthesized,
    wrapped_bodies,
    semicolons,
    tabs,
    carriage_returns,
    beyond_ascii,
];
/// Changes after which it is still a program.
const WILD: [Mutation; 1] = [wrapped_whole];

/// A program like `text`, made by a few changes; `None` where these leave none.
pub fn mutant(text: &str, random: &mut Random, faithful: bool) -> Option<String> {
    let mut mutant = text.to_owned();
    for _ in 0..=random.below(3) {
        let all = [&FAITHFUL[..], if faithful { &[] } else { &WILD[..] }].concat();
        let mutation = random.one(&all)?;
        if let Some(next) = mutation(&mutant, random)
            && parse_module(&next).is_ok()
        {
            mutant = next;
        }
    }
    (mutant != text).then_some(mutant)
}

/// The comments of a program, in order.
pub fn comments_of(text: &str) -> Vec<String> {
    let Ok(parsed) = parse_module(text) else {
        return Vec::new();
    };
    let comments = parsed
        .tokens()
        .iter()
        .filter(|token| token.kind() == TokenKind::Comment);
    comments
        .map(|token| text[token.range()].trim_end().to_owned())
        .collect()
}

/// Comments at gaps between tokens: behind a line, on a line of their own, and within brackets.
fn comments(text: &str, random: &mut Random) -> Option<String> {
    let parsed = parse_module(text).ok()?;
    let tokens: Vec<_> = parsed.tokens().iter().collect();
    let mut edits = Vec::new();
    for number in 0..=random.below(3) {
        let at = random.below(tokens.len());
        let token = tokens.get(at)?;
        let opened = tokens[..at]
            .iter()
            .fold(0i32, |depth, token| match token.kind() {
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth + 1,
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => depth - 1,
                _ => depth,
            });
        let in_text = tokens[..at]
            .iter()
            .fold(0i32, |depth, token| match token.kind() {
                TokenKind::FStringStart | TokenKind::TStringStart => depth + 1,
                TokenKind::FStringEnd | TokenKind::TStringEnd => depth - 1,
                _ => depth,
            });
        if in_text > 0 {
            continue;
        }
        let start = usize::from(token.start());
        if opened > 0 {
            edits.push((start, format!("  # note {number}\n        ")));
        } else if token.kind() == TokenKind::Newline {
            edits.push((start, format!("  # note {number}")));
        } else {
            // A line of its own, as deep as the line that follows.
            let line = text[..start].rfind('\n').map_or(0, |end| end + 1);
            if text[line..start].trim().is_empty() {
                edits.push((line, format!("{}# note {number}\n", &text[line..start])));
            }
        }
    }
    inserted(text, edits)
}

/// One local name becomes another.
fn renamed(text: &str, random: &mut Random) -> Option<String> {
    let parsed = parse_module(text).ok()?;
    let mut names = Names::default();
    names.visit_body(&parsed.syntax().body);
    names.bound.retain(|name| !names.kept.contains(name));
    let old = random.one(&names.bound)?.clone();
    let new = random.one(&["it", "value_of_one", "größe", "l", "data", "sorted_", "_"])?;
    let uses = |name: &str| {
        parsed
            .tokens()
            .iter()
            .any(|token| token.kind() == TokenKind::Name && &text[token.range()] == name)
    };
    if uses(new) {
        return None;
    }
    let mut result = String::new();
    let mut end = 0;
    let mut after_dot = false;
    for token in parsed.tokens() {
        let range = token.range();
        if token.kind() == TokenKind::Name && text[range] == old && !after_dot {
            result.push_str(&text[end..usize::from(range.start())]);
            result.push_str(new);
            end = usize::from(range.end());
        }
        after_dot = token.kind() == TokenKind::Dot;
    }
    result.push_str(&text[end..]);
    Some(result)
}

/// Names that functions bind, and names that outside code uses.
#[derive(Default)]
struct Names {
    bound: Vec<String>,
    kept: Vec<String>,
    depth: usize,
}

impl Visitor<'_> for Names {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => {
                self.kept.push(def.name.to_string());
                // The input may name parameters.
                self.kept.extend(
                    def.parameters
                        .iter()
                        .map(|parameter| parameter.name().to_string()),
                );
            }
            Stmt::ClassDef(def) => self.kept.push(def.name.to_string()),
            Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::Import(_) | Stmt::ImportFrom(_) => {
                let names = match stmt {
                    Stmt::Import(stmt) => stmt
                        .names
                        .iter()
                        .map(|alias| alias.asname.as_ref().unwrap_or(&alias.name).to_string())
                        .collect(),
                    Stmt::ImportFrom(stmt) => stmt
                        .names
                        .iter()
                        .map(|alias| alias.asname.as_ref().unwrap_or(&alias.name).to_string())
                        .collect(),
                    _ => Vec::new(),
                };
                self.kept.extend(names);
            }
            _ => {}
        }
        let inner = matches!(stmt, Stmt::FunctionDef(_));
        self.depth += usize::from(inner);
        visitor::walk_stmt(self, stmt);
        self.depth -= usize::from(inner);
    }

    fn visit_expr(&mut self, expr: &Expr) {
        if let Expr::Name(name) = expr
            && name.ctx == ExprContext::Store
        {
            let list = if self.depth > 0 {
                &mut self.bound
            } else {
                &mut self.kept
            };
            list.push(name.id.to_string());
        }
        if let Expr::Call(call) = expr {
            let words = call
                .arguments
                .keywords
                .iter()
                .filter_map(|keyword| keyword.arg.as_ref());
            self.kept.extend(words.map(|word| word.to_string()));
        }
        visitor::walk_expr(self, expr);
    }
}

/// Parentheses around one expression.
fn parenthesized(text: &str, random: &mut Random) -> Option<String> {
    let parsed = parse_module(text).ok()?;
    let mut loads = Loads(Vec::new());
    loads.visit_body(&parsed.syntax().body);
    let (start, end) = *random.one(&loads.0)?;
    Some(format!(
        "{}({}){}",
        &text[..start],
        &text[start..end],
        &text[end..]
    ))
}

struct Loads(Vec<(usize, usize)>);

impl Visitor<'_> for Loads {
    fn visit_expr(&mut self, expr: &Expr) {
        let stores = match expr {
            Expr::Name(name) => name.ctx != ExprContext::Load,
            Expr::Attribute(it) => it.ctx != ExprContext::Load,
            Expr::Subscript(it) => it.ctx != ExprContext::Load,
            Expr::Tuple(it) => it.ctx != ExprContext::Load || !it.parenthesized,
            Expr::List(it) => it.ctx != ExprContext::Load,
            Expr::Starred(_) | Expr::Slice(_) | Expr::Yield(_) | Expr::Named(_) => true,
            _ => false,
        };
        if !stores {
            self.0
                .push((usize::from(expr.start()), usize::from(expr.end())));
        }
        // What stands in a string keeps its own rules.
        if !matches!(expr, Expr::FString(_) | Expr::TString(_)) {
            visitor::walk_expr(self, expr);
        }
    }

    fn visit_annotation(&mut self, _: &Expr) {}
}

/// The body of each function within another statement.
fn wrapped_bodies(text: &str, random: &mut Random) -> Option<String> {
    let parsed = parse_module(text).ok()?;
    let wraps = [
        ("try:", Some("finally:\n    pass")),
        ("try:", Some("except ZeroDivisionError:\n    raise")),
        ("for _once in (0,):", None),
        ("if True:", None),
        ("with __import__('contextlib').suppress():", None),
        ("while True:", Some("    break")),
    ];
    let (header, footer) = *random.one(&wraps)?;
    let mut edits = Vec::new();
    for stmt in functions(&parsed) {
        let Stmt::FunctionDef(def) = stmt else {
            continue;
        };
        let (Some(first), Some(last)) = (def.body.first(), def.body.last()) else {
            continue;
        };
        let line = |offset: usize| text[..offset].rfind('\n').map_or(0, |end| end + 1);
        let start = line(usize::from(first.start()));
        let end = usize::from(last.end());
        let end = text[end..]
            .find('\n')
            .map_or(text.len(), |more| end + more + 1);
        if start <= usize::from(def.name.start()) || has_long_text(&parsed, text) {
            continue;
        }
        let indentation: String = text[start..]
            .chars()
            .take_while(|c| c.is_whitespace() && *c != '\n')
            .collect();
        let mut block = format!("{indentation}{header}\n{}", indented(&text[start..end]));
        for line in footer.iter().flat_map(|footer| footer.lines()) {
            block.push_str(&format!("{indentation}{line}\n"));
        }
        edits.push((start, end, block));
    }
    // Nested functions: the outer ones are enough.
    let mut result = text.to_owned();
    let mut before = text.len() + 1;
    for (start, end, block) in edits.into_iter().rev() {
        if end <= before {
            result.replace_range(start..end, &block);
            before = start;
        }
    }
    Some(result)
}

fn functions(parsed: &Parsed<ruff_python_ast::ModModule>) -> Vec<&Stmt> {
    let body = parsed.syntax().body.iter();
    body.filter(|stmt| matches!(stmt, Stmt::FunctionDef(_)))
        .collect()
}

/// Whether a string goes over several lines, which must not be indented.
fn has_long_text(parsed: &Parsed<ruff_python_ast::ModModule>, text: &str) -> bool {
    let long = |kind| {
        matches!(
            kind,
            TokenKind::String | TokenKind::FStringMiddle | TokenKind::TStringMiddle
        )
    };
    parsed
        .tokens()
        .iter()
        .any(|token| long(token.kind()) && text[token.range()].contains('\n'))
}

fn indented(block: &str) -> String {
    let lines = block.split_inclusive('\n');
    lines
        .map(|line| {
            if line.trim().is_empty() {
                line.to_owned()
            } else {
                format!("    {line}")
            }
        })
        .collect()
}

/// The whole program within another statement.
fn wrapped_whole(text: &str, random: &mut Random) -> Option<String> {
    let parsed = parse_module(text).ok()?;
    if has_long_text(&parsed, text) {
        return None;
    }
    let headers = [
        "def outer():",
        "class Outer:",
        "async def outer():",
        "if unknown:",
        "with unknown as known:",
        "for outer in unknown:",
        "while unknown:",
        "for one in unknown:\n  for other in one:",
        "class Outer:\n  def method(self):",
        "def outer(n):\n  with n:",
    ];
    let header = random.one(&headers)?;
    let deeper = if header.contains('\n') {
        indented(&indented(text))
    } else {
        indented(text)
    };
    let try_ = random.below(4) == 0;
    Some(match try_ {
        true => format!("try:\n{}except unknown:\n    pass\n", indented(text)),
        false => format!("{header}\n{deeper}"),
    })
}

/// A semicolon behind each simple statement.
fn semicolons(text: &str, random: &mut Random) -> Option<String> {
    let parsed = parse_module(text).ok()?;
    let mut before = TokenKind::Newline;
    let mut edits = Vec::new();
    for token in parsed.tokens() {
        if token.kind() == TokenKind::Newline && before != TokenKind::Colon && random.below(2) == 0
        {
            edits.push((usize::from(token.start()), ";".to_owned()));
        }
        if token.kind() != TokenKind::Comment {
            before = token.kind();
        }
    }
    inserted(text, edits)
}

fn tabs(text: &str, _: &mut Random) -> Option<String> {
    Some(text.replace("    ", "\t"))
}

fn carriage_returns(text: &str, _: &mut Random) -> Option<String> {
    (!text.contains('\r')).then(|| text.replace('\n', "\r\n"))
}

/// Characters of several bytes before all that matters.
fn beyond_ascii(text: &str, _: &mut Random) -> Option<String> {
    let at = text.find("\ndef ").map_or(0, |at| at + 1);
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    Some(format!(
        "{}ΔΕΛΤΑ = '𝔘☕é'  # ☕ 𝔘{end}{}",
        &text[..at],
        &text[at..]
    ))
}

fn inserted(text: &str, mut edits: Vec<(usize, String)>) -> Option<String> {
    edits.sort();
    edits.dedup_by_key(|edit| edit.0);
    let mut result = text.to_owned();
    for (at, new) in edits.into_iter().rev() {
        result.insert_str(at, &new);
    }
    (result != text).then_some(result)
}
