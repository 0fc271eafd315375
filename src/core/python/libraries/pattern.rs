//! Names written in short, shared by the build that reads the tables of libraries and the program that reads a project's own.

/// What every stub may use without importing it; one line, so that lines count as they were written.
pub const PRELUDE: &str = "from typing import Any, Generic, TypeVar, Iterator, Iterable, AsyncIterator, Awaitable, Self, Callable, overload, Literal, \
     Protocol, ClassVar; _T = TypeVar('_T')";

/// `a.{b,c}.d` is `a.b.d` and `a.c.d`.
pub fn expanded(pattern: &str) -> Vec<String> {
    let braces = pattern.split_once('{').and_then(|(before, rest)| {
        let (inside, behind) = rest.split_once('}')?;
        Some((before, inside, behind))
    });
    match braces {
        None => vec![pattern.trim().to_owned()],
        Some((before, inside, behind)) => inside
            .split(',')
            .flat_map(|one| expanded(&format!("{before}{}{behind}", one.trim())))
            .collect(),
    }
}
