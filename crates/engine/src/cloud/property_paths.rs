//! Paths of properties: gets, removes, copies and compares what stands there, without knowing what it means.

use super::Properties;
use gpb_catalog::{ObjectShape, Shape, TypeDef};
use gpb_model::PropPath;
use serde_json::Value as Json;

/// Returns the value at a place without `*`.
pub fn get<'a>(properties: &'a Properties, path: &PropPath) -> Option<&'a Json> {
    let mut segments = path.segments();
    let mut value = properties.get(&PropPath::unescape(segments.next()?))?;
    for segment in segments {
        value = match value {
            Json::Object(entries) => entries.get(&PropPath::unescape(segment))?,
            Json::Array(items) => items.get(segment.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}

/// Returns every value at a place that may hold `*`.
pub fn all<'a>(properties: &'a Properties, path: &PropPath) -> Vec<&'a Json> {
    let mut segments = path.segments().map(PropPath::unescape);
    let Some(head) = segments.next() else { return Vec::new() };
    let mut values: Vec<&Json> = properties.get(&head).into_iter().collect();
    for segment in segments {
        values = values
            .into_iter()
            .flat_map(|value| match value {
                Json::Object(entries) if segment == "*" => entries.values().collect(),
                Json::Object(entries) => entries.get(&segment).into_iter().collect::<Vec<_>>(),
                Json::Array(items) if segment == "*" => items.iter().collect(),
                Json::Array(items) => segment.parse::<usize>().ok().and_then(|at| items.get(at)).into_iter().collect(),
                _ => Vec::new(),
            })
            .collect();
    }
    values
}

/// Removes what stands at a place that may hold `*`.
pub fn remove(properties: &mut Properties, path: &PropPath) {
    fn inside(value: &mut Json, segments: &[String]) {
        let Some((segment, rest)) = segments.split_first() else { return };
        match value {
            Json::Object(entries) if rest.is_empty() && segment == "*" => entries.clear(),
            Json::Object(entries) if rest.is_empty() => {
                entries.remove(segment);
            }
            Json::Object(entries) if segment == "*" => entries.values_mut().for_each(|value| inside(value, rest)),
            Json::Object(entries) => entries.get_mut(segment).into_iter().for_each(|value| inside(value, rest)),
            Json::Array(items) if segment == "*" && rest.is_empty() => items.clear(),
            Json::Array(items) if segment == "*" => items.iter_mut().for_each(|item| inside(item, rest)),
            _ => {}
        }
    }
    let segments: Vec<String> = path.segments().map(PropPath::unescape).collect();
    match segments.split_first() {
        Some((head, [])) => {
            properties.remove(head);
        }
        Some((head, rest)) => properties.get_mut(head).into_iter().for_each(|value| inside(value, rest)),
        None => {}
    }
}

/// Makes one place of `target` what it is in `source`, absent included.
///
/// A place inside a list makes the whole list so, since its elements have no identity.
pub fn copy(target: &mut Properties, source: &Properties, path: &PropPath) {
    let mut segments = path.segments().map(PropPath::unescape).peekable();
    let (mut target, mut source) = (target, Some(source));
    while let Some(segment) = segments.next() {
        let wanted = source.and_then(|source| source.get(&segment));
        let deeper = segments.peek().is_some()
            && target.get(&segment).is_some_and(Json::is_object)
            && wanted.is_some_and(Json::is_object);
        if !deeper {
            match wanted {
                Some(value) => target.insert(segment, value.clone()),
                None => target.remove(&segment),
            };
            return;
        }
        source = wanted.and_then(Json::as_object);
        let Some(Json::Object(inner)) = target.get_mut(&segment) else { return };
        target = inner;
    }
}

/// Checks that `whole` holds all of `part`: objects by key, lists by element, the rest by equality.
pub fn contains(whole: &Json, part: &Json) -> bool {
    match (whole, part) {
        (Json::Object(whole), Json::Object(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| contains(whole, part)))
        }
        (Json::Array(whole), Json::Array(part)) => {
            part.iter().all(|part| whole.iter().any(|whole| contains(whole, part)))
        }
        _ => whole == part,
    }
}

/// Sets the catalog's default of each property that is not given.
pub fn fill_defaults(def: &TypeDef, properties: &mut Properties) {
    fn object(def: &TypeDef, shape: &ObjectShape, entries: &mut Properties, depth: usize) {
        for property in &shape.properties {
            if let (Some(default), false) = (&property.default, entries.contains_key(property.aws.as_str())) {
                entries.insert(property.aws.to_string(), default.clone());
            }
            if let Some(value) = entries.get_mut(property.aws.as_str()) {
                inside(def, &property.shape, value, depth + 1);
            }
        }
    }
    fn inside(def: &TypeDef, shape: &Shape, value: &mut Json, depth: usize) {
        if depth > 16 {
            return;
        }
        match (def.resolve(shape), value) {
            (Shape::Object(shape), Json::Object(entries)) => object(def, shape, entries, depth),
            (Shape::List(list), Json::Array(items)) => {
                for item in items {
                    inside(def, &list.item, item, depth + 1);
                }
            }
            (Shape::Map { value: shape, .. }, Json::Object(entries)) => {
                for value in entries.values_mut() {
                    inside(def, shape, value, depth + 1);
                }
            }
            _ => {}
        }
    }
    object(def, &def.root, properties, 0);
}

/// Calls `act` with every string inside.
pub fn each_text<'a>(value: &'a Json, act: &mut dyn FnMut(&'a str)) {
    match value {
        Json::String(text) => act(text),
        Json::Array(items) => items.iter().for_each(|item| each_text(item, act)),
        Json::Object(entries) => entries.values().for_each(|value| each_text(value, act)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn properties(json: &Json) -> Properties {
        json.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_place_is_copied_and_its_surroundings_are_left() {
        let check = |path: &str, expected: Json| {
            let mut target = properties(&json!({"A": {"B": 1, "C": 2}, "L": [{"X": 1}], "Z": 0}));
            let source = properties(&json!({"A": {"B": 9}, "L": [{"X": 1}, {"X": 2}], "N": {"M": 1}}));
            copy(&mut target, &source, &PropPath(path.into()));
            assert_eq!(Json::Object(target), expected, "{path}");
        };
        check("A/B", json!({"A": {"B": 9, "C": 2}, "L": [{"X": 1}], "Z": 0}));
        check("A/C", json!({"A": {"B": 1}, "L": [{"X": 1}], "Z": 0}));
        check("L/0/X", json!({"A": {"B": 1, "C": 2}, "L": [{"X": 1}, {"X": 2}], "Z": 0}));
        check("N/M", json!({"A": {"B": 1, "C": 2}, "L": [{"X": 1}], "Z": 0, "N": {"M": 1}}));
        check("Z", json!({"A": {"B": 1, "C": 2}, "L": [{"X": 1}]}));
    }

    #[test]
    fn a_part_is_found_in_a_whole() {
        let whole = json!({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}], "N": 1});
        assert!(contains(&whole, &json!({"Tags": [{"Key": "b", "Value": "2"}]})));
        assert!(!contains(&whole, &json!({"Tags": [{"Key": "b", "Value": "1"}]})));
        assert!(!contains(&whole, &json!({"M": 1})));
        assert!(contains(&whole, &json!({})));
    }

    #[test]
    fn stars_reach_every_element() {
        let mut document = properties(&json!({"L": [{"X": 1, "Y": 2}, {"X": 3}], "P": 1}));
        assert_eq!(all(&document, &PropPath("L/*/X".into())), [&json!(1), &json!(3)]);
        remove(&mut document, &PropPath("L/*/X".into()));
        remove(&mut document, &PropPath("P".into()));
        assert_eq!(Json::Object(document), json!({"L": [{"Y": 2}, {}]}));
    }
}
