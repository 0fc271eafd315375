//! The program: arguments in, exit code out.

use std::process::ExitCode;

/// Parsing makes and drops millions of small nodes on many threads at once.
#[cfg(all(unix, not(target_env = "musl")))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    ExitCode::from(hotlint::run(std::env::args_os()))
}
