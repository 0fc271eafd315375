//! Names the build after its sources, so that what an older one has found is not taken for what this one would find.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

fn main() {
    let mut files = Vec::new();
    for root in ["src", "rules", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={root}");
        gather(Path::new(root), &mut files);
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for path in files {
        if let Ok(bytes) = fs::read(&path) {
            path.hash(&mut hasher);
            bytes.hash(&mut hasher);
        }
    }
    println!("cargo::rustc-env=HOTLINT_BUILD={:016x}", hasher.finish());
}

fn gather(path: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(path) else {
        files.push(path.to_path_buf());
        return;
    };
    for entry in entries.flatten() {
        gather(&entry.path(), files);
    }
}
