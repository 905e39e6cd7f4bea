//! The table of the built-in functions.

use super::builtin::Builtin;
use super::{collection, files, format, lists, location, network, number, pattern, text};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::foreign;
use gpb_base::source::Span;
use std::sync::LazyLock;

static TABLE: LazyLock<Vec<Builtin>> = LazyLock::new(|| {
    let parts = [
        collection::table(),
        files::table(),
        format::table(),
        lists::table(),
        location::table(),
        network::table(),
        number::table(),
        pattern::table(),
        text::table(),
    ];
    let mut all: Vec<Builtin> = parts.into_iter().flatten().collect();
    all.sort_by_key(|builtin| builtin.name);
    all
});

/// Returns all functions, sorted by name.
pub fn all() -> &'static [Builtin] {
    &TABLE
}

/// Returns the function of that name.
pub fn lookup(name: &str) -> Option<&'static Builtin> {
    let index = TABLE.binary_search_by(|builtin| builtin.name.cmp(name)).ok()?;
    TABLE.get(index)
}

/// Returns the function that a call means: that of the name, or the one that had it formerly.
pub fn called(name: &str) -> Option<&'static Builtin> {
    lookup(name).or_else(|| lookup(former(name)?))
}

fn former(name: &str) -> Option<&'static str> {
    FORMER_NAMES.iter().find(|(former, _)| *former == name).map(|(_, now)| *now)
}

/// Returns the names of all functions, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|builtin| builtin.name)
}

/// The former names of functions, each with the present one.
const FORMER_NAMES: &[(&str, &str)] = &[
    ("given", "is_set"),
    ("needed", "required_by"),
    ("same", "same_target"),
    ("that", "resource_of"),
    ("those", "resources_where"),
];

/// Returns the diagnostic for a call of what is not a function.
///
/// `others` are the program's own functions.
pub fn unknown<'a>(name: &'a str, span: Span, others: impl IntoIterator<Item = &'a str>) -> Diagnostic {
    let diagnostic = Diagnostic::error("GPB1201", format!("there is no function `{name}`"))
        .with_label(span, "no function of this name");
    let near = || nearest(name, names().map(|name| -> &'a str { name }).chain(others));
    if let Some(foreign) = foreign::function(name).filter(|_| former(name).is_none()) {
        let diagnostic = diagnostic.help(foreign.help());
        return match lookup(foreign.replacement) {
            Some(own) => diagnostic.fix(format!("change to `{}`", own.name), span, own.name),
            None => diagnostic,
        };
    }
    if let Some(meant) = former(name).or_else(near) {
        diagnostic.help(format!("did you mean `{meant}`?")).fix(format!("change to `{meant}`"), span, meant)
    } else {
        let parts: Vec<&str> = name.split('_').collect();
        let alike: Vec<&str> =
            names().filter(|known| known.split('_').any(|part| part.len() > 2 && parts.contains(&part))).collect();
        let help = "a `fn` at the top of a file declares one";
        diagnostic.help(if alike.is_empty() {
            help.to_owned()
        } else {
            format!("alike are `{}`; {help}", alike.join("`, `"))
        })
    }
}
