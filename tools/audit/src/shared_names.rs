//! Counts the type names that more than one definition bears.
//!
//! A type is a struct, an enum, a union, a trait or an alias. Definitions in one module count once, so that variants by
//! `#[cfg(…)]` share nothing.

use crate::Measurement;
use crate::rules::AuditRules;
use crate::source::RustFile;
use crate::workspace::OwnCrate;
use std::collections::BTreeMap;
use syn::visit::{self, Visit};

/// Maps a module, as its file and its inline path, to the place of the first definition there.
type PlacesByModule = BTreeMap<(String, Vec<String>), String>;

/// Lists the shared names that `audit.toml` does not allow, and the entries there that allow nothing.
pub fn measure(crates: &[OwnCrate], rules: &AuditRules) -> Measurement {
    let mut names = BTreeMap::<String, PlacesByModule>::new();
    for file in crates.iter().flat_map(|own| &own.files).filter(|file| !file.is_generated()) {
        TypeNames { file, inline: Vec::new(), names: &mut names }.visit_file(&file.syntax);
    }
    names.retain(|_, places| places.len() > 1);
    let mut shared: Vec<(&String, Vec<&String>)> = names
        .iter()
        .filter(|(name, _)| !rules.shared_names.contains_key(*name))
        .map(|(name, places)| (name, places.values().collect()))
        .collect();
    shared.sort_by_key(|(_, places)| std::cmp::Reverse(places.len()));
    let figure = format!("{} names are shared without a reason, {} with one", shared.len(), names.len() - shared.len());
    let mut places: Vec<String> = shared
        .iter()
        .map(|(name, places)| {
            let places: Vec<&str> = places.iter().map(|place| place.as_str()).collect();
            format!("{name} ×{}: {}", places.len(), places.join(", "))
        })
        .collect();
    for (name, reason) in &rules.shared_names {
        if !names.contains_key(name) {
            places.push(format!("audit.toml: `{name}` is not shared; remove the exception"));
        }
        if reason.trim().is_empty() {
            places.push(format!("audit.toml: `{name}` has no reason"));
        }
    }
    Measurement::none_allowed("Shared type names", figure, places)
}

struct TypeNames<'a> {
    file: &'a RustFile,
    inline: Vec<String>,
    names: &'a mut BTreeMap<String, PlacesByModule>,
}

impl TypeNames<'_> {
    fn add(&mut self, name: &syn::Ident) {
        let module = (self.file.path.display().to_string(), self.inline.clone());
        let place = self.file.at(name.span().start().line);
        self.names.entry(name.to_string()).or_default().entry(module).or_insert(place);
    }
}

impl<'ast> Visit<'ast> for TypeNames<'_> {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.add(&item.ident);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.add(&item.ident);
    }

    fn visit_item_union(&mut self, item: &'ast syn::ItemUnion) {
        self.add(&item.ident);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.add(&item.ident);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.add(&item.ident);
        visit::visit_item_trait(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.inline.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.inline.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::measure;
    use crate::rules::AuditRules;
    use crate::source::testing::crate_of;

    fn places(files: &[(&str, &str)], rules: &str) -> Vec<String> {
        measure(&[crate_of("gpb", files)], &AuditRules::parse(rules).unwrap()).places
    }

    #[test]
    fn a_name_in_two_modules_is_shared() {
        let files = [("lib.rs", "mod a; struct Step;"), ("a.rs", "fn f() { enum Step {} }\ntype Other = u8;")];
        assert_eq!(places(&files, ""), ["Step ×2: a.rs:1, lib.rs:1"]);
    }

    #[test]
    fn tests_generated_files_and_variants_share_nothing() {
        let files = [
            (
                "lib.rs",
                "mod generated; #[cfg(unix)] struct A; #[cfg(windows)] struct A; #[cfg(test)] mod t { trait A {} }",
            ),
            ("generated/mod.rs", "struct A;"),
        ];
        assert!(places(&files, "").is_empty());
    }

    #[test]
    fn an_exception_needs_a_reason_and_a_use() {
        let files = [("lib.rs", "struct Error; mod a { struct Error; }")];
        assert!(places(&files, "[shared_names]\nError = 'one a crate'").is_empty());
        assert_eq!(places(&files, "[shared_names]\nError = ''").len(), 1);
        assert_eq!(places(&files, "[shared_names]\nError = 'one a crate'\nStep = 'x'").len(), 1);
    }
}
