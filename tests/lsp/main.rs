//! The language server, as editors see it.

mod actions;
mod client;
mod documents;
mod explaining;
mod folders;
mod odd_clients;
mod sessions;
mod workspace;

/// Two findings that a safe fix mends.
const SAFE: &str = "\
def known(names: list[str], allowed: list[str]) -> list[str]:
    return [name for name in names if name in set(allowed)]


def other(names: list[str], allowed: list[str]) -> list[str]:
    return [name for name in names if name in set(allowed)]
";

/// One finding, whose fix is not safe.
const SLEEP: &str = "\
import time

async def f():
    time.sleep(1)
";
