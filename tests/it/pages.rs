//! The pages of the codes: their failing examples fail with that code, their fixed ones do not.

use crate::support::InMemoryLoader;
use gpb_base::stdlib::Library;
use gpb_catalog::Catalog;
use gpb_lang as lang;
use std::fmt::Write as _;

/// The day of the prices for the examples.
const DAY: &str = "2026-11-23";

/// Returns the text of the first fenced block opened by ```` ```<info> ````.
fn block<'a>(page: &'a str, info: &str) -> Option<&'a str> {
    let start = page.find(&format!("```{info}\n"))? + info.len() + 4;
    let end = page[start..].find("\n```")? + start + 1;
    page.get(start..end)
}

/// Returns the codes that `gpb check` reports for a program.
fn codes(name: &str, text: &str) -> Vec<&'static str> {
    let (loader, library) = (InMemoryLoader(text.to_owned()), Library::embedded());
    let language = lang::CompileInputs::embedded(&loader, &library);
    let mut compilation = lang::check(name, &language, None);
    let types = &|name: &str| Catalog::embedded().get(name);
    gpb::analysis::analyze(&mut compilation, &library, types, DAY);
    compilation.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn examples_do_what_their_pages_say() {
    let mut wrong = String::new();
    let mut tried = 0;
    for page in gpb_base::diag::pages() {
        if !page.text.starts_with(&format!("# {}: ", page.code)) {
            let _ = writeln!(wrong, "{}: the page does not start with its code and title", page.code);
        }
        let examples = (block(page.text, "gpb fail"), block(page.text, "gpb pass"));
        let (Some(fail), Some(pass)) = examples else {
            if examples != (None, None) || block(page.text, "text").is_none() {
                let _ = writeln!(wrong, "{}: the page needs a failing and a fixed example", page.code);
            }
            continue;
        };
        tried += 1;
        let name = format!("{}.gpb", page.code.to_lowercase());
        let failed = codes(&name, fail);
        if !failed.contains(&page.code) {
            let _ = writeln!(wrong, "{}: the failing example gives {failed:?}", page.code);
        }
        let passed = codes(&name, pass);
        if passed.contains(&page.code) {
            let _ = writeln!(wrong, "{}: the fixed example still fails", page.code);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(tried > 50, "only {tried} pages had examples");
}
