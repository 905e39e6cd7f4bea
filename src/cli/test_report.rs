//! The results of tests: for people, as JSON, and as JUnit XML.

use gpb_base::diag::{Diagnostic, render};
use gpb_base::source::SourceMap;
use std::fmt::Write as _;

/// The result of one test.
pub struct TestOutcome {
    /// The name of the test.
    pub name: String,
    /// The file it stands in.
    pub file: String,
    /// The line of its name, from 1.
    pub line: usize,
    /// The expectations that were not met; none where it passed.
    pub failures: Vec<Diagnostic>,
    /// The texts of the files that the failures point at.
    pub sources: SourceMap,
}

impl TestOutcome {
    /// Returns the line of the test.
    pub fn line(&self) -> String {
        let word = if self.failures.is_empty() { "ok    " } else { "FAILED" };
        format!("{word} {}\n", self.name)
    }

    /// Returns the result as JSON.
    pub fn json(&self) -> serde_json::Value {
        let failures: Vec<_> = self.failures.iter().map(|one| render::json(one, &self.sources)).collect();
        serde_json::json!({
            "name": self.name,
            "file": self.file,
            "line": self.line,
            "passed": failures.is_empty(),
            "failures": failures,
        })
    }
}

/// Returns the last line: how many tests passed.
pub fn summary(outcomes: &[TestOutcome]) -> String {
    let failed = outcomes.iter().filter(|one| !one.failures.is_empty()).count();
    let all = outcomes.len();
    let tests = if all == 1 { "test" } else { "tests" };
    match failed {
        0 => format!("{all} {tests}: all passed\n"),
        _ => format!("{all} {tests}: {} passed, {failed} failed\n", all - failed),
    }
}

/// Returns the results as JUnit XML, one suite a file, without times: the same tests give the same bytes.
pub fn junit(outcomes: &[TestOutcome]) -> String {
    let mut files: Vec<&str> = outcomes.iter().map(|one| one.file.as_str()).collect();
    files.dedup();
    let failed = |of: &[&TestOutcome]| of.iter().filter(|one| !one.failures.is_empty()).count();
    let all: Vec<&TestOutcome> = outcomes.iter().collect();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites tests=\"{}\" failures=\"{}\">", all.len(), failed(&all));
    for file in files {
        let of: Vec<&TestOutcome> = outcomes.iter().filter(|one| one.file == file).collect();
        let (name, count) = (escaped(file), of.len());
        let _ = writeln!(out, "  <testsuite name=\"{name}\" tests=\"{count}\" failures=\"{}\">", failed(&of));
        for one in of {
            let head =
                format!("    <testcase name=\"{}\" classname=\"{name}\" line=\"{}\"", escaped(&one.name), one.line);
            if one.failures.is_empty() {
                let _ = writeln!(out, "{head}/>");
                continue;
            }
            let _ = writeln!(out, "{head}>");
            for failure in &one.failures {
                let text = render::human(std::slice::from_ref(failure), &one.sources, render::Style::PLAIN);
                let message = escaped(&failure.message);
                let _ = write!(out, "      <failure message=\"{message}\" type=\"{}\">", failure.code);
                let _ = writeln!(out, "{}</failure>", escaped(&text));
            }
            out.push_str("    </testcase>\n");
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// Returns the results of a run that could not judge a test: one failure, so that nobody takes it for a run that passed.
pub fn not_run(name: &str, why: &str) -> String {
    let (name, why) = (escaped(name), escaped(why));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"1\" failures=\"0\" errors=\"1\">\n  \
         <testsuite name=\"{name}\" tests=\"1\" failures=\"0\" errors=\"1\">\n    \
         <testcase name=\"{name}\" classname=\"{name}\">\n      \
         <error message=\"no test was run\">{why}</error>\n    </testcase>\n  </testsuite>\n</testsuites>\n"
    )
}

/// Returns a text as XML holds it: what has a meaning there is escaped, and what cannot stand there is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(character),
            control if control.is_control() => out.push('\u{FFFD}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_xml_reads_is_escaped() {
        assert_eq!(escaped("a < b && \"c\" > d\u{1b}\n"), "a &lt; b &amp;&amp; &quot;c&quot; &gt; d\u{FFFD}\n");
    }
}
