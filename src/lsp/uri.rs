//! Between the URIs of a client and the paths of the disk.

use std::path::{Path, PathBuf};

use gen_lsp_types::Uri;
use url::Url;

use crate::quiet::normal;

/// The path of a `file:` URI.
pub fn path(uri: &Uri) -> Option<PathBuf> {
    let url = Url::parse(uri.as_ref()).ok()?;
    let path = (url.scheme() == "file").then(|| url.to_file_path().ok())??;
    Some(normal(&path))
}

/// The URI of an absolute path.
pub fn of(path: &Path) -> Option<Uri> {
    let url = Url::from_file_path(path).ok()?;
    Some(Uri(url.into()))
}

/// What a document that lies nowhere on the disk is called, as in `untitled:Untitled-1`.
pub fn name(uri: &Uri) -> &str {
    let uri = uri.as_ref();
    let rest = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    rest.trim_start_matches('/')
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_uris_name_each_other() {
        let odd = Path::new("/a b/ü#?%/[x].py");
        let uri = of(odd).unwrap();
        assert_eq!(path(&uri).as_deref(), Some(odd));
        // As some clients spell it.
        assert_eq!(
            path(&Uri::from("file:///a b/c%20d.py")).as_deref(),
            Some(Path::new("/a b/c d.py"))
        );
        assert_eq!(
            path(&Uri::from("file:///a/../b.py")).unwrap(),
            Path::new("/b.py")
        );
        assert_eq!(path(&Uri::from("untitled:Untitled-1")), None);
        assert_eq!(path(&Uri::from("no uri at all")), None);
        assert_eq!(name(&Uri::from("untitled:Untitled-1")), "Untitled-1");
        assert_eq!(name(&Uri::from("vscode-vfs://x/y.py?z")), "x/y.py");
    }
}
