//! `--verify` and `--verify-faster`: fixes that have to stand a command which the user names.
//!
//! Files go through waves: all fixes that can be applied together are tried, what stands stays, and what this leaves is looked at again,
//! until there is nothing new. Any state in between is undone unless the run comes to its end: see [`tree`].
//!
//! **Invariant**: runs the user's commands and nothing else.

mod faster;
pub mod journal;
mod search;
mod shell;
mod tree;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hotlint_core::lint::{Fix, FixLevel};
use rustc_hash::{FxHashMap, FxHashSet};
use tempfile::TempDir;

use crate::Outcome;
use crate::discover::{Input, Target};
use crate::fix::{self, Signature};
use crate::render;
use crate::report::Checked;
use crate::words::plural;
use faster::{Comparison, Gain, compare};
use search::{Trial, hasten, settle};
use shell::{Ran, Shell, ShellError};
use tree::{State, Tree, TreeError};

pub use tree::WATCH;

/// What fixes leave to mend after so many waves is left alone.
const MOST_WAVES: usize = 20;

/// What fixes have to stand.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// Passes with the fixes as it does without.
    pub passes: Option<&'a str>,
    /// Is measurably faster with the fixes.
    pub faster: Option<&'a str>,
}

/// One fix, as the summary names it.
#[derive(Clone, Debug)]
pub struct Place {
    pub rule: &'static str,
    /// `path:row:column`
    pub at: String,
}

/// What became of the fixes.
#[derive(Debug, Default)]
pub struct Verified {
    pub kept: Vec<Place>,
    /// Each with the reason.
    pub rolled_back: Vec<(Place, String)>,
    /// Times of the command that was to become faster, when something was kept.
    pub gain: Option<String>,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error("`{command}` fails without any fix, so that it can prove none: it {reason}{output}")]
    Untouched {
        command: String,
        reason: String,
        /// What it wrote, on lines of its own.
        output: String,
    },
    #[error("{0}; nothing was fixed")]
    Tree(#[from] TreeError),
    #[error("{0}; nothing was fixed")]
    Shell(#[from] ShellError),
    #[error("cannot keep copies of the files that fixes would change: {0}")]
    Journal(io::Error),
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Applies fixes, and takes back those that do not stand what is wished.
///
/// `look` reports on the files as they are at that time; `tell` is told about each step.
///
/// # Errors
/// Then all files are as they were.
pub fn run(
    wish: Wish,
    targets: &[Target],
    look: &dyn Fn() -> io::Result<Outcome>,
    tell: &dyn Fn(String),
) -> Result<Verified, VerifyError> {
    let shell = Shell::new()?;
    let mut trials = Trials {
        wish,
        targets: Targets::new(targets),
        shell,
        tell,
        base: State::new(),
        usual: None,
        compiled: None,
        rejected: FxHashSet::default(),
        verified: Verified::default(),
    };
    let mut wave = Wave::new(look()?, &trials);
    if wave.fixes.is_empty() {
        return Ok(trials.verified);
    }
    let home = journal::home()
        .ok_or_else(|| io::Error::other("set HOME, or XDG_STATE_HOME"))
        .map_err(VerifyError::Journal)?;
    let mut tree = Tree::new(&home).map_err(VerifyError::Journal)?;
    trials.without_fixes(&wave, &mut tree)?;
    for _ in 0..MOST_WAVES {
        trials.wave(&wave, &mut tree)?;
        tree.put(&trials.base)?;
        wave = Wave::new(look()?, &trials);
        if wave.fixes.is_empty() || trials.shell.is_stopped() {
            break;
        }
    }
    trials.last_figure(&mut tree)?;
    if trials.shell.is_stopped() {
        return Err(ShellError::Interrupted.into());
    }
    tree.put(&trials.base)?;
    tree.keep();
    Ok(trials.verified)
}

/// How files are treated, by their path on disk.
struct Targets<'a>(FxHashMap<&'a Path, &'a Target>);

impl<'a> Targets<'a> {
    fn new(targets: &'a [Target]) -> Self {
        let path = |target: &'a Target| match &target.input {
            Input::File(path) => Some((path.as_path(), target)),
            Input::Given(..) | Input::Buffer(..) | Input::Stdin => None,
        };
        Self(targets.iter().filter_map(path).collect())
    }
}

/// Fixes that can be applied together.
struct Wave {
    files: Vec<Mended>,
    fixes: Vec<Candidate>,
}

/// A file with fixes.
struct Mended {
    /// On disk, without symbolic links.
    path: PathBuf,
    checked: Checked,
    allowed: FixLevel,
}

/// One fix of a wave.
struct Candidate {
    /// Numbers of the file in the wave and of the finding in the file.
    file: usize,
    finding: usize,
    place: Place,
    signature: Signature,
}

impl Wave {
    fn new(outcome: Outcome, trials: &Trials) -> Self {
        let mut wave = Self {
            files: Vec::new(),
            fixes: Vec::new(),
        };
        for checked in outcome.report.files {
            let Some(target) = trials.targets.0.get(checked.origin.path.as_path()) else {
                continue;
            };
            let allowed = match target.config.settings.unsafe_fixes {
                true => FixLevel::Unsafe,
                false => FixLevel::Safe,
            };
            let Ok(path) = fs::canonicalize(&checked.origin.path) else {
                continue;
            };
            // Two names of one file: its fixes count once.
            if wave.files.iter().any(|known| known.path == path) {
                continue;
            }
            let setup = crate::setup(target, checked.source.text());
            let skip = |signature: &Signature| {
                trials.rejected.contains(&(path.clone(), signature.clone()))
            };
            let which = fix::together(&checked.source, &checked.report, &setup, allowed, &skip);
            if which.is_empty() {
                continue;
            }
            let file = Mended {
                path,
                checked,
                allowed,
            };
            let all: Vec<&Fix> = which
                .iter()
                .filter_map(|finding| file.fix(*finding))
                .collect();
            if let Err(error) = file.with(&all) {
                (trials.tell)(format!("{}: {error}", target.shown));
                continue;
            }
            for finding in which {
                wave.fixes
                    .extend(file.candidate(wave.files.len(), finding, target));
            }
            wave.files.push(file);
        }
        wave
    }

    /// What files hold with the fixes of `set` on top of `base`.
    fn state(&self, base: &State, set: &[usize]) -> State {
        let mut state = base.clone();
        for (number, file) in self.files.iter().enumerate() {
            let fixes = set.iter().filter_map(|one| self.fixes.get(*one));
            let fixes = fixes.filter(|fix| fix.file == number);
            let fixes: Vec<&Fix> = fixes.filter_map(|fix| file.fix(fix.finding)).collect();
            // With all of them it could be put into bytes.
            if !fixes.is_empty()
                && let Ok(bytes) = file.with(&fixes)
            {
                state.insert(file.path.clone(), bytes);
            }
        }
        state
    }
}

impl Mended {
    fn fix(&self, finding: usize) -> Option<&Fix> {
        self.checked
            .report
            .findings
            .get(finding)?
            .finding
            .fix
            .as_ref()
    }

    fn with(&self, fixes: &[&Fix]) -> Result<Vec<u8>, fix::WriteError> {
        let Checked { source, origin, .. } = &self.checked;
        if fs::metadata(&self.path)?.permissions().readonly() {
            return Err(fix::WriteError::ReadOnly);
        }
        fix::bytes(
            origin,
            source,
            &fix::apply(source, fixes, self.allowed).source,
        )
    }

    fn candidate(&self, file: usize, number: usize, target: &Target) -> Option<Candidate> {
        let Checked { source, report, .. } = &self.checked;
        let finding = &report.findings.get(number)?.finding;
        let place = render::Place::of(&self.checked, finding.range.start());
        Some(Candidate {
            file,
            finding: number,
            place: Place {
                rule: finding.rule,
                at: format!("{}:{place}", target.shown),
            },
            signature: Signature::of(finding.rule, finding.fix.as_ref()?, source),
        })
    }
}

/// The run so far.
struct Trials<'a> {
    wish: Wish<'a>,
    targets: Targets<'a>,
    shell: Shell,
    tell: &'a dyn Fn(String),
    /// What files hold with all that is kept.
    base: State,
    /// How long the command takes without fixes.
    usual: Option<Duration>,
    /// Compiled files of each state, where the commands measure: Python would compile after each change otherwise.
    compiled: Option<Compiled>,
    rejected: FxHashSet<(PathBuf, Signature)>,
    verified: Verified,
}

/// Folders for compiled files.
struct Compiled {
    folder: TempDir,
    states: Vec<State>,
}

impl Trials<'_> {
    /// Runs the commands on the files as they are: one that fails then cannot prove anything.
    fn without_fixes(&mut self, wave: &Wave, tree: &mut Tree) -> Result<(), VerifyError> {
        // From here on a command that changes the files is found out.
        tree.track(wave.files.iter().map(|file| file.path.as_path()))?;
        for command in [self.wish.passes, self.wish.faster].into_iter().flatten() {
            let ran = self.shell.run(command, None, &[])?;
            if !ran.passes() {
                let output = ran
                    .tail()
                    .lines()
                    .fold(String::new(), |text, line| text + "\n  | " + line);
                return Err(VerifyError::Untouched {
                    command: command.to_owned(),
                    reason: ran.end(),
                    output,
                });
            }
            tree.check()?;
            self.usual = self.usual.max(Some(ran.elapsed));
            (self.tell)(format!("`{command}` passes without fixes{}", took(&ran)));
        }
        Ok(())
    }

    /// Finds out which fixes of a wave stay.
    fn wave(&mut self, wave: &Wave, tree: &mut Tree) -> Result<(), VerifyError> {
        let all: Vec<usize> = (0..wave.fixes.len()).collect();
        let mut kept = all;
        let mut rolled_back: Vec<(usize, String)> = Vec::new();
        if let Some(command) = self.wish.passes {
            let settled = settle(&kept, &mut |kept, more| {
                self.passes(command, wave, kept, more, tree)
            })?;
            rolled_back.extend(settled.guilty);
            kept = settled.kept;
        }
        if let Some(command) = self.wish.faster {
            let hastened = hasten(&kept, &mut |kept, more| {
                self.hastens(command, wave, kept, more, tree)
            })?;
            let idle = hastened.idle.into_iter();
            rolled_back.extend(
                idle.map(|one| (one, format!("`{command}` is not measurably faster with it"))),
            );
            let faster: Vec<usize> = hastened
                .groups
                .into_iter()
                .flat_map(|group| group.0)
                .collect();
            if let Some(command) = self.wish.passes
                && faster.len() < kept.len()
                && !faster.is_empty()
                && let Trial::Bad(reason) = self.passes(command, wave, &[], &faster, tree)?
            {
                // What was proved was proved with the others.
                rolled_back.extend(faster.into_iter().map(|one| (one, reason.clone())));
                kept = Vec::new();
            } else {
                kept = faster;
            }
        }
        kept.sort_unstable();
        rolled_back.sort();
        self.base = wave.state(&self.base, &kept);
        let kept = kept.iter().filter_map(|one| wave.fixes.get(*one));
        self.verified.kept.extend(kept.map(|fix| fix.place.clone()));
        for (one, reason) in rolled_back {
            let Some(fix) = wave.fixes.get(one) else {
                continue;
            };
            let Some(file) = wave.files.get(fix.file) else {
                continue;
            };
            self.rejected
                .insert((file.path.clone(), fix.signature.clone()));
            self.verified.rolled_back.push((fix.place.clone(), reason));
        }
        Ok(())
    }

    /// Whether `command` passes with the fixes `more` on top of `kept`.
    fn passes(
        &self,
        command: &str,
        wave: &Wave,
        kept: &[usize],
        more: &[usize],
        tree: &mut Tree,
    ) -> Result<Trial<String>, VerifyError> {
        let set = [kept, more].concat();
        tree.put(&wave.state(&self.base, &set))?;
        let ran = self.shell.run(command, self.usual, &[])?;
        tree.check()?;
        let word = if ran.passes() { "passes" } else { "fails" };
        let (count, all) = (set.len(), fixes(wave.fixes.len()));
        (self.tell)(format!(
            "`{command}` {word} with {count} of {all}{}",
            took(&ran)
        ));
        if ran.passes() {
            return Ok(Trial::Good);
        }
        let reason = format!("`{command}` {}", ran.reason());
        // What is about to be blamed is given a second chance: commands fail for reasons of their own, too.
        if more.len() == 1 && self.shell.run(command, self.usual, &[])?.passes() {
            (self.tell)(format!("`{command}` passes the second time"));
            return Ok(Trial::Good);
        }
        Ok(Trial::Bad(reason))
    }

    /// Whether `command` is measurably faster with the fixes `more` on top of `kept`.
    fn hastens(
        &mut self,
        command: &str,
        wave: &Wave,
        kept: &[usize],
        more: &[usize],
        tree: &mut Tree,
    ) -> Result<Option<Gain>, VerifyError> {
        let before = wave.state(&self.base, kept);
        let after = wave.state(&self.base, &[kept, more].concat());
        let (count, all) = (kept.len() + more.len(), fixes(wave.fixes.len()));
        let told = format!("with {count} of {all}");
        self.compare(command, &before, &after, &told, tree)
    }

    /// Runs `command` on two states in turn, until it is clear whether the second one is faster.
    fn compare(
        &mut self,
        command: &str,
        before: &State,
        after: &State,
        told: &str,
        tree: &mut Tree,
    ) -> Result<Option<Gain>, VerifyError> {
        let mut pairs: Vec<(f64, f64)> = Vec::new();
        loop {
            // Who is first takes turns too.
            let order = match pairs.len() % 2 {
                0 => [before, after],
                _ => [after, before],
            };
            let mut times = Vec::new();
            for state in order {
                let Some(time) = self.time(command, state, tree)? else {
                    (self.tell)(format!("`{command}` fails {told}"));
                    return Ok(None);
                };
                times.push(time);
            }
            if pairs.len() % 2 == 1 {
                times.reverse();
            }
            pairs.extend(times.first().copied().zip(times.last().copied()));
            let (words, gain) = match compare(&pairs) {
                Comparison::Open => continue,
                Comparison::Faster(gain) => (format!("is {:.2}x faster", gain.times()), Some(gain)),
                Comparison::NotFaster(_) => ("is not measurably faster".to_owned(), None),
            };
            (self.tell)(format!(
                "`{command}` {words} {told} ({})",
                plural(pairs.len() * 2, "run")
            ));
            return Ok(gain);
        }
    }

    /// Seconds of processor time that `command` takes in `state`; `None` where it fails.
    fn time(
        &mut self,
        command: &str,
        state: &State,
        tree: &mut Tree,
    ) -> Result<Option<f64>, VerifyError> {
        tree.put(state)?;
        let compiled = match &mut self.compiled {
            Some(compiled) => compiled,
            none => none.insert(Compiled {
                folder: tempfile::tempdir()?,
                states: Vec::new(),
            }),
        };
        let known = compiled.states.iter().position(|known| known == state);
        let number = known.unwrap_or(compiled.states.len());
        let folder = compiled.folder.path().join(number.to_string());
        let environment = [("PYTHONPYCACHEPREFIX", folder.as_path())];
        if known.is_none() {
            compiled.states.push(state.clone());
            // The first run compiles, and does not count.
            self.shell.run(command, self.usual, &environment)?;
        }
        let ran = self.shell.run(command, self.usual, &environment)?;
        tree.check()?;
        Ok(ran.passes().then_some(ran.cpu))
    }

    /// Measures all that is kept against the files as they were.
    fn last_figure(&mut self, tree: &mut Tree) -> Result<(), VerifyError> {
        let Some(command) = self.wish.faster.filter(|_| !self.base.is_empty()) else {
            return Ok(());
        };
        let after = self.base.clone();
        if let Some(gain) = self.compare(
            command,
            &State::new(),
            &after,
            "with all that is kept",
            tree,
        )? {
            self.verified.gain = Some(format!(
                "`{command}` takes {:.2} s of processor time in place of {:.2} s: {:.2}x faster",
                gain.after,
                gain.before,
                gain.times()
            ));
        }
        Ok(())
    }
}

fn fixes(count: usize) -> String {
    format!("{count} fix{}", if count == 1 { "" } else { "es" })
}

fn took(ran: &Ran) -> String {
    format!(" ({:.1} s)", ran.elapsed.as_secs_f64())
}
