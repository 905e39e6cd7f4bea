//! Any text is read, and what has no mistake is formatted once and for all.
#![no_main]

use gpb_base::source::FileId;
use gpb_syntax::{FormatError, format, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for diagnostic in parse(FileId(0), text).diagnostics {
        let spans = diagnostic.labels.iter().map(|label| label.span);
        for span in spans.chain(diagnostic.fix.iter().map(|fix| fix.span)) {
            assert!(text.get(span.range()).is_some(), "{} points outside: {span:?}", diagnostic.code);
        }
    }
    match format(text) {
        Ok(once) => assert_eq!(format(&once).as_ref(), Ok(&once), "formatting again changes it"),
        Err(FormatError::WouldChangeMeaning) => panic!("formatting would change what it means"),
        Err(FormatError::Invalid(mistakes)) => assert!(!mistakes.is_empty(), "refused without a reason"),
    }
});
