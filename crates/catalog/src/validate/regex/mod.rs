//! Matches the regular expressions of AWS's schemas.
//!
//! The schemas say ECMA-262, but were written for several engines: besides ECMA's syntax there is Java's (`\A`, `\Z`, `(?i)`,
//! `\p{Print}`), and some two hundred patterns repeat a repetition, on which a backtracking engine may run for ever. This
//! engine accepts all of them and decides only whether a string fits, so it visits each state of the pattern at each
//! place of the string at most once, within a budget (Thompson's simulation). Where it cannot decide, the string passes:
//! AWS has the last word.

mod class;
mod matcher;
mod parse;

use matcher::RegexProgram;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The longest string that is tried, in bytes.
const MAX_TEXT: usize = 4096;

/// Checks whether a string may fit a pattern: `false` is certain.
pub(crate) fn may_match(pattern: &str, text: &str) -> bool {
    matches(pattern, text).unwrap_or(true)
}

/// Checks whether a string fits a pattern; none where that cannot be decided.
///
/// An ECMA-262 regular expression, as AWS's schemas have them.
pub fn matches(pattern: &str, text: &str) -> Option<bool> {
    if text.len() > MAX_TEXT {
        return None;
    }
    compiled(pattern).as_ref().as_ref()?.matches(text)
}

/// Checks whether the engine understands a pattern at all.
#[cfg(test)]
pub(crate) fn understood(pattern: &str) -> bool {
    compiled(pattern).is_some()
}

fn compiled(pattern: &str) -> Arc<Option<RegexProgram>> {
    static CACHE: RwLock<Option<HashMap<String, Arc<Option<RegexProgram>>>>> = RwLock::new(None);
    let known = CACHE.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(program) = known.as_ref().and_then(|cache| cache.get(pattern)) {
        return Arc::clone(program);
    }
    drop(known);
    let program = Arc::new(parse::parse(pattern).and_then(|node| RegexProgram::new(&node)));
    let mut cache = CACHE.write().unwrap_or_else(PoisonError::into_inner);
    let cache = cache.get_or_insert_default();
    cache.insert(pattern.to_owned(), Arc::clone(&program));
    program
}

#[cfg(test)]
pub(crate) use parse::{RegexNode, parse as tree};
