//! Counts the doc comments that begin with a question word instead of a verb.

use crate::Measurement;
use crate::source::{RustFile, doc_lines, item_attributes};
use crate::workspace::OwnCrate;
use syn::Attribute;
use syn::visit::{self, Visit};

/// The first words of riddles: "What stands behind …" says less than "Checks that …".
const QUESTION_WORDS: [&str; 4] = ["What", "Whether", "How", "Where"];

/// The share of such comments that is still no habit, in percent.
const BOUND_PERCENT: usize = 3;

/// Counts the doc comments of all items, private ones and module headers too.
pub fn measure(crates: &[OwnCrate]) -> Measurement {
    let mut all: usize = 0;
    let mut places = Vec::new();
    for file in crates.iter().flat_map(|own| &own.files).filter(|file| !file.is_generated()) {
        let mut docs = DocComments { file, lines: Vec::new() };
        docs.visit_file(&file.syntax);
        all += docs.lines.len();
        places.extend(
            docs.lines.into_iter().filter(|(_, first)| is_question(first)).map(|(at, first)| format!("{at} {first}")),
        );
    }
    let count = places.len();
    let tenths = (count * 1000).checked_div(all).unwrap_or(0);
    let figure = format!(
        "{count} of {all} doc comments begin with {}: {}.{} %",
        QUESTION_WORDS.join("/"),
        tenths / 10,
        tenths % 10
    );
    let broken = count > 0 && count * 100 >= all * BOUND_PERCENT;
    Measurement { title: "Doc comments", figure, bound: Some("under 3 %"), broken, places }
}

fn is_question(line: &str) -> bool {
    let first: String = line.chars().take_while(|c| c.is_alphabetic()).collect();
    QUESTION_WORDS.contains(&first.as_str())
}

/// Collects the first line of every doc comment with its place.
struct DocComments<'a> {
    file: &'a RustFile,
    lines: Vec<(String, String)>,
}

impl DocComments<'_> {
    fn add(&mut self, attributes: &[Attribute]) {
        let Some(doc) = attributes.iter().find(|attribute| attribute.path().is_ident("doc")) else { return };
        let Some(first) = doc_lines(attributes).into_iter().find(|line| !line.trim().is_empty()) else { return };
        let line = doc.pound_token.span.start().line;
        self.lines.push((self.file.at(line), first));
    }
}

impl<'ast> Visit<'ast> for DocComments<'_> {
    fn visit_file(&mut self, file: &'ast syn::File) {
        self.add(&file.attrs);
        visit::visit_file(self, file);
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        self.add(item_attributes(item));
        visit::visit_item(self, item);
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        self.add(&field.attrs);
        visit::visit_field(self, field);
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.add(&variant.attrs);
        visit::visit_variant(self, variant);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.attrs);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.add(&item.attrs);
        visit::visit_impl_item_const(self, item);
    }

    fn visit_impl_item_type(&mut self, item: &'ast syn::ImplItemType) {
        self.add(&item.attrs);
        visit::visit_impl_item_type(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.add(&item.attrs);
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_trait_item_const(&mut self, item: &'ast syn::TraitItemConst) {
        self.add(&item.attrs);
        visit::visit_trait_item_const(self, item);
    }

    fn visit_trait_item_type(&mut self, item: &'ast syn::TraitItemType) {
        self.add(&item.attrs);
        visit::visit_trait_item_type(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::measure;
    use crate::source::testing::crate_of;

    #[test]
    fn question_words_are_counted_wherever_a_doc_may_stand() {
        let text = "//! How it works.\n/// What it is.\nstruct S {\n/// Whether it is.\na: bool }\nenum E {\n/// Where it is.\nV }\n\
                    impl S {\n/// What's done.\n/// Whatever.\nfn f() {} }\ntrait T {\n/// Whatever is done.\nfn g(); }";
        let measurement = measure(&[crate_of("gpb", &[("lib.rs", text)])]);
        assert!(measurement.broken);
        assert_eq!(measurement.figure, "5 of 6 doc comments begin with What/Whether/How/Where: 83.3 %");
        assert_eq!(measurement.places[1], "lib.rs:2 What it is.");
    }

    #[test]
    fn three_in_a_hundred_are_too_many() {
        let text = |questions: usize| {
            let docs =
                (0..100).map(|n| if n < questions { "/// What.\nfn f() {}\n" } else { "/// Does.\nfn f() {}\n" });
            docs.collect::<String>()
        };
        assert!(!measure(&[crate_of("gpb", &[("lib.rs", &text(2))])]).broken);
        assert!(measure(&[crate_of("gpb", &[("lib.rs", &text(3))])]).broken);
    }
}
