//! The fixes that diagnostics offer: each edit is made, and what it was offered for is gone.

use super::{Corpus, bad, category, corpus};
use gpb_base::diag::{Diagnostic, Fix};
use gpb_base::source::{Loader, SourceMap};
use gpb_base::stdlib::Library;
use gpb_lang::{self as lang, CompileInputs};
use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;

/// The number of fixes of one file that are made one after the other.
const ROUNDS: usize = 12;

/// The corpus with another text for one file.
struct Edited<'a> {
    file: &'a str,
    text: &'a str,
}

impl Loader for Edited<'_> {
    fn load(&self, from: &str, path: &str) -> Result<(String, Arc<str>), String> {
        if path == self.file { Ok((path.to_owned(), self.text.into())) } else { Corpus.load(from, path) }
    }
}

fn told(file: &str, text: &str, library: &Library) -> (Vec<Diagnostic>, SourceMap) {
    let compilation = lang::check(file, &CompileInputs::embedded(&Edited { file, text }, library), None);
    (compilation.diagnostics, compilation.sources)
}

/// Returns the text after an edit; `None` where the edit is of another file.
fn edited(file: &str, text: &str, fix: &Fix, sources: &SourceMap) -> Option<String> {
    let own = sources.get(fix.span.file).is_some_and(|source| source.path == file);
    let (before, after) = (text.get(..fix.span.start as usize)?, text.get(fix.span.end as usize..)?);
    own.then(|| [before, &fix.replacement, after].concat())
}

/// Makes the first fix that is offered, again and again, and returns what is wrong with that.
fn mend(file: &str, mut text: String, library: &Library) -> Option<String> {
    let (mut diagnostics, mut sources) = told(file, &text, library);
    let all_offered = diagnostics.iter().filter(|one| one.is_error()).all(|one| one.fix.is_some());
    for _ in 0..ROUNDS {
        let offered = diagnostics.iter().filter(|one| one.is_error());
        let next = offered.clone().find_map(|one| Some((one, edited(file, &text, one.fix.as_ref()?, &sources)?)));
        let Some((mended, after)) = next else { break };
        let (then, others) = told(file, &after, library);
        let start = mended.span().map(|span| span.start);
        let stays = |one: &&Diagnostic| {
            one.code == mended.code && one.message == mended.message && one.span().map(|span| span.start) == start
        };
        if then.iter().any(|one| stays(&one)) {
            return Some(format!("the fix of {} leaves it there: {}", mended.code, mended.message));
        }
        (text, diagnostics, sources) = (after, then, others);
    }
    let left = diagnostics.iter().find(|one| one.is_error()).filter(|_| all_offered)?;
    Some(format!("after all fixes there is still {}: {}\n{text}", left.code, left.message))
}

#[test]
fn each_fix_for_another_language_mends_what_it_is_offered_for() {
    let library = Library::embedded();
    let mut wrong = String::new();
    for file in corpus().iter().filter(|file| category(file) == "foreign") {
        let Ok(text) = fs::read_to_string(bad().join(file)) else { continue };
        if let Some(complaint) = mend(file, text, &library) {
            let _ = writeln!(wrong, "{file}: {complaint}");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
