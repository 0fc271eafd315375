//! The floor that the benchmark compares with: finds, reads and parses every file of a tree in parallel, and drops it.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use ruff_python_ast::PySourceType;
use ruff_python_parser::parse_unchecked_source;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let roots: Vec<String> = std::env::args().skip(1).collect();
    let paths: Mutex<Vec<PathBuf>> = Mutex::default();
    for root in roots {
        ignore::WalkBuilder::new(root).build_parallel().run(|| {
            Box::new(|entry| {
                if let Ok(entry) = entry
                    && entry
                        .path()
                        .extension()
                        .is_some_and(|extension| extension == "py")
                {
                    paths
                        .lock()
                        .expect("no thread panics")
                        .push(entry.into_path());
                }
                ignore::WalkState::Continue
            })
        });
    }
    let paths = paths.into_inner().expect("no thread panics");
    let bytes = AtomicUsize::new(0);
    let pool = rayon::ThreadPoolBuilder::new()
        .stack_size(hotlint_core::python::STACK_SIZE)
        .build()
        .expect("threads");
    pool.install(|| {
        paths.par_iter().for_each(|path| {
            let Ok(text) = std::fs::read_to_string(path) else {
                return;
            };
            let parsed = parse_unchecked_source(&text, PySourceType::Python);
            bytes.fetch_add(text.len(), Ordering::Relaxed);
            drop(parsed);
        });
    });
    println!("{} files, {} bytes", paths.len(), bytes.into_inner());
}
