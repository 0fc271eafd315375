//! The program: arguments in, exit code out.

use std::process::ExitCode;

/// Parsing makes and drops millions of small nodes on many threads at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(hotlint::run(std::env::args_os()))
}
