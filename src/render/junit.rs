//! JUnit's XML: a suite for each file with findings, a failed test for each finding.
//!
//! Only what `junit-10.xsd` allows, which Jenkins and others check: no line and no column but in words.

use std::io;

use super::remark::remarks;
use super::xml::escaped;
use super::{Style, cost};
use crate::report::Report;

pub(super) fn write(report: &Report, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    let suites: Vec<_> = (report.files.iter())
        .map(|file| (file, remarks(file).collect::<Vec<_>>()))
        .filter(|(_, remarks)| !remarks.is_empty())
        .collect();
    let is_error = |remark: &&super::remark::Remark| remark.marked.is_none();
    let all = || suites.iter().flat_map(|(_, remarks)| remarks);
    let errors = all().filter(is_error).count();
    // A run without a test is taken for one that did not happen.
    let passed = usize::from(suites.is_empty());
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"hotlint\" tests=\"{}\" failures=\"{}\" errors=\"{errors}\">",
        all().count() + passed,
        all().count() - errors,
    )?;
    for (file, remarks) in &suites {
        let errors = remarks.iter().filter(is_error).count();
        let path = escaped(file.source.path());
        writeln!(
            out,
            "  <testsuite name=\"{path}\" package=\"hotlint\" file=\"{path}\" tests=\"{}\" failures=\"{}\" errors=\"{errors}\">",
            remarks.len(),
            remarks.len() - errors,
        )?;
        for remark in remarks {
            let place = format!("{path}{}", remark.place(file));
            let class = path.strip_suffix(".py").unwrap_or(&path).replace('/', ".");
            let name = escaped(remark.name);
            let tag = if remark.marked.is_some() {
                "failure"
            } else {
                "error"
            };
            let message = escaped(&remark.message);
            let cost = remark.marked.map(cost).unwrap_or_default();
            let help = remark.marked.map_or("", |marked| &marked.finding.help);
            let mut words = format!("{place}: {message}");
            for (name, text) in [("cost", cost.as_str()), ("help", help)] {
                if !text.is_empty() {
                    words.push_str(&format!("\n{name}: {}", escaped(text)));
                }
            }
            writeln!(
                out,
                "    <testcase name=\"{name} at {place}\" classname=\"{class}\">"
            )?;
            writeln!(
                out,
                "      <{tag} type=\"{name}\" message=\"{message}\">{words}</{tag}>"
            )?;
            writeln!(out, "    </testcase>")?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    if suites.is_empty() {
        writeln!(
            out,
            "  <testsuite name=\"hotlint\" tests=\"1\" failures=\"0\" errors=\"0\">"
        )?;
        writeln!(
            out,
            "    <testcase name=\"no findings in {} files\" classname=\"hotlint\"/>",
            report.checked
        )?;
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}
