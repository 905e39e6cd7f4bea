//! The layers: which crates and folders may depend on which.

pub mod architecture;
pub mod crates;
pub mod folders;

use crate::rules::EdgeTable;

/// Compares the edges that are with those that are allowed, and lists the differences both ways.
///
/// `about` says in the messages whose table it is, and `place` where an edge comes from.
pub(crate) fn compare(
    actual: &EdgeTable,
    allowed: &EdgeTable,
    about: &str,
    place: &dyn Fn(&str, &str) -> String,
) -> Vec<String> {
    let mut found = Vec::new();
    for (from, targets) in actual {
        match allowed.get(from) {
            None => found.push(format!("{about}: `{from}` is not in the table")),
            Some(listed) => {
                let more = targets.difference(listed);
                found.extend(more.map(|to| format!("{about}: {from} → {to} is not allowed{}", place(from, to))));
            }
        }
    }
    for (from, listed) in allowed {
        match actual.get(from) {
            None => found.push(format!("{about}: `{from}` is in the table and does not exist")),
            Some(targets) => {
                let unused = listed.difference(targets);
                found.extend(unused.map(|to| format!("{about}: {from} → {to} is allowed and nothing uses it")));
            }
        }
    }
    found
}
