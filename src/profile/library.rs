//! Which files of a profile are libraries: code that the user calls, and does not edit.

/// Whether `file`, as a profiler tells it, is of Python itself, of an installed package, or no file at all.
pub fn is_library(file: &str) -> bool {
    // `~` is where pstats keeps builtins; `<frozen ...>`, `<string>` and the like are no files.
    if file.is_empty() || file == "~" || file.starts_with('<') || file.starts_with('[') {
        return true;
    }
    [
        "/site-packages/",
        "/dist-packages/",
        "/lib/python",
        "/lib64/python",
        "/Lib/",
    ]
    .iter()
    .any(|part| file.contains(part))
}

/// `path` as it is compared: with forward slashes, without what changes nothing.
pub fn normal(path: &str) -> String {
    let path = path
        .strip_prefix("file://")
        .unwrap_or(path)
        .replace('\\', "/");
    let mut rest = path.as_str();
    while let Some(shorter) = rest.strip_prefix("./") {
        rest = shorter;
    }
    rest.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_of_the_user_is_told_from_libraries() {
        for library in [
            "~",
            "<frozen importlib._bootstrap>",
            "/usr/lib/python3.11/json/decoder.py",
            "/app/.venv/lib/python3.12/site-packages/requests/api.py",
            "C:/Python311/Lib/re/__init__.py",
        ] {
            assert!(is_library(library), "{library}");
        }
        for own in ["app.py", "/app/library/shelf.py", "C:/work/app.py"] {
            assert!(!is_library(own), "{own}");
        }
    }

    #[test]
    fn paths_have_one_form() {
        assert_eq!(normal(r"C:\work\app.py"), "C:/work/app.py");
        assert_eq!(normal("././app.py"), "app.py");
        assert_eq!(normal("file:///app/app.py"), "/app/app.py");
    }
}
