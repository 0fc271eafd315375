//! The keys of a configuration: one table gives the reader of files and `hotlint config`.

use std::ops::Range;
use std::path::PathBuf;

use clap::ValueEnum;
use hotlint_core::lint::Severity;
use hotlint_core::python::Versions;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::issue::{Issue, Text, did_you_mean};
use super::kind::{self, Kind};
use super::libraries::Libraries;
use super::select::{Selection, Selector};
use super::{BaselineMode, FailLevel, version};
use crate::render::Format;

/// What one configuration says; everything may be left unsaid.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub extend: Vec<Spanned<String>>,
    pub target_version: Option<Versions>,
    pub selection: Selection,
    pub severity: Vec<(Selector, Severity)>,
    pub per_file_ignores: Option<Vec<(String, Vec<Selector>)>>,
    pub quiet_in: Option<Vec<QuietPlace>>,
    pub exclude: Option<Vec<String>>,
    pub extend_exclude: Vec<String>,
    pub force_exclude: Option<bool>,
    pub respect_gitignore: Option<bool>,
    pub fail_level: Option<FailLevel>,
    pub max_findings: Option<usize>,
    /// Empty for none.
    pub baseline: Option<PathBuf>,
    pub baseline_mode: Option<BaselineMode>,
    pub unsafe_fixes: Option<bool>,
    pub output_format: Option<Format>,
    pub max_file_size: Option<u64>,
    pub follow_imports: Option<bool>,
    /// Tables of libraries, as they are named.
    pub library_files: Option<Vec<Spanned<String>>>,
    /// What those say, once they are read.
    pub libraries: Option<Libraries>,
    pub profile: Option<Vec<String>>,
    pub path_map: Option<Vec<(String, String)>>,
    pub min_share: Option<f64>,
}

/// Files whose findings nobody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuietPlace {
    Tests,
    Migrations,
    Generated,
}

impl QuietPlace {
    pub const ALL: [QuietPlace; 3] = [
        QuietPlace::Tests,
        QuietPlace::Migrations,
        QuietPlace::Generated,
    ];

    pub fn name(self) -> &'static str {
        match self {
            QuietPlace::Tests => "tests",
            QuietPlace::Migrations => "migrations",
            QuietPlace::Generated => "generated",
        }
    }

    /// Files of this kind, as far as their path tells.
    pub fn globs(self) -> &'static [&'static str] {
        match self {
            QuietPlace::Tests => &[
                "**/test_*.py",
                "**/*_test.py",
                "**/tests.py",
                "**/conftest.py",
                "**/tests/**",
                "**/test/**",
                "**/testing/**",
            ],
            QuietPlace::Migrations => &[
                "**/migrations/**",
                "**/*_migrations/**",
                "**/alembic/versions/**",
            ],
            QuietPlace::Generated => &[],
        }
    }
}

/// One key of a configuration.
pub struct Key {
    pub name: &'static str,
    pub kind: Kind,
    /// As it would be written in the file.
    pub default: &'static str,
    pub doc: &'static str,
    read: fn(&mut Reader, &mut Options, &Spanned<DeValue>),
}

/// Every key, in the order in which they are told.
pub const KEYS: &[Key] = &[
    Key {
        name: "extend",
        kind: Kind::Paths,
        default: "[]",
        doc: "Configuration files to start from; what this file says wins. Relative to this file. `~` and variables are not expanded.",
        read: |reader, options, value| options.extend = reader.spanned_strings(value),
    },
    Key {
        name: "required-version",
        kind: Kind::Versions,
        default: "\"\"",
        doc: "The versions of hotlint that this configuration is made for; any other stops with an error.",
        read: |reader, _, value| reader.required_version(value),
    },
    Key {
        name: "target-version",
        kind: Kind::Versions,
        default: "requires-python",
        doc: "The Python versions that the code supports: `\"py311\"` is 3.11 and newer, `\">=3.9,<3.14\"` a range. Where it is missing, a script's own metadata (PEP 723) counts, then `requires-python` of the closest pyproject.toml, then 3.10 and newer.",
        read: |reader, options, value| {
            let text = reader.string(value).unwrap_or_default();
            match version::parse(&text) {
                _ if text.is_empty() => {}
                Ok(versions) => options.target_version = Some(versions),
                Err(message) => reader.error(value.span(), message),
            }
        },
    },
    Key {
        name: "select",
        kind: Kind::Rules,
        default: "[\"default\"]",
        doc: "The rules that run. Groups are `algorithmic`, `arrays`, `async`, `cache`, `io`, `memory` and `micro`; `default` is what is measured to pay in most code, `preview` what is not measured yet, `all` is everything. A rule's name wins over a group, a group over `all`, and `ignore` over `select`.",
        read: |reader, options, value| {
            options.selection.select = Some(reader.selectors(value, Unknown::IsAnError));
        },
    },
    Key {
        name: "extend-select",
        kind: Kind::Rules,
        default: "[]",
        doc: "Rules that run beside those of `select`.",
        read: |reader, options, value| {
            options.selection.extend_select = reader.selectors(value, Unknown::IsAnError);
        },
    },
    Key {
        name: "ignore",
        kind: Kind::RulesOfAnyVersion,
        default: "[]",
        doc: "Rules that do not run. An unknown name is a warning only, so that one configuration serves several versions of hotlint.",
        read: |reader, options, value| {
            options.selection.ignore = reader.selectors(value, Unknown::IsAWarning);
        },
    },
    Key {
        name: "severity",
        kind: Kind::Severities,
        default: "{}",
        doc: "How loudly a rule speaks; see `fail-level`. Does not select the rule.",
        read: |reader, options, value| {
            for (name, value) in reader.table(value) {
                let selector = reader.selector(name.get_ref(), name.span(), Unknown::IsAnError);
                let severity = reader.one_of(
                    value,
                    &[
                        ("error", Severity::Error),
                        ("warning", Severity::Warning),
                        ("info", Severity::Info),
                    ],
                );
                options.severity.extend(selector.zip(severity));
            }
        },
    },
    Key {
        name: "per-file-ignores",
        kind: Kind::RulesByGlob,
        default: "{}",
        doc: "Rules that stay quiet in some files. A glob is matched against the path below this file's folder and against the bare file name; a leading `!` turns it round.",
        read: |reader, options, value| {
            let mut ignores = Vec::new();
            for (glob, value) in reader.table(value) {
                reader.check_glob(glob.get_ref().trim_start_matches('!'), glob.span());
                let rules = reader.selectors(value, Unknown::IsAWarning);
                ignores.push((glob.get_ref().to_string(), rules));
            }
            options.per_file_ignores = Some(ignores);
        },
    },
    Key {
        name: "quiet-in",
        kind: Kind::QuietPlaces,
        default: "[\"tests\", \"migrations\", \"generated\"]",
        doc: "Files that are checked but kept quiet, whatever `select` says: `test_*.py`, `*_test.py`, `tests.py`, `conftest.py` and all below `tests`, `test` or `testing`; all below `migrations`, `*_migrations` or `alembic/versions`; and files with a comment in the first ten lines that says they were generated. `[]` reports them like any other.",
        read: |reader, options, value| {
            let names = QuietPlace::ALL.map(|place| (place.name(), place));
            let items = reader.list(value);
            options.quiet_in = Some(
                items
                    .iter()
                    .filter_map(|item| reader.one_of(item, &names))
                    .collect(),
            );
        },
    },
    Key {
        name: "exclude",
        kind: Kind::Globs,
        default: "[\".git\", \".venv\", \"build\", ...]",
        doc: "Files and folders that are passed over, in place of the usual ones. A glob without a slash matches a name at any depth, one with a slash the path below this file's folder. Files named on the command line are checked all the same; see `force-exclude`.",
        read: |reader, options, value| options.exclude = Some(reader.globs(value)),
    },
    Key {
        name: "extend-exclude",
        kind: Kind::Globs,
        default: "[]",
        doc: "Files and folders that are passed over beside those of `exclude`.",
        read: |reader, options, value| options.extend_exclude = reader.globs(value),
    },
    Key {
        name: "force-exclude",
        kind: Kind::Boolean,
        default: "false",
        doc: "Whether `exclude` holds for files named on the command line too, as pre-commit names them.",
        read: |reader, options, value| options.force_exclude = reader.boolean(value),
    },
    Key {
        name: "respect-gitignore",
        kind: Kind::Boolean,
        default: "true",
        doc: "Whether files that `.gitignore`, `.ignore`, `.git/info/exclude` or the global excludes name are passed over.",
        read: |reader, options, value| options.respect_gitignore = reader.boolean(value),
    },
    Key {
        name: "fail-level",
        kind: Kind::Named(kind::names::<FailLevel>),
        default: "\"info\"",
        doc: "The severity from which on a finding makes hotlint exit with 1.",
        read: |reader, options, value| {
            options.fail_level = reader.named(value);
        },
    },
    Key {
        name: "max-findings",
        kind: Kind::Number,
        default: "0",
        doc: "How many findings from the fail level on hotlint puts up with before it exits with 1.",
        read: |reader, options, value| options.max_findings = reader.number(value),
    },
    Key {
        name: "baseline",
        kind: Kind::Path,
        default: "\"\"",
        doc: "A file of older findings, which are not reported; `hotlint baseline create` writes it. Relative to this file.",
        read: |reader, options, value| options.baseline = reader.string(value).map(PathBuf::from),
    },
    Key {
        name: "baseline-mode",
        kind: Kind::Named(kind::names::<BaselineMode>),
        default: "\"auto\"",
        doc: "What becomes of entries of the baseline that are gone: `auto` takes them out, but in CI it means `lock`, which fails and leaves the file alone; `keep` says nothing.",
        read: |reader, options, value| options.baseline_mode = reader.named(value),
    },
    Key {
        name: "unsafe-fixes",
        kind: Kind::Boolean,
        default: "false",
        doc: "Whether `--fix` and `--diff` apply fixes that may change more than the time.",
        read: |reader, options, value| options.unsafe_fixes = reader.boolean(value),
    },
    Key {
        name: "output-format",
        kind: Kind::Named(kind::names::<Format>),
        default: "\"full\"",
        doc: "How findings are written; `hotlint check --help` lists the formats.",
        read: |reader, options, value| options.output_format = reader.named(value),
    },
    Key {
        name: "max-file-size",
        kind: Kind::Size,
        default: "\"8 MiB\"",
        doc: "Files that are larger are passed over with a notice; 0 lifts the limit.",
        read: |reader, options, value| options.max_file_size = reader.size(value),
    },
    Key {
        name: "follow-imports",
        kind: Kind::Boolean,
        default: "false",
        doc: "Whether calls are followed into the other files of the project: finds queries and blocking calls some functions away, and takes a multiple of the time.",
        read: |reader, options, value| options.follow_imports = reader.boolean(value),
    },
    Key {
        name: "libraries",
        kind: Kind::Paths,
        default: "[]",
        doc: "Tables of libraries that hotlint does not know, as TOML files: types as stubs, and which calls block, query or build clients. Relative to this file.",
        read: |reader, options, value| {
            options.library_files = Some(reader.spanned_strings(value));
        },
    },
    Key {
        name: "profile",
        kind: Kind::Paths,
        default: "[]",
        doc: "Profiles that findings are ranked by. They count where the command line names none; `hotlint profile merge` writes a small one to be kept with the code. Relative to this file; those that do not exist are passed over.",
        read: |reader, options, value| {
            let paths = reader.spanned_strings(value);
            options.profile = Some(paths.into_iter().map(Spanned::into_inner).collect());
        },
    },
    Key {
        name: "path-map",
        kind: Kind::PathMap,
        default: "{}",
        doc: "Where the files of a profile are here, if the program ran elsewhere: `{ \"/app\" = \"src\" }`. Folders are relative to this file. Without it, paths are matched by their ends.",
        read: |reader, options, value| {
            let mut pairs = Vec::new();
            for (from, to) in reader.table(value) {
                let to = reader.string(to);
                pairs.extend(to.map(|to| (from.get_ref().to_string(), to)));
            }
            options.path_map = Some(pairs);
        },
    },
    Key {
        name: "min-share",
        kind: Kind::Share,
        default: "\"1%\"",
        doc: "The share of a run that a fix has to be able to save for `--only-hot` to show the finding.",
        read: |reader, options, value| {
            let text = reader.string(value).unwrap_or_default();
            match crate::cli::share(&text) {
                _ if text.is_empty() => {}
                Ok(share) => options.min_share = Some(share),
                Err(_) => reader.error(value.span(), "expected a share like `\"2%\"`"),
            }
        },
    },
];

/// What becomes of a name that is not known.
#[derive(Clone, Copy, PartialEq)]
enum Unknown {
    IsAnError,
    IsAWarning,
}

/// Reads the values of one text and gathers what is wrong with them.
struct Reader<'a> {
    text: &'a Text,
    issues: Vec<Issue>,
}

/// What `table`, a part of `text`, says, and what is wrong with it.
pub fn read(text: &Text, table: &DeTable) -> (Options, Vec<Issue>) {
    let mut options = Options::default();
    let mut reader = Reader {
        text,
        issues: Vec::new(),
    };
    for (name, value) in table {
        match KEYS.iter().find(|key| key.name == name.get_ref()) {
            Some(key) => (key.read)(&mut reader, &mut options, value),
            None => reader.unknown_key(name),
        }
    }
    (options, reader.issues)
}

impl Reader<'_> {
    fn error(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.issues.push(Issue::new(message).at(self.text, span));
    }

    fn unknown_key(&mut self, name: &Spanned<toml::de::DeString>) {
        let help = match did_you_mean(name.get_ref(), KEYS.iter().map(|key| key.name)) {
            help if help.is_empty() => "`hotlint config` lists the keys".to_owned(),
            help => help,
        };
        let issue = Issue::new(format!("unknown key `{}`", name.get_ref()));
        self.issues
            .push(issue.at(self.text, name.span()).help(help));
    }

    fn expected(&mut self, value: &Spanned<DeValue>, expected: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.error(value.span(), format!("expected {expected}, found {found}"));
    }

    fn string(&mut self, value: &Spanned<DeValue>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => {
                self.expected(value, "a string");
                None
            }
        }
    }

    fn boolean(&mut self, value: &Spanned<DeValue>) -> Option<bool> {
        match value.get_ref() {
            DeValue::Boolean(truth) => Some(*truth),
            _ => {
                self.expected(value, "`true` or `false`");
                None
            }
        }
    }

    fn list<'v, 'i>(&mut self, value: &'v Spanned<DeValue<'i>>) -> &'v [Spanned<DeValue<'i>>] {
        match value.get_ref() {
            DeValue::Array(items) => items,
            _ => {
                self.expected(value, "a list");
                &[]
            }
        }
    }

    fn table<'v, 'i>(
        &mut self,
        value: &'v Spanned<DeValue<'i>>,
    ) -> impl Iterator<
        Item = (
            &'v Spanned<toml::de::DeString<'i>>,
            &'v Spanned<DeValue<'i>>,
        ),
    > + use<'v, 'i> {
        let table = match value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => {
                self.expected(value, "a table");
                None
            }
        };
        table.into_iter().flatten()
    }

    /// A string or a list of strings.
    fn spanned_strings(&mut self, value: &Spanned<DeValue>) -> Vec<Spanned<String>> {
        let items = match value.get_ref() {
            DeValue::String(_) => std::slice::from_ref(value),
            _ => self.list(value),
        };
        let spanned = |reader: &mut Self, item: &Spanned<DeValue>| {
            Some(Spanned::new(item.span(), reader.string(item)?))
        };
        items
            .iter()
            .filter_map(|item| spanned(self, item))
            .collect()
    }

    fn one_of<T: Copy>(&mut self, value: &Spanned<DeValue>, names: &[(&str, T)]) -> Option<T> {
        let text = self.string(value)?;
        let found = names.iter().find(|(name, _)| *name == text);
        if found.is_none() {
            let known = names.iter().map(|(name, _)| format!("`{name}`"));
            let known = known.collect::<Vec<_>>().join(", ");
            let help = did_you_mean(&text, names.iter().map(|(name, _)| *name));
            let issue = Issue::new(format!("unknown value `{text}`, expected one of {known}"));
            self.issues
                .push(issue.at(self.text, value.span()).help(help));
        }
        found.map(|(_, value)| *value)
    }

    /// One of the values that a flag of the command line takes too.
    fn named<T: ValueEnum + Copy>(&mut self, value: &Spanned<DeValue>) -> Option<T> {
        let names = T::value_variants()
            .iter()
            .filter_map(|variant| Some((variant.to_possible_value()?, *variant)));
        let names: Vec<_> = names.collect();
        let names: Vec<_> = names
            .iter()
            .map(|(name, variant)| (name.get_name(), *variant))
            .collect();
        self.one_of(value, &names)
    }

    fn selectors(&mut self, value: &Spanned<DeValue>, unknown: Unknown) -> Vec<Selector> {
        let names = self.spanned_strings(value);
        let selector = |name: &Spanned<String>| self.selector(name.get_ref(), name.span(), unknown);
        names.iter().filter_map(selector).collect()
    }

    fn selector(&mut self, name: &str, span: Range<usize>, unknown: Unknown) -> Option<Selector> {
        let error = match name.parse() {
            Ok(selector) => return Some(selector),
            Err(super::select::UnknownSelector { help, .. }) => help,
        };
        let issue = Issue::new(format!("unknown rule or group `{name}`"));
        let issue = issue.at(self.text, span).help(error);
        self.issues.push(match unknown {
            Unknown::IsAnError => issue,
            Unknown::IsAWarning => issue.warning(),
        });
        None
    }

    fn globs(&mut self, value: &Spanned<DeValue>) -> Vec<String> {
        let globs = self.spanned_strings(value);
        for glob in &globs {
            self.check_glob(glob.get_ref(), glob.span());
        }
        globs.into_iter().map(Spanned::into_inner).collect()
    }

    fn check_glob(&mut self, glob: &str, span: Range<usize>) {
        if let Err(error) = globset::Glob::new(glob) {
            self.error(span, format!("invalid glob: {}", error.kind()));
        }
    }

    fn number(&mut self, value: &Spanned<DeValue>) -> Option<usize> {
        let number = match value.get_ref() {
            DeValue::Integer(number) => usize::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        if number.is_none() {
            self.error(value.span(), "expected a number from 0 on");
        }
        number
    }

    fn size(&mut self, value: &Spanned<DeValue>) -> Option<u64> {
        let size = match value.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            DeValue::String(text) => bytes(text),
            _ => None,
        };
        if size.is_none() {
            self.error(
                value.span(),
                "expected a number of bytes or a size like `\"8 MiB\"`",
            );
        }
        size
    }

    fn required_version(&mut self, value: &Spanned<DeValue>) {
        let Some(text) = self.string(value) else {
            return;
        };
        let range = match text.starts_with(|first: char| first.is_ascii_digit()) {
            true => format!("=={text}"),
            false => text.clone(),
        };
        let this = env!("CARGO_PKG_VERSION");
        let version = this.parse::<pep440_rs::Version>();
        match (range.parse::<pep440_rs::VersionSpecifiers>(), version) {
            (Err(_), _) => self.error(
                value.span(),
                format!("`{text}` is no version and no range like `>=1.2,<2`"),
            ),
            (Ok(range), Ok(version)) if !range.contains(&version) => self.error(
                value.span(),
                format!("hotlint {text} is required, this is hotlint {this}"),
            ),
            _ => {}
        }
    }
}

/// The number of bytes that "8 MiB" stands for.
fn bytes(text: &str) -> Option<u64> {
    let digits = text.trim_start_matches(|char: char| char.is_ascii_digit());
    let (number, unit) = text.split_at(text.len() - digits.len());
    let scale = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "kib" => 1 << 10,
        "mb" => 1_000_000,
        "mib" => 1 << 20,
        "gb" => 1_000_000_000,
        "gib" => 1 << 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages with the text that they point at.
    fn issues(toml: &str) -> Vec<(String, String)> {
        use miette::Diagnostic;
        let text = Text::new("hotlint.toml", toml);
        let table = DeTable::parse(toml).unwrap();
        let (_, issues) = read(&text, table.get_ref());
        let place = |issue: &Issue| {
            let label = issue.labels().unwrap().next().unwrap();
            toml[label.offset()..label.offset() + label.len()].to_owned()
        };
        issues
            .iter()
            .map(|issue| (issue.message.clone(), place(issue)))
            .collect()
    }

    #[test]
    fn errors_point_at_the_word_that_is_wrong() {
        let cases = [
            ("selekt = []", "unknown key `selekt`", "selekt"),
            (
                "force-exclude = 1",
                "expected `true` or `false`, found an integer",
                "1",
            ),
            (
                "select = ['nonesuch']",
                "unknown rule or group `nonesuch`",
                "'nonesuch'",
            ),
            ("select = [1]", "expected a string, found an integer", "1"),
            (
                "fail-level = 'loud'",
                "unknown value `loud`, expected one of `error`, `warning`, `info`, `never`",
                "'loud'",
            ),
            (
                "exclude = ['a[']",
                "invalid glob: unclosed character class; missing ']'",
                "'a['",
            ),
            (
                "max-file-size = '8 parsecs'",
                "expected a number of bytes or a size like `\"8 MiB\"`",
                "'8 parsecs'",
            ),
            (
                "[severity]\nmemory = 'dire'",
                "unknown value `dire`, expected one of `error`, `warning`, `info`",
                "'dire'",
            ),
            (
                "target-version = '>=4'",
                "no Python 3 version satisfies `>=4`",
                "'>=4'",
            ),
        ];
        for (toml, message, place) in cases {
            assert_eq!(
                issues(toml),
                [(message.to_owned(), place.to_owned())],
                "{toml}"
            );
        }
    }

    #[test]
    fn all_errors_of_a_file_are_told_at_once() {
        assert_eq!(issues("a = 1\nb = 2\nselect = 3").len(), 3);
    }

    #[test]
    fn sizes() {
        assert_eq!(bytes("8 MiB"), Some(8 << 20));
        assert_eq!(bytes("12kB"), Some(12_000));
        assert_eq!(bytes("7"), Some(7));
        for wrong in ["", "MiB", "-1", "8 M", "99999999999 GiB"] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_key_reads_the_default_that_it_tells() {
        for key in KEYS.iter().filter(|key| key.name != "exclude") {
            let default = match key.default {
                "requires-python" | "\"\"" => continue,
                default => default,
            };
            assert_eq!(
                issues(&format!("{} = {default}", key.name)),
                [],
                "{}",
                key.name
            );
        }
    }
}
