//! The program: arguments in, exit code out.

use std::process::ExitCode;

/// Measured on this workload: 3 % less CPU than mimalloc and half its peak memory.
#[cfg(all(unix, not(target_env = "musl")))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    ExitCode::from(hotlint::run(std::env::args_os()))
}
