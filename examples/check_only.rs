use rayon::prelude::*;
use std::path::PathBuf;
use std::sync::Mutex;
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
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
                    paths.lock().unwrap().push(entry.into_path());
                }
                ignore::WalkState::Continue
            })
        });
    }
    let paths = paths.into_inner().unwrap();
    let severities = hotlint_rules::all()
        .iter()
        .map(|_| Some(hotlint_core::lint::Severity::Warning));
    let setup = hotlint::check::Setup {
        python: hotlint_core::python::Versions::default(),
        policy: std::sync::Arc::new(hotlint::policy::Policy::new(
            severities.collect(),
            hotlint::quiet::Quiet::default(),
        )),
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .stack_size(hotlint_core::python::STACK_SIZE)
        .build()
        .unwrap();
    let n: usize = pool.install(|| {
        paths
            .par_iter()
            .map(|path| {
                let Ok(text) = std::fs::read_to_string(path) else {
                    return 0;
                };
                let source = hotlint_core::python::Source::module(path.display().to_string(), text);
                hotlint::check::check(&source, &setup).findings.len()
            })
            .sum()
    });
    println!("{} files, {} findings", paths.len(), n);
}
