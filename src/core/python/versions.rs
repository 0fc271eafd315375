//! The Python versions that the linted project supports.

pub use ruff_python_ast::PythonVersion;

/// A range of Python versions, both ends included.
///
/// A rule is silent where its gain is there on neither end, and a fix writes nothing that the oldest cannot parse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    pub oldest: PythonVersion,
    pub newest: PythonVersion,
}

impl Versions {
    /// The newest Python that hotlint has measured.
    pub const NEWEST: PythonVersion = PythonVersion {
        major: 3,
        minor: 15,
    };

    /// Everything from `oldest` on.
    pub fn since(oldest: PythonVersion) -> Self {
        Self {
            oldest,
            newest: if oldest > Self::NEWEST {
                oldest
            } else {
                Self::NEWEST
            },
        }
    }

    pub fn only(version: PythonVersion) -> Self {
        Self {
            oldest: version,
            newest: version,
        }
    }

    /// Whether all supported versions are at least 3.`minor`.
    pub fn all_since(self, minor: u8) -> bool {
        self.oldest >= PythonVersion { major: 3, minor }
    }

    /// Whether at least one supported version is older than 3.`minor`.
    pub fn any_before(self, minor: u8) -> bool {
        !self.all_since(minor)
    }

    /// Whether at least one supported version is 3.`minor` or newer.
    pub fn any_since(self, minor: u8) -> bool {
        self.newest >= PythonVersion { major: 3, minor }
    }
}

impl Default for Versions {
    /// 3.10 and newer: what is left in support.
    fn default() -> Self {
        Self::since(PythonVersion::PY310)
    }
}
