//! Types with their articles, for messages.

use gpb_model::ty::Type;

/// Returns the type with its article: "a `duration`", "an `int`".
pub(crate) fn article(ty: &Type) -> String {
    let name = ty.to_string();
    let vowel = name.starts_with(['a', 'e', 'i', 'o', 'u']);
    match ty {
        Type::Words(_) => format!("one of `{name}`"),
        _ => format!("{} `{name}`", if vowel { "an" } else { "a" }),
    }
}
