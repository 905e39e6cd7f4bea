//! The rules about drift name what there is.

use crate::drift_rules::{DriftCondition, DriftRules};
use crate::{Catalog, Shape, TypeDef};
use gpb_base::stdlib::Library;
use gpb_model::PropPath;
use std::collections::BTreeSet;

/// The types that have a binding.
fn bound() -> BTreeSet<String> {
    let library = Library::embedded();
    let files = library.below("aws/", ".toml").filter(|(path, _)| !path.contains("generated"));
    let mut found = BTreeSet::new();
    for (path, text) in files {
        let service = path.trim_start_matches("aws/").trim_end_matches(".toml");
        let file: toml::Table = toml::from_str(text).unwrap();
        let types = file.get("types").and_then(toml::Value::as_table);
        found.extend(types.into_iter().flat_map(toml::Table::keys).map(|name| format!("aws.{service}.{name}")));
    }
    found
}

/// Checks that a type has a place; below a document or a free map there is any.
fn has_place(def: &TypeDef, path: &PropPath) -> bool {
    let segments: Vec<String> =
        path.segments().map(|one| if one.contains('=') { "*".to_owned() } else { one.to_owned() }).collect();
    def.shape_at(&PropPath(segments.join("/").into())).is_some()
        || segments.first().is_some_and(|first| {
            matches!(def.shape_at(&PropPath(first.as_str().into())), Some(Shape::Json | Shape::Any(_)))
        })
}

#[test]
fn every_file_is_read_whole() {
    for (path, text) in Library::embedded().below("drift/", ".toml") {
        let file: Result<DriftRules, _> = toml::from_str(text);
        assert!(file.is_ok(), "{path}: {file:?}");
    }
    assert!(DriftRules::embedded().warnings.len() >= 30);
}

#[test]
fn every_rule_is_about_a_place_of_a_type_and_has_a_source() {
    let rules = DriftRules::embedded();
    let warnings = rules.warnings.iter().map(|rule| (&rule.ty, &rule.property, &rule.source));
    let makers = rules.made_by.iter().map(|rule| (&rule.ty, &rule.property, &rule.source));
    let volatile =
        rules.volatile.iter().flat_map(|rule| rule.properties.iter().map(|one| (&rule.ty, one, &rule.source)));
    let mut missing = Vec::new();
    for (ty, property, source) in warnings.chain(makers).chain(volatile) {
        let def = Catalog::embedded().get(ty).unwrap_or_else(|| panic!("no type {ty}"));
        if !property.0.is_empty() && !has_place(&def, property) {
            missing.push(format!("{ty} has no {property}"));
        }
        assert!(source.starts_with("https://docs.aws.amazon.com/"), "{ty} {property}: {source}");
    }
    assert_eq!(missing, Vec::<String>::new());
    for rule in &rules.warnings {
        assert_eq!(rule.property.0.is_empty(), rule.when == DriftCondition::Gone, "{} {}", rule.ty, rule.property);
        assert_eq!(!rule.to.is_empty(), rule.when == DriftCondition::Becomes, "{} {}", rule.ty, rule.property);
        assert!(!rule.why.is_empty());
    }
    for rule in &rules.made_by {
        let maker = Catalog::embedded().get(&rule.by).unwrap_or_else(|| panic!("no type {}", rule.by));
        assert!(has_place(&maker, &PropPath(rule.at.as_str().into())), "{} has no {}", rule.by, rule.at);
    }
    for rule in &rules.volatile {
        for by in &rule.moved_by {
            assert!(Catalog::embedded().get(by).is_some(), "no type {by}");
        }
    }
}

#[test]
fn every_bound_type_has_rules_or_a_reason_to_have_none() {
    let rules = DriftRules::embedded();
    let known: BTreeSet<String> = rules
        .warnings
        .iter()
        .map(|rule| rule.ty.clone())
        .chain(rules.quiet.iter().map(|rule| rule.ty.clone()))
        .collect();
    let missing: Vec<String> = bound().into_iter().filter(|ty| !known.contains(ty)).collect();
    assert!(missing.is_empty(), "stdlib/drift says nothing about {missing:?}");
    for rule in &rules.quiet {
        assert!(!rule.why.is_empty() && rules.warnings_of(&rule.ty).next().is_none(), "{}", rule.ty);
    }
}
