//! Where findings are written, and in which formats.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum as _;

use crate::config::did_you_mean;
use crate::render::Format;

/// One `FORMAT` or `FORMAT:FILE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    pub format: Format,
    /// `None` is standard output.
    pub file: Option<PathBuf>,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once(':') {
            Some((name, file)) => (name, Some(file)),
            None => (text, None),
        };
        let Ok(format) = Format::from_str(name, false) else {
            let names: Vec<_> = names().collect();
            let help = match did_you_mean(name, names.iter().map(String::as_str)) {
                help if help.is_empty() => format!("one of {}", names.join(", ")),
                help => help,
            };
            return Err(format!("unknown format, {help}"));
        };
        match file {
            Some("") => Err(format!("a file belongs behind `{name}:`")),
            file => Ok(Self {
                format,
                file: file.map(PathBuf::from),
            }),
        }
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.format.to_possible_value();
        f.write_str(name.as_ref().map_or("", |name| name.get_name()))?;
        match &self.file {
            Some(file) => write!(f, ":{}", file.display()),
            None => Ok(()),
        }
    }
}

/// The names of all formats.
pub fn names() -> impl Iterator<Item = String> {
    let names = Format::value_variants().iter();
    names.filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned()))
}

/// All that a run writes: what `--output-format` asks for, `file` being where the format without a file of its own goes.
///
/// # Errors
/// When two formats go to one place.
pub fn outputs(
    asked: &[Output],
    file: Option<&PathBuf>,
    usual: Format,
) -> Result<Vec<Output>, String> {
    let mut outputs = asked.to_vec();
    let bare = outputs.iter_mut().filter(|output| output.file.is_none());
    let bare = bare.map(|output| output.file = file.cloned()).count();
    if outputs.is_empty() || bare == 0 && file.is_some() {
        outputs.push(Output {
            format: usual,
            file: file.cloned(),
        });
    }
    for (index, output) in outputs.iter().enumerate() {
        if outputs[..index]
            .iter()
            .any(|other| other.file == output.file)
        {
            let place = match &output.file {
                Some(file) => file.display().to_string(),
                None => "standard output".to_owned(),
            };
            return Err(format!(
                "two formats go to {place}; `--output-format FORMAT:FILE` gives each a file of its own"
            ));
        }
    }
    Ok(outputs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(asked: &[&str], file: Option<&str>) -> Result<String, String> {
        let asked: Vec<Output> = asked.iter().map(|text| text.parse().unwrap()).collect();
        let outputs = outputs(&asked, file.map(PathBuf::from).as_ref(), Format::Full)?;
        let told: Vec<_> = outputs.iter().map(Output::to_string).collect();
        Ok(told.join(" "))
    }

    #[test]
    fn each_format_has_a_place_of_its_own() {
        for (asked, file, wanted) in [
            (&[][..], None, "full"),
            (&[], Some("a"), "full:a"),
            (&["json"], Some("a"), "json:a"),
            (&["sarif:a"], None, "sarif:a"),
            (&["sarif:a"], Some("b"), "sarif:a full:b"),
            (&["sarif:a:b", "concise"], None, "sarif:a:b concise"),
        ] {
            assert_eq!(told(asked, file).as_deref(), Ok(wanted));
        }
        for asked in [&["json", "full"][..], &["json:a", "sarif:a"]] {
            assert!(told(asked, None).is_err(), "{asked:?}");
        }
    }

    #[test]
    fn unknown_formats_get_a_hint() {
        let error = |text: &str| text.parse::<Output>().unwrap_err();
        assert_eq!(error("sarrif:a"), "unknown format, did you mean `sarif`?");
        assert_eq!(error("sarif:"), "a file belongs behind `sarif:`");
    }
}
