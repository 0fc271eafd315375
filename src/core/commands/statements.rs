//! The lines of such a file as tokens, so that comments in it say the same as comments in Python do.

use ruff_python_ast::token::{Token, TokenFlags, TokenKind};

use super::{CommandFile, range};

/// Each instruction as one token, each comment as a comment.
pub fn statements(file: CommandFile, text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    // Where the open instruction ends, whether it goes on, and how far its first line is indented.
    let mut goes_on = false;
    let mut inside: Option<usize> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let begin = start;
        start += line.len();
        let code = line.trim();
        let indentation = line.len() - line.trim_start().len();
        let at = begin + indentation;
        let end = at + code.len();
        if code.starts_with('#') {
            tokens.push(token(TokenKind::Comment, at, end));
            tokens.push(token(TokenKind::NonLogicalNewline, end, end));
            continue;
        }
        if code.is_empty() {
            continue;
        }
        // What lies deeper than the key of a command is part of it.
        let is_deeper = inside
            .is_some_and(|key| indentation > key || code.starts_with("- ") && indentation >= key);
        if !goes_on && !is_deeper {
            if tokens_open(&tokens) {
                tokens.push(token(TokenKind::Newline, begin, begin));
            }
            inside = (file == CommandFile::Compose
                && (code.starts_with("command:") || code.starts_with("entrypoint:")))
            .then_some(indentation);
        }
        match code.find(" # hotlint:") {
            Some(comment) => {
                tokens.push(token(TokenKind::Name, at, at + comment));
                tokens.push(token(TokenKind::Comment, at + comment + 1, end));
            }
            None => tokens.push(token(TokenKind::Name, at, end)),
        }
        goes_on = code.ends_with('\\');
    }
    if tokens_open(&tokens) {
        tokens.push(token(TokenKind::Newline, text.len(), text.len()));
    }
    tokens
}

/// Whether the last instruction has not ended.
fn tokens_open(tokens: &[Token]) -> bool {
    let last = tokens.iter().rev().find(|token| {
        !matches!(
            token.kind(),
            TokenKind::Comment | TokenKind::NonLogicalNewline
        )
    });
    last.is_some_and(|token| token.kind() == TokenKind::Name)
}

fn token(kind: TokenKind, start: usize, end: usize) -> Token {
    Token::new(kind, range(start, end), TokenFlags::empty())
}
