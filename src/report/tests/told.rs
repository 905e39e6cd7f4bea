//! The law of the printed plan: every place that differs is told, and nothing that is equal is marked.

use crate::report::{Styles, json, plan as report};
use gpb_engine::plan::fixtures::*;
use gpb_model::Model;
use proptest::prelude::*;
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// A random structure whose leaves are `0`.
fn tree() -> impl Strategy<Value = Json> {
    let leaf = Just(Json::from(0));
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Json::Array),
            proptest::collection::btree_map("[a-f]", inner, 1..4)
                .prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

/// Gives each leaf a value of its own.
fn number(json: &mut Json, next: &mut u32) {
    match json {
        Json::Array(items) => {
            for item in items {
                number(item, next);
            }
        }
        Json::Object(entries) => {
            for item in entries.values_mut() {
                number(item, next);
            }
        }
        leaf => {
            *next += 1;
            *leaf = format!("value-{next:03}").into();
        }
    }
}

/// Changes, adds or takes away a part here and there.
fn edit(json: &mut Json, dice: &mut impl Iterator<Item = u8>, next: &mut u32) {
    let new = |next: &mut u32| {
        *next += 1;
        Json::from(format!("value-{next:03}"))
    };
    match json {
        Json::Array(items) => {
            items.retain(|_| dice.next() != Some(0));
            for item in items.iter_mut() {
                edit(item, dice, next);
            }
            if dice.next() == Some(1) {
                let at = usize::from(dice.next().unwrap_or(0)) % (items.len() + 1);
                items.insert(at, new(next));
            }
        }
        Json::Object(entries) => {
            let kept: Map<String, Json> =
                std::mem::take(entries).into_iter().filter(|_| dice.next() != Some(0)).collect();
            *entries = kept;
            for item in entries.values_mut() {
                edit(item, dice, next);
            }
            if dice.next() == Some(1) {
                entries.insert("z".to_owned(), new(next));
            }
        }
        leaf => {
            if dice.next() == Some(2) {
                *leaf = new(next);
            }
        }
    }
}

/// The leaves with their paths, `*` for the elements of a list.
fn leaves(json: &Json, path: &str, found: &mut BTreeSet<(String, String)>) {
    match json {
        Json::Array(items) => {
            for item in items {
                leaves(item, &format!("{path}/*"), found);
            }
        }
        Json::Object(entries) => {
            for (key, item) in entries {
                leaves(item, &format!("{path}/{key}"), found);
            }
        }
        leaf => drop(found.insert((path.to_owned(), leaf.as_str().unwrap_or_default().to_owned()))),
    }
}

fn role(document: &Json) -> Model {
    let note = serde_json::json!({ "RoleName": "role", "Trust": document });
    model([resource("data.role", "aws.iam.role", note)])
}

/// The mark of each line that holds a text.
fn marks(text: &str, value: &str) -> Vec<char> {
    text.lines()
        .filter(|line| line.contains(value))
        .map(|line| if line.contains(" -> ") { '~' } else { line.trim_start().chars().next().unwrap_or(' ') })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn every_place_that_differs_is_told(shape in tree(), dice in proptest::collection::vec(0..12u8, 60)) {
        let mut next = 0;
        let mut before = serde_json::json!({ "root": shape, "list": [0, 0, 0] });
        number(&mut before, &mut next);
        let mut after = before.clone();
        edit(&mut after, &mut dice.into_iter(), &mut next);
        let plan = FakeCloud::applied(&role(&before)).plan(&role(&after));
        let text = report::human(&plan, &types, &Styles::PLAIN);
        let document = json::plan(&plan, &types).to_string();
        let (mut old, mut new) = (BTreeSet::new(), BTreeSet::new());
        leaves(&before, "", &mut old);
        leaves(&after, "", &mut new);
        for (path, value) in old.difference(&new) {
            prop_assert!(matches!(marks(&text, value).as_slice(), ['-' | '~']), "{path} {value} goes:\n{text}");
            prop_assert!(document.contains(value.as_str()), "{path} {value} goes:\n{document}");
            let key = path.rsplit('/').find(|part| *part != "*").unwrap_or_default();
            prop_assert!(text.contains(&format!("{key} = ")), "{path}:\n{text}");
        }
        for (path, value) in new.difference(&old) {
            prop_assert!(matches!(marks(&text, value).as_slice(), ['+' | '~']), "{path} {value} comes:\n{text}");
            prop_assert!(document.contains(value.as_str()), "{path} {value} comes:\n{document}");
        }
        for (path, value) in old.intersection(&new) {
            let marks = marks(&text, value);
            prop_assert!(!marks.iter().any(|mark| matches!(mark, '-' | '+')), "{path} {value} stays:\n{text}");
        }
    }
}

#[test]
fn blanks_and_ends_of_lines_are_told() {
    for (before, after) in [("a\nb", "a\nb\n"), ("a\nb \nc", "a\nb\nc"), ("a\nb", "a\nb\u{1}"), ("a\nb", "ab")] {
        let role = |note: &str| {
            model([resource("data.role", "aws.iam.role", serde_json::json!({ "RoleName": "role", "Note": note }))])
        };
        let text = report::human(&FakeCloud::applied(&role(before)).plan(&role(after)), &types, &Styles::PLAIN);
        assert!(text.contains("- ") && !text.contains("secret"), "{text}");
    }
}
