//! A bug in one file's check does not end the run.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use hotlint_core::python::{Source, SourceKind};

use crate::discover::Target;
use crate::outcome::Linted;
use crate::read::Origin;
use crate::verdict::{Problem, ProblemKind};

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
    static MESSAGE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps the words of a panic for [`guard`]; elsewhere they are printed as ever.
pub fn install() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !IS_GUARDED.get() {
            return usual(info);
        }
        let what = info.payload_as_str().unwrap_or("no message");
        let place = info.location().map_or_else(String::new, |place| {
            format!(" ({}:{})", place.file(), place.line())
        });
        MESSAGE.set(format!("{what}{place}").replace('\n', " "));
    }));
}

/// What `work` returns, or the words of its panic.
pub fn guard<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let before = IS_GUARDED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    IS_GUARDED.set(before);
    result.map_err(|_| MESSAGE.take())
}

/// What is said of a file whose check crashed.
pub fn report(target: &Target, crash: &str) -> Linted {
    let path = target.input.path().unwrap_or(Path::new("-")).to_path_buf();
    let problem = Problem {
        kind: ProblemKind::Internal,
        range: None,
        message: format!("hotlint crashed on this file: {crash}"),
        help: "this is a bug in hotlint; please report it with the file, or with the lines that bring it about".to_owned(),
    };
    let source = Source::new(&target.shown, "", SourceKind::Module);
    Linted::refused(source, Origin::of_unread(path), problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_tells_its_words_and_place() {
        install();
        let crash = guard(|| panic!("on purpose\nand loudly")).unwrap_err();
        assert!(
            crash.starts_with("on purpose and loudly (src/crash.rs:"),
            "{crash}"
        );
        assert_eq!(guard(|| 1), Ok(1));
    }
}
