//! One file, by what is known about it or by what is found in it.

use std::path::Path;

use crate::cache::{self, Answer, Cache, Stamp};
use crate::check::{Asking, Setup, find, judge};
use crate::discover::Target;
use crate::outcome::Linted;
use crate::read::{self, Reading};
use crate::setup;

/// The file at `path`, without reading more of it than is needed, and without looking for what is known.
pub fn file(target: &Target, path: &Path, cache: &Cache, asking: Asking) -> Linted {
    let settings = &target.config.settings;
    let project = &*target.config.project;
    let asked = target.config.asked(&target.shown);
    let place = path.to_string_lossy();
    let metadata = std::fs::metadata(path).ok();
    let stamp = metadata.as_ref().and_then(Stamp::of);
    if let Some(stamp) = stamp
        && let Answer::Clean = cache.of_unread(&place, asked, stamp, project)
    {
        return Linted::default();
    }
    let limit = settings.max_file_size;
    let bytes = match read::bytes(path, limit) {
        Ok(Ok(bytes)) => bytes,
        other => return said(target, read::taken(other, path, &target.shown, limit)),
    };
    let key = cache::key(&bytes, asked);
    let known = cache.of(key, project);
    if let Answer::Clean = known {
        cache.remember(&place, asked, stamp, key, None, project);
        return Linted::default();
    }
    let (source, origin) = match read::text(bytes, path, &target.shown) {
        Reading::Text(source, origin) => (source, origin),
        other => return said(target, other),
    };
    let setup = Setup {
        asking,
        ..setup(target, source.text())
    };
    let mut report = match known {
        Answer::Report(report) => {
            cache.remember(&place, asked, stamp, key, None, project);
            report
        }
        _ => {
            let report = find(&source, &setup);
            cache.remember(&place, asked, stamp, key, Some(&report), project);
            report
        }
    };
    judge(&source, &setup.policy, &mut report);
    let mut linted = Linted::reported(source, origin, report);
    if let Some((_, waiting)) = &mut linted.open {
        *waiting = Some(key);
    }
    linted
}

/// What is said of a file that is not worth remembering: that is as quick to say as to look up.
fn said(target: &Target, reading: Reading) -> Linted {
    match reading {
        Reading::Text(source, origin) => {
            let setup = setup(target, source.text());
            Linted::checked(source, origin, &setup)
        }
        Reading::Refused(source, origin, problem) => Linted::refused(source, origin, problem),
        Reading::Foreign => Linted::default(),
    }
}
