//! The parts a change is made of.

use super::known::{Known, Seen};
use super::resolve::CallFailed;
use super::{Action, Change, Difference, PLACE, TYPE, compare, values};
use crate::cloud::Properties;
use gpb_base::diag::Diagnostic;
use gpb_catalog::TypeDef;
use gpb_model::PropPath;
use gpb_model::{Address, Lifecycle, Map, Place, Resource, Secret, Value};
use serde_json::Value as Json;

/// Where the cloud has left what was applied.
pub(super) fn drift(known: &Known<'_>, def: Option<&TypeDef>, lifecycle: &Lifecycle) -> Vec<Difference> {
    let Seen::There(observed) = known.seen else { return Vec::new() };
    if known.recorded.is_none() || known.applied.iter().all(|(k, v)| observed.properties.get(k) == Some(v)) {
        return Vec::new();
    }
    let applied: Map = known.applied.iter().filter_map(|(k, v)| Some((k.as_str().into(), values::lift(v)?))).collect();
    let unknown = |_: &Secret| None;
    let rules = compare::Rules { def, ignore: &lifecycle.ignore, secret: &unknown, unseen: &|_| false };
    let found = compare::differences(rules, &applied, sides(known, Some(known.applied)));
    let turned = found.into_iter().map(|one| Difference {
        before: as_applied(known.applied, &one.path).cloned(),
        after: one.before.as_ref().and_then(values::lift),
        ..one
    });
    turned.collect()
}

pub(super) fn skeleton(resource: &Resource, action: Action) -> Change {
    let mut change = bare(resource.address.clone(), &resource.ty, &resource.place, resource.layer.as_deref(), action);
    change.ignore.clone_from(&resource.lifecycle.ignore);
    change.protect = resource.lifecycle.protect;
    change
}

pub(super) fn bare(address: Address, ty: &str, place: &Place, layer: Option<&str>, action: Action) -> Change {
    Change {
        address,
        ty: ty.to_owned(),
        place: place.clone(),
        layer: layer.map(str::to_owned),
        action,
        id: None,
        before: None,
        desired: Map::default(),
        differences: Vec::new(),
        drift: Vec::new(),
        forced_by: Vec::new(),
        depends_on: Vec::new(),
        protected: None,
        moved_from: None,
        ignore: Vec::new(),
        protect: None,
        create_first: false,
    }
}

pub(super) fn sides<'s>(known: &Known<'s>, applied: Option<&'s Properties>) -> compare::Sides<'s> {
    compare::Sides { observed: known.properties(), applied, recorded: known.recorded }
}

/// What is known of a resource as a plan may hold it: secrets masked, tags of others left out.
pub(super) fn prepared(known: &Known<'_>, desired: &Map, def: Option<&TypeDef>) -> Properties {
    let tags = def.and_then(|def| def.tagging.as_ref()).map(|tagging| tagging.property.as_str());
    let masked = known.properties().iter().map(|(name, json)| {
        let (wanted, applied) = (desired.get(name.as_str()), known.applied.get(name));
        let mut json = values::mask(json, wanted, applied);
        if let (true, Json::Array(items)) = (tags == Some(name), &mut json) {
            let ours = |tag: &Json| {
                let key = compare::identity_of(tag);
                let in_wanted = match wanted {
                    Some(Value::List(items)) => items.iter().any(|item| compare::identity(item) == key),
                    _ => false,
                };
                let mut was = applied.and_then(Json::as_array).into_iter().flatten();
                key.is_none() || in_wanted || was.any(|tag| compare::identity_of(tag) == key)
            };
            items.retain(ours);
        }
        (name.clone(), json)
    });
    masked.collect()
}

/// Ignored places of a resource that exists stay as they are: sending the text's value would undo what is ignored.
pub(super) fn leave_ignored(desired: &mut Map, before: &Properties, ignore: &[PropPath]) {
    for path in ignore {
        let segments: Vec<String> = path.segments().map(PropPath::unescape).collect();
        let Some((first, rest)) = segments.split_first() else { continue };
        let there = before.get(first).filter(|json| !json.is_null());
        let (Some(wanted), true) = (desired.get_mut(first.as_str()), !rest.is_empty()) else {
            match there.and_then(values::lift).filter(|_| rest.is_empty()) {
                Some(value) => drop(desired.insert(first.as_str().into(), value)),
                None if rest.is_empty() => drop(desired.remove(first.as_str())),
                None => {}
            }
            continue;
        };
        leave_inside(wanted, there, rest);
    }
}

fn leave_inside(wanted: &mut Value, there: Option<&Json>, rest: &[String]) {
    if let (Value::List(items), Some(("*", rest))) =
        (&mut *wanted, rest.split_first().map(|(first, rest)| (first.as_str(), rest)))
    {
        for item in items {
            let mut others = there.and_then(Json::as_array).into_iter().flatten();
            if let Some(there) = others.find(|other| is_element(item, other)) {
                leave_inside(item, Some(there), rest);
            }
        }
        return;
    }
    let (Value::Map(entries), Some((first, rest))) = (wanted, rest.split_first()) else { return };
    let there = there.and_then(|json| json.get(first)).filter(|json| !json.is_null());
    if !rest.is_empty() {
        if let Some(inner) = entries.get_mut(first.as_str()) {
            leave_inside(inner, there, rest);
        }
        return;
    }
    match there.and_then(values::lift) {
        Some(value) => drop(entries.insert(first.as_str().into(), value)),
        None => drop(entries.remove(first.as_str())),
    }
}

/// Whether an element of a list is the one that is there: the same texts in the same places. Without any text nobody can say.
fn is_element(wanted: &Value, there: &Json) -> bool {
    let Value::Map(entries) = wanted else { return false };
    let mut texts = entries.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_text()?))).peekable();
    texts.peek().is_some() && texts.all(|(key, text)| there.get(key).and_then(Json::as_str) == Some(text))
}

/// What is declared somewhere else, or as something else, than it is.
pub(super) fn relocation(resource: &Resource, known: &Known<'_>, account: Option<&str>) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut push = |path: &str, before: String, after: String| {
        found.push(Difference {
            path: PropPath(path.into()),
            before: Some(before.into()),
            after: Some(Value::Text(after.into())),
            forces_replacement: true,
        });
    };
    if *resource.ty != *known.ty {
        push(TYPE, known.ty.to_owned(), resource.ty.to_string());
    }
    let account_of = |place: &Place| place.account.clone().or_else(|| account.map(str::to_owned));
    let (old, new) = (account_of(known.place), account_of(&resource.place));
    let is_elsewhere = old.is_some() && new.is_some() && old != new;
    if is_elsewhere || known.place.region != resource.place.region {
        let text = |account: Option<String>, region: &str| match account.filter(|_| is_elsewhere) {
            Some(account) => format!("{account} {region}"),
            None => region.to_owned(),
        };
        push(PLACE, text(old, &known.place.region), text(new, &resource.place.region));
    }
    found
}

pub(super) fn gone(known: &Known<'_>) -> Difference {
    Difference {
        path: PropPath::default(),
        before: Some(known.id.as_str().into()),
        after: None,
        forces_replacement: false,
    }
}

fn as_applied<'s>(applied: &'s Properties, path: &PropPath) -> Option<&'s Json> {
    let mut segments = path.segments();
    let first = applied.get(&PropPath::unescape(segments.next()?))?;
    values::at(first, &mut segments)
}

pub(super) fn call_failed(resource: &Resource, failed: CallFailed) -> Diagnostic {
    let CallFailed { path, function, message } = failed;
    let mut at = path.clone();
    let span = loop {
        if let Some(span) = resource.spans.get(&at) {
            break *span;
        }
        match at.0.rfind('/') {
            Some(end) => at.0.truncate(end),
            None => break resource.span,
        }
    };
    let message = format!("`{function}` cannot be computed for `{}`: {message}", resource.address);
    Diagnostic::error("GPB7004", message).at(span, "with what is known of the cloud now")
}
