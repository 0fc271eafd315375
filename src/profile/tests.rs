//! Every recorded fixture tells the same story, and no bytes at all bring a reader down.

use std::path::{Path, PathBuf};

use super::*;

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/profiles");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("fixtures")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file() && path.extension().is_none_or(|extension| extension != "md"))
        .collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// The place of the user's code with most of its own, and its share.
fn hottest(profile: &Profile) -> (&Site, f64) {
    let own = profile
        .sites
        .iter()
        .filter(|site| !is_library(&site.place.file));
    // Where stacks are not told, callers own what they wait for: line_profiler's function over its lines, too.
    let alone = profile.sites.iter().any(|site| site.alone > 0.0);
    let weight = |site: &Site| match profile.inclusive {
        true if alone => site.alone,
        true => f64::from(u8::from(site.place.line > 0 && site.place.bare() != "run")) * site.own,
        false => site.own,
    };
    let most = own
        .max_by(|a, b| weight(a).total_cmp(&weight(b)))
        .expect("a place");
    (most, most.own / profile.total)
}

#[test]
fn all_profilers_find_the_same_bottleneck() {
    let files = fixtures();
    assert!(files.len() >= 35, "the fixtures are gone");
    for path in files {
        let name = name(&path);
        let profiles = read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        for profile in &profiles {
            let (site, share) = hottest(profile);
            let told = format!(
                "{name}: {:?} {share} of {} {:?}",
                site.place, profile.total, profile.unit
            );
            assert!(
                profile.total > 0.0 && share > 0.0 && share <= 1.000_001,
                "{told}"
            );
            if profile.unit == Unit::Bytes {
                // Austin sees what imports take, too.
                let allocates = ["label", "<listcomp>", "make_orders", "missing"]
                    .contains(&site.place.bare())
                    || name.starts_with("austin") && site.place.bare() == "<module>";
                assert!(allocates && !name.starts_with("cprofile"), "{told}");
            } else {
                assert_eq!(site.place.bare(), "missing", "{told}");
                assert!(share > 0.4, "{told}");
                assert!(site.place.file.ends_with("shelf.py"), "{told}");
            }
        }
    }
}

#[test]
fn formats_are_told_by_what_is_in_them() {
    for path in fixtures() {
        let name = name(&path);
        let wanted = match () {
            () if name.ends_with(".pstats") => Format::Pstats,
            () if name.ends_with(".lprof") => Format::LineProfiler,
            () if name.contains("speedscope") => Format::Speedscope,
            () if name.contains("viztracer") || name.contains("chrometrace") => Format::Trace,
            () if name.contains("-raw") || name.contains("collapsed") => Format::Collapsed,
            () if name.ends_with(".mojo") => Format::Mojo,
            () if name.starts_with("austin") => Format::Austin,
            () if name.ends_with(".pyisession") => Format::PyinstrumentSession,
            () if name.starts_with("pyinstrument") => Format::Pyinstrument,
            () if name.starts_with("scalene") => Format::Scalene,
            () if name.contains("gprof2dot") => Format::Gprof2dot,
            () if name.starts_with("memray") => Format::MemrayStats,
            () if name.starts_with("pprof") => Format::Pprof,
            () if name.ends_with(".callgrind") => Format::Callgrind,
            () if name.starts_with("perf") => Format::PerfScript,
            () if name.ends_with(".jsonl") => Format::Sampling,
            () if name.starts_with("firefox") => Format::Gecko,
            () => panic!("{name}: what is it?"),
        };
        assert_eq!(format::guess(&Input::File(path)).unwrap(), wanted, "{name}");
    }
}

#[test]
fn lines_and_spans_are_kept_where_they_are_told() {
    let site = |file: &str, unit: Unit| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures/profiles")
            .join(file);
        let profiles = read(&path).unwrap();
        let profile = profiles
            .iter()
            .find(|profile| profile.unit == unit)
            .unwrap();
        hottest(profile).0.clone()
    };
    for file in [
        "py-spy-lines-raw.txt",
        "py-spy-lines-speedscope.json",
        "austin.txt",
    ] {
        let unit = if file.ends_with("raw.txt") {
            Unit::Samples
        } else {
            Unit::Seconds
        };
        assert_eq!(site(file, unit).place.line, 30, "{file}");
    }
    let spanned = site("sampling.jsonl", Unit::Samples);
    assert_eq!(
        (spanned.place.line, spanned.place.span),
        (
            30,
            Some(Span {
                column: 15,
                end_line: 30,
                end_column: 36
            })
        )
    );
    // A recording of the real thing: austin counts columns from 1.
    let recorded = site("austin.mojo", Unit::Seconds);
    let span = recorded
        .place
        .span
        .map(|span| (span.column, span.end_column));
    assert_eq!((recorded.place.line, span), (30, Some((15, 38))));
    let counted = site("line_profiler-5.1.lprof", Unit::Seconds);
    assert_eq!(
        (counted.place.line, counted.place.first_line, counted.hits),
        (30, 25, Some(4000))
    );
    // The decorator's line: so CPython counts.
    assert_eq!(
        site("cprofile-3.13.pstats", Unit::Seconds).place.first_line,
        25
    );
}

#[test]
fn time_in_builtins_and_libraries_is_charged_to_their_callers() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/profiles/cprofile-3.13.pstats");
    let profile = read(&path).unwrap().remove(0);
    let label = profile
        .sites
        .iter()
        .find(|site| &*site.place.function == "label")
        .unwrap();
    // `re.compile` takes most of what `label` takes, and is nobody's but the caller's.
    assert!(
        label.own > label.alone * 1.5 && label.own <= label.cumulative * 1.001,
        "{label:?}"
    );
    let run = profile
        .sites
        .iter()
        .find(|site| &*site.place.function == "run")
        .unwrap();
    assert!(
        run.calls
            .iter()
            .any(|(name, spent)| &**name == "labels" && *spent > 0.0),
        "{run:?}"
    );
}

#[test]
fn a_stored_profile_says_what_was_read() {
    for file in [
        "cprofile-3.13.pstats",
        "line_profiler-5.1.lprof",
        "scalene.json",
        "sampling.jsonl",
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures/profiles")
            .join(file);
        let profiles = read(&path).unwrap();
        let own = |file: &str| {
            (!is_library(file)).then(|| file.strip_prefix("/app/").unwrap_or(file).to_owned())
        };
        let text = store(&profiles, own).unwrap();
        assert_eq!(text, store(&profiles, own).unwrap());
        let again = read_input(&Input::Bytes(text.into())).unwrap();
        assert_eq!(profiles.len(), again.len());
        for (one, other) in profiles.iter().zip(&again) {
            assert_eq!(
                (one.unit, one.partial),
                (other.unit, other.partial),
                "{file}"
            );
            let ((before, share), (after, kept)) = (hottest(one), hottest(other));
            assert_eq!(
                (&before.place.function, before.place.line, before.place.span),
                (&after.place.function, after.place.line, after.place.span),
                "{file}"
            );
            assert!((share - kept).abs() < 0.01, "{file}: {share} {kept}");
        }
    }
}

#[test]
fn profiles_of_the_same_kind_add_up() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/profiles/cprofile-3.13.pstats");
    let one = read(&path).unwrap().remove(0);
    let both = merge([one.clone(), one.clone()]);
    assert_eq!(both.len(), 1);
    assert_eq!(both[0].sites.len(), one.sites.len());
    assert!((both[0].total - 2.0 * one.total).abs() < 1e-9);
    assert!((hottest(&both[0]).0.own - 2.0 * hottest(&one).0.own).abs() < 1e-9);
}

#[test]
fn what_is_no_profile_is_refused_with_a_reason() {
    for (bytes, word) in [
        (&b""[..], "nothing was recorded"),
        (b"hello\n", "no profile that hotlint knows"),
        (b"{}", "no profile that hotlint knows"),
        (b"{\"traceEvents\": []}", "nothing was recorded"),
        (b"\x04\x22\x4d\x18....", "memray transform"),
        (b"MOJ\x03", "nothing was recorded"),
        (b"MOJ\x09", "not known: 9"),
        (b"MOJ\x03\x63", "not known: 99"),
        (b"\x80\x05N.", "no line_profiler"),
        (b"{(\x03\x00\x00\x00", "beyond its end"),
        (b"\x1f\x8b\x08", ""),
    ] {
        let error = read_input(&Input::Bytes(bytes.into()))
            .unwrap_err()
            .to_string();
        assert!(error.contains(word), "{bytes:?}: {error}");
    }
}

#[test]
fn what_unpacks_without_end_is_refused() {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..300 {
        packed.write_all(&vec![b'{'; 1 << 20]).unwrap();
    }
    let bomb = packed.finish().unwrap();
    assert!(bomb.len() < 4 << 20);
    assert!(read_input(&Input::Bytes(bomb)).is_err());
}

/// A generator of numbers that are the same each time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

fn mutate(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    for _ in 0..=numbers.next(6) {
        let at = numbers.next(bytes.len());
        match numbers.next(6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, numbers.next(256) as u8),
            2 if at < bytes.len() => {
                bytes.remove(at);
            }
            3 => {
                let end = (at + numbers.next(64)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            4 if at < bytes.len() => {
                bytes[at] = [0, 0xff, 0x7f, 0x80, b'0', b'(', b'"', b']'][numbers.next(8)]
            }
            _ if at < bytes.len() => bytes[at] ^= 1 << numbers.next(8),
            _ => {}
        }
    }
}

#[test]
fn no_bytes_bring_a_reader_down() {
    // Debug frames of a deep tree want more stack than a test has.
    let work = || {
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        for path in fixtures() {
            let original = std::fs::read(&path).unwrap();
            let rounds = (1_500_000 / original.len().max(1_000)).clamp(15, 400);
            for _ in 0..rounds {
                let mut bytes = original.clone();
                mutate(&mut bytes, &mut numbers);
                let size = bytes.len();
                if let Ok(profiles) = read_input(&Input::Bytes(bytes)) {
                    for profile in &profiles {
                        assert!(profile.total.is_finite());
                        // A place takes bytes to tell; packed ones are told fifty times over at most.
                        assert!(profile.sites.len() <= size * 50, "{}", path.display());
                        assert!(
                            profile
                                .sites
                                .iter()
                                .all(|site| site.own.is_finite() && site.own >= 0.0)
                        );
                    }
                }
            }
        }
    };
    let thread = std::thread::Builder::new().stack_size(hotlint_core::python::STACK_SIZE);
    thread.spawn(work).unwrap().join().unwrap();
}
