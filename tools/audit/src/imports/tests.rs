use super::{CrateImports, CratePart};
use crate::source::testing::crate_of;

/// Returns the edges as `from → to`, by file names.
fn edges(files: &[(&str, &str)]) -> Vec<String> {
    let imports = CrateImports::of(&crate_of("gpb", files));
    let name = |index: usize| imports.files[index].path.clone();
    imports.edges.keys().map(|(from, to)| format!("{} → {}", name(*from), name(*to))).collect()
}

#[test]
fn neither_a_declaration_nor_a_re_export_of_its_own_parts_is_an_import() {
    assert!(edges(&[("lib.rs", "mod a;"), ("a.rs", "pub struct A;")]).is_empty());
    assert!(edges(&[("lib.rs", "mod a; pub use a::A;"), ("a.rs", "pub struct A;")]).is_empty());
    assert_eq!(edges(&[("lib.rs", "mod a; use a::A;"), ("a.rs", "pub struct A;")]), ["lib.rs → a.rs"]);
    let beside = [("lib.rs", "mod a; mod b;"), ("a.rs", "pub struct A;"), ("b.rs", "pub use crate::a::A;")];
    assert_eq!(edges(&beside), ["b.rs → a.rs"]);
}

#[test]
fn a_re_export_is_followed_to_the_definition() {
    let files = [
        ("lib.rs", "mod a; mod b; pub use self::a::A as B;"),
        ("a.rs", "pub struct A;"),
        ("b.rs", "use super::B; use crate::missing;"),
    ];
    // `missing` is nowhere: the longest prefix that is a module is the crate's root.
    assert_eq!(edges(&files), ["b.rs → lib.rs", "b.rs → a.rs"]);
}

#[test]
fn what_the_parent_defines_is_an_import_of_the_parent() {
    let files = [("lib.rs", "mod a; struct S;"), ("a.rs", "fn f(s: super::S) {}")];
    assert_eq!(edges(&files), ["a.rs → lib.rs"]);
}

#[test]
fn groups_globs_and_aliases_are_read() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c; mod d;"),
        ("a.rs", "use crate::{b::{self, B}, c::*}; fn f() { b::g(); C::new(); }"),
        ("b.rs", "pub struct B; pub fn g() {}"),
        ("c.rs", "pub use crate::d::C;"),
        ("d.rs", "pub struct C;"),
    ];
    assert_eq!(edges(&files), ["a.rs → b.rs", "a.rs → c.rs", "a.rs → d.rs", "c.rs → d.rs"]);
}

#[test]
fn paths_in_code_types_and_macros_are_read() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c; mod d;"),
        ("a.rs", "fn f(x: crate::b::B) { println!(\"{}\", [super::c::f(1)]); if crate::d::X::Y == y {} }"),
        ("b.rs", "pub struct B;"),
        ("c.rs", "pub fn f() {}"),
        ("d.rs", "pub enum X { Y }"),
    ];
    assert_eq!(edges(&files), ["a.rs → b.rs", "a.rs → c.rs", "a.rs → d.rs"]);
}

#[test]
fn variables_permissions_tests_and_other_crates_are_no_imports() {
    let files = [
        ("lib.rs", "mod a; mod b { pub(in crate::a) fn f() {} }"),
        ("a.rs", "use serde::b; mod c; fn f(c: u8) { let b = c; } #[cfg(test)] mod t { use super::super::b; }"),
        ("a/c.rs", "use ::crate_b::x; fn g() {}"),
    ];
    assert!(edges(&files).is_empty());
}

#[test]
fn imports_that_point_at_each_other_end() {
    let files = [("lib.rs", "mod a; mod b;"), ("a.rs", "pub use crate::b::x;"), ("b.rs", "pub use crate::a::x;")];
    assert_eq!(edges(&files), ["a.rs → b.rs", "b.rs → a.rs"]);
}

#[test]
fn inline_modules_belong_to_their_file() {
    let files = [("lib.rs", "mod a; mod m { use super::a::A; }"), ("a.rs", "use crate::m; pub struct A;")];
    assert_eq!(edges(&files), ["lib.rs → a.rs", "a.rs → lib.rs"]);
}

#[test]
fn a_file_belongs_to_its_top_folder() {
    let files = [("src/lib.rs", "mod a; mod b;"), ("src/a/mod.rs", "mod c;"), ("src/a/c.rs", ""), ("src/b.rs", "")];
    let imports = CrateImports::of(&crate_of("gpb", &files));
    let part = |name: &str, is_folder| Some(CratePart { name: name.to_string(), is_folder });
    let parts: Vec<Option<CratePart>> = imports.files.into_iter().map(|file| file.part).collect();
    assert_eq!(parts, [None, part("a", true), part("a", true), part("b", false)]);
}
