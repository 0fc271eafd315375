//! The page as far as text tells; what it looks like was looked at.

use hotlint_core::lint::Finding;

use super::super::{Format, Style, sample};
use super::*;
use crate::profile::Unit;
use crate::rank::PlaceHeat;

fn html(report: &Report) -> String {
    sample::written(report, Format::Html, &Style::default())
}

fn heated() -> Report {
    let mut report = sample::report();
    let heat = Heat {
        join: Join::Line,
        unit: Unit::Seconds,
        share: 0.8,
        bound: 0.75,
        score: 0.5,
        times: Some(9.0),
        hits: Some(4000),
        at: 10,
    };
    report.files[0].report.findings[0].heat = Some(heat);
    report.files[1].report.findings[0].heat = Some(Heat::unprofiled());
    let line = LineHeat {
        share: 0.8,
        of_function: false,
        hits: Some(4000),
    };
    report.ranking = Some(Ranking {
        sources: vec!["run.prof".to_owned()],
        least: None,
        hot_first: true,
        total: Some((Unit::Seconds, 2.0)),
        order: vec![(0, 0), (1, 0)],
        functions: vec![Vec::new(); 3],
        lines: vec![
            [(10, line)].into(),
            BTreeMap::new(),
            BTreeMap::new(),
            BTreeMap::new(),
        ],
        places: vec![PlaceHeat {
            file: "src/app.py".to_owned(),
            function: "common".to_owned(),
            line: 1,
            own: 0.8,
            cumulative: 1.0,
        }],
        stale: Vec::new(),
    });
    report
}

#[test]
fn heat_stands_in_the_margin_and_on_the_map() {
    let page = html(&heated());
    assert!(page.contains(
        "<span class=\"heat h4\" title=\"this line itself: 80 %, ran 4,000 times\">80 %</span>"
    ));
    assert!(page.contains("common: 80 % itself, 100 % with what it calls, 1 finding"));
    assert!(
        page.contains("≤ 75 %")
            && page.contains("unprofiled")
            && page.contains("profile: run.prof, 2.0 s")
    );
    assert!(page.contains("<a href=\"#f0l10\">src/app.py:10:12</a>"));
    let hot = page.find("name-membership-in-loop").unwrap();
    assert!(hot < page.find("stat-in-loop").unwrap());
}

#[test]
fn without_a_profile_the_findings_stand_on_the_source() {
    let page = html(&sample::report());
    assert!(!page.contains("<svg") && !page.contains("class=\"share\">≤"));
    assert!(page.contains("<div class=\"line found\" id=\"f0l10\">"));
    assert!(page.contains("permission denied"));
}

#[test]
fn the_page_needs_nothing_else_and_source_stays_text() {
    let text = "x = '<script>alert(1)</script>' in known\x0c\n";
    let finding = sample::marked(
        "some-rule",
        Finding::new(sample::range(text, "x"), "`<b>` & \"more\""),
    );
    let report = Report {
        files: vec![sample::file("a&b.py", text, vec![finding])],
        ..Report::default()
    };
    let page = html(&report);
    assert!(
        !page.contains("<script") && !page.contains("http"),
        "{page}"
    );
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(page.contains("<code>&lt;b&gt;</code> &amp; &quot;more&quot;"));
    assert!(page.contains("a&amp;b.py") && !page.contains('\x0c'));
}
