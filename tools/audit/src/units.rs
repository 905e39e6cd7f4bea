//! Lists the public numeric fields that do not say their unit.
//!
//! A field says it by its type, which then is not a bare number, or by a word of its doc comment. The words are
//! `unit_words` in `audit.toml`.

use crate::Measurement;
use crate::public::public_items;
use crate::rules::AuditRules;
use crate::workspace::OwnCrate;
use syn::{GenericArgument, PathArguments, Type};

/// Types that carry a number and no unit.
const NUMBERS: [&str; 15] =
    ["u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "Decimal"];

/// Lists every public numeric field whose unit is not said. Nothing is bound: the word list judges roughly.
pub fn measure(crates: &[OwnCrate], rules: &AuditRules) -> Measurement {
    let mut all: usize = 0;
    let mut places = Vec::new();
    for file in crates.iter().flat_map(|own| &own.files).filter(|file| !file.is_generated()) {
        for item in public_items(file) {
            if !item.ty.is_some_and(is_number) {
                continue;
            }
            all += 1;
            if !says_unit(&item.docs().join(" "), &rules.unit_words) {
                places.push(format!("{} {}", file.at(item.line), item.name));
            }
        }
    }
    let figure = format!("{} of {all} public numeric fields say no unit", places.len());
    Measurement { title: "Units", figure, bound: None, broken: false, places }
}

/// Checks for a bare number, or an option of one.
fn is_number(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    if NUMBERS.iter().any(|number| last.ident == number) {
        return true;
    }
    match &last.arguments {
        PathArguments::AngleBracketed(inner) if last.ident == "Option" => {
            inner.args.iter().any(|inner| matches!(inner, GenericArgument::Type(inner) if is_number(inner)))
        }
        _ => false,
    }
}

/// Checks for one of the words, in the singular or with an `s`.
fn says_unit(docs: &str, words: &[String]) -> bool {
    let spaced: String = docs.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let text = format!(" {} ", spaced.split_whitespace().collect::<Vec<_>>().join(" "));
    words.iter().any(|word| text.contains(&format!(" {word} ")) || text.contains(&format!(" {word}s ")))
}

#[cfg(test)]
mod tests {
    use super::measure;
    use crate::rules::AuditRules;
    use crate::source::testing::crate_of;

    #[test]
    fn a_bare_number_wants_a_word_for_its_unit() {
        let text = "pub struct P {\n/// The time between two steps.\npub wait: Option<u64>,\n/// The same, in seconds.\n\
                    pub pause: u64,\n/// The size.\npub size: rust_decimal::Decimal,\n/// The name.\npub name: String,\n\
                    /// The number of parts.\npub parts: usize,\n/// A period.\npub period: Seconds }";
        let rules = AuditRules::parse("unit_words = ['second', 'number of', 'per']").unwrap();
        let measurement = measure(&[crate_of("gpb", &[("lib.rs", text)])], &rules);
        assert_eq!(measurement.places, ["lib.rs:3 P.wait", "lib.rs:7 P.size"]);
        assert_eq!(measurement.figure, "2 of 4 public numeric fields say no unit");
    }
}
