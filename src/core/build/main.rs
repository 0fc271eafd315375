//! Compiles typeshed's stubs of the standard library into the table that `python/typeshed` reads.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

#[path = "../python/typeshed/format.rs"]
mod format;
mod lower;
mod stubs;
mod table;

fn main() -> Result<(), Box<dyn Error>> {
    let knowledge = "python/typeshed/knowledge.toml";
    for input in ["build", "python/typeshed/format.rs", knowledge] {
        println!("cargo::rerun-if-changed={input}");
    }
    let knowledge: lower::Knowledge = toml::from_str(&fs::read_to_string(knowledge)?)?;
    let stubs = stubs::Stubs::read(&knowledge.modules.leave_out)?;
    let table = lower::lower(&stubs, &knowledge)?;
    let target = PathBuf::from(env::var("OUT_DIR")?).join("typeshed.bin");
    fs::write(target, table.bytes()?)?;
    Ok(())
}
