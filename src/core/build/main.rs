//! Compiles typeshed's stubs of the standard library, and what `libraries/*.toml` says of other libraries, into the tables that
//! `python/typeshed` and `python/libraries` read.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "../python/libraries/effects.rs"]
mod effects;
#[path = "../python/typeshed/format.rs"]
mod format;
mod libraries;
mod lower;
#[path = "../python/libraries/pattern.rs"]
mod pattern;
mod stubs;
mod table;

fn main() -> Result<(), Box<dyn Error>> {
    let knowledge = "python/typeshed/knowledge.toml";
    let (format, words) = ("python/typeshed/format.rs", "python/libraries/effects.rs");
    let pattern = "python/libraries/pattern.rs";
    for input in ["build", "libraries", format, words, pattern, knowledge] {
        println!("cargo::rerun-if-changed={input}");
    }
    let knowledge: lower::Knowledge = toml::from_str(&fs::read_to_string(knowledge)?)?;
    let mut stubs = stubs::Stubs::read(&knowledge.modules.leave_out)?;
    let libraries = libraries::Libraries::read(Path::new("libraries"), &mut stubs)?;
    let table = lower::lower(&stubs, &knowledge)?;
    let target = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(target.join("typeshed.bin"), table.bytes()?)?;
    fs::write(
        target.join("libraries.rs"),
        libraries.lines(&stubs, &table)?,
    )?;
    Ok(())
}
