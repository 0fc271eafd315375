//! Standard output and standard error: colours, links, and readers that go away.

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use anstream::{AutoStream, ColorChoice};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};

use crate::cli::{Color, Global};
use crate::render::Style;

/// Widest line that is still read with ease.
const WIDEST: usize = 120;

/// What may be written where, and how.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    color: ColorChoice,
    /// How much less (below 0) or more (above 0) than usual is told.
    pub verbosity: i8,
}

impl Terminal {
    pub fn new(global: &Global) -> Self {
        let color = match global.color {
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
            // anstream knows NO_COLOR and CLICOLOR_FORCE, but not this one.
            Color::Auto if is_set("FORCE_COLOR") && !is_set("NO_COLOR") => ColorChoice::Always,
            Color::Auto => ColorChoice::Auto,
        };
        color.write_global();
        let count = |flags: u8| i8::try_from(flags).unwrap_or(i8::MAX);
        Self {
            color,
            verbosity: count(global.verbose) - count(global.quiet),
        }
    }

    /// What standard output can do.
    pub fn stdout_style(self) -> Style {
        let stdout = io::stdout();
        let style = Style::default();
        Style {
            color: self.is_colored(&stdout),
            hyperlinks: stdout.is_terminal()
                && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout),
            width: match stdout.is_terminal() {
                true => terminal_size::terminal_size()
                    .map_or(style.width, |(width, _)| usize::from(width.0).min(WIDEST)),
                false => style.width,
            },
            ..style
        }
    }

    fn is_colored(self, stream: &impl anstream::stream::RawStream) -> bool {
        let choice = match self.color {
            ColorChoice::Auto => AutoStream::choice(stream),
            decided => decided,
        };
        choice != ColorChoice::Never
    }

    /// Writes to standard output.
    ///
    /// # Errors
    /// Whatever the system says, except that nobody reads any more: then there is nobody to tell.
    pub fn print(self, write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> io::Result<()> {
        let mut out = io::BufWriter::new(AutoStream::new(io::stdout(), self.color).lock());
        heard(write(&mut out).and_then(|()| out.flush()))
    }

    /// Writes to standard error, because standard output is taken.
    pub fn print_aside(
        self,
        write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut out = io::BufWriter::new(self.stderr());
        heard(write(&mut out).and_then(|()| out.flush()))
    }

    /// Writes to the file at `path`, and makes its folder when there is none.
    pub fn save(
        path: &Path,
        write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut out = io::BufWriter::new(fs::File::create(path)?);
        heard(write(&mut out).and_then(|()| out.flush()))
    }

    /// One line on standard error, with the word that tells how grave it is.
    pub fn error(self, message: impl std::fmt::Display) {
        if self.verbosity > -2 {
            let style = anstyle::AnsiColor::Red.on_default().bold();
            let _ = writeln!(self.stderr(), "{style}error{style:#}: {message}");
        }
    }

    /// One line on standard error, unless less was asked for.
    pub fn warn(self, message: impl std::fmt::Display) {
        if self.verbosity >= 0 {
            let style = anstyle::AnsiColor::Yellow.on_default().bold();
            let _ = writeln!(self.stderr(), "{style}warning{style:#}: {message}");
        }
    }

    /// One line on standard error.
    pub fn note(self, message: impl std::fmt::Display) {
        if self.verbosity >= 0 {
            let _ = writeln!(self.stderr(), "{message}");
        }
    }

    /// A complaint with its place, on standard error.
    pub fn complain(self, issue: &dyn Diagnostic) {
        let warning = issue.severity() == Some(miette::Severity::Warning);
        if self.verbosity < if warning { 0 } else { -1 } {
            return;
        }
        let stderr = io::stderr();
        let theme = match (self.is_colored(&stderr), stderr.is_terminal()) {
            (true, _) => GraphicalTheme::unicode(),
            (false, _) => GraphicalTheme::unicode_nocolor(),
        };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(WIDEST)
            .with_links(false);
        let mut text = String::new();
        if handler.render_report(&mut text, issue).is_err() {
            text = format!("{issue}\n");
        }
        let _ = write!(self.stderr(), "{text}");
    }

    fn stderr(self) -> AutoStream<io::Stderr> {
        AutoStream::new(io::stderr(), self.color)
    }
}

fn heard(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Set, and to something that does not mean no.
fn is_set(variable: &str) -> bool {
    std::env::var_os(variable)
        .is_some_and(|value| !value.is_empty() && (variable == "NO_COLOR" || value != "0"))
}
