//! Counts the public items without a doc comment.

use crate::Measurement;
use crate::public::{PublicItem, public_items};
use crate::source::{RustFile, doc_lines};
use crate::workspace::OwnCrate;
use std::collections::BTreeMap;

/// Lists every public item that has no doc comment.
pub fn measure(crates: &[OwnCrate]) -> Measurement {
    let mut all: usize = 0;
    let mut kinds = BTreeMap::<&str, usize>::new();
    let mut places = Vec::new();
    for own in crates {
        for file in own.files.iter().filter(|file| !file.is_generated()) {
            let items = public_items(file);
            all += items.len();
            for item in items.iter().filter(|item| !item.is_hidden() && !is_documented(own, file, item)) {
                *kinds.entry(item.kind).or_default() += 1;
                places.push(format!("{} {} {}", file.at(item.line), item.kind, item.name));
            }
        }
    }
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    let figure = format!("{} of {all} public items have no doc comment: {}", places.len(), kinds.join(", "));
    Measurement::none_allowed("Missing docs", figure, places)
}

/// Checks for a doc comment at the item, or at the top of the file where the item is a module with a file.
fn is_documented(own: &OwnCrate, file: &RustFile, item: &PublicItem) -> bool {
    let written = |lines: Vec<String>| lines.iter().any(|line| !line.trim().is_empty());
    if written(item.docs()) {
        return true;
    }
    item.in_own_file
        && own.files.iter().any(|child| {
            let is_child = child.target == file.target
                && child.module.split_last().is_some_and(|(name, parent)| *name == item.name && *parent == file.module);
            is_child && written(doc_lines(&child.syntax.attrs))
        })
}

#[cfg(test)]
mod tests {
    use super::measure;
    use crate::source::testing::crate_of;

    fn places(files: &[(&str, &str)]) -> Vec<String> {
        measure(&[crate_of("gpb", files)]).places
    }

    #[test]
    fn every_kind_of_public_item_wants_a_doc() {
        let text = "pub fn f() {}\npub struct S { pub a: u8, b: u8 }\npub enum E { V { x: u8 } }\npub trait T { fn m(); }\n\
                    pub const C: u8 = 0;\npub static D: u8 = 0;\npub type A = u8;\npub mod m {}\nimpl S { pub fn n() {} fn o() {} }";
        let expected = [
            "lib.rs:1 fn f",
            "lib.rs:2 struct S",
            "lib.rs:2 field S.a",
            "lib.rs:3 enum E",
            "lib.rs:3 variant E::V",
            "lib.rs:3 field E::V.x",
            "lib.rs:4 trait T",
            "lib.rs:4 trait fn T::m",
            "lib.rs:5 const C",
            "lib.rs:6 static D",
            "lib.rs:7 type A",
            "lib.rs:8 mod m",
            "lib.rs:9 method S::n",
        ];
        assert_eq!(places(&[("lib.rs", text)]), expected);
    }

    #[test]
    fn the_header_of_a_file_documents_its_module() {
        let files = [("lib.rs", "pub mod a; pub mod b;"), ("a.rs", "//! Says something."), ("b.rs", "")];
        assert_eq!(places(&files), ["lib.rs:1 mod b"]);
    }

    #[test]
    fn private_hidden_test_and_foreign_items_are_exempt() {
        let text = "fn f() {} pub(crate) fn g() {} #[doc(hidden)] pub fn h() {} #[cfg(test)] pub fn t() {}\n\
                    impl Clone for S { fn clone(&self) -> S { S } } enum P { V } pub use a::b;";
        assert!(places(&[("lib.rs", text)]).is_empty());
    }
}
