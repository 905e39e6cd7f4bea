//! Reports the catalog's violations by properties that were read.

use super::messages;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_catalog::validate::{Violation, ViolationKind};
use gpb_catalog::{ObjectRule, TypeDef, validate as catalog};
use gpb_model as model;
use gpb_model::PropPath;
use gpb_model::Spans;
use std::collections::BTreeSet;

/// The places where reading failed.
///
/// What is missing there was written, and has been reported already.
#[derive(Debug, Default)]
pub(super) struct ReportedPaths {
    /// Places whose value could not be read.
    pub values: BTreeSet<PropPath>,
    /// Objects with an entry that has no meaning, perhaps a required one misspelt.
    pub objects: BTreeSet<PropPath>,
}

pub(super) fn check(
    def: &TypeDef,
    values: &model::PropertyMap,
    (spans, keys): (&Spans, Vec<(PropPath, Span)>),
    reported: &ReportedPaths,
    head: Span,
) -> Vec<Diagnostic> {
    let mut found = catalog::check(def, values);
    found.retain(|violation| !reported.explains(violation));
    if found.is_empty() {
        return Vec::new();
    }
    let keys: Spans = keys.into_iter().collect();
    let reported = found.iter().map(|violation| {
        // What is wrong with a property, whatever its value, is reported at its name.
        let spans = if violation.kind == ViolationKind::Deprecated { &keys } else { spans };
        let found = diagnostic(violation, values, spans, head);
        match violation.kind {
            ViolationKind::Deprecated => found.help(instead_of(def, &violation.path)),
            _ => found,
        }
    });
    reported.collect()
}

/// Returns what to do about a deprecated property: a neighbour with most of its words may take its place.
fn instead_of(def: &TypeDef, path: &PropPath) -> String {
    let leave = "AWS's schema marks it as deprecated, so it may be ignored or go; leave it out";
    let own = def.root.properties.iter().find(|property| PropPath(property.aws.clone()) == *path);
    let Some(own) = own else { return leave.to_owned() };
    let words: Vec<&str> = own.name.split('_').collect();
    let pairs: Vec<&[&str]> = words.windows(2).collect();
    let is_current = |aws: &PropPath| !def.is_read_only(aws) && !def.deprecated.iter().any(|one| one.covers(aws));
    let others = def.root.properties.iter().filter(|property| is_current(&PropPath(property.aws.clone())));
    let shared = |name: &str| {
        let words: Vec<&str> = name.split('_').collect();
        words.windows(2).filter(|pair| pairs.contains(pair)).count()
    };
    let best = others.map(|property| (shared(&property.name), &property.name)).filter(|(shared, _)| *shared > 0);
    match best.max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(a.1))) {
        Some((_, name)) => format!("{leave}, or see whether `{name}` takes its place"),
        None => leave.to_owned(),
    }
}

impl ReportedPaths {
    fn explains(&self, violation: &Violation) -> bool {
        let within = |place: &PropPath| place.covers(&violation.path);
        let absence = matches!(violation.kind, ViolationKind::MissingRequired | ViolationKind::Rule(_));
        let object = match violation.kind {
            ViolationKind::MissingRequired => parent(&violation.path),
            _ => violation.path.clone(),
        };
        let touched = |place: &PropPath| parent(place) == object || *place == object;
        self.values.iter().any(within)
            || absence && (self.objects.contains(&object) || self.objects.contains(&parent(&violation.path)))
            || matches!(violation.kind, ViolationKind::Rule(_)) && self.values.iter().any(touched)
    }
}

fn parent(path: &PropPath) -> PropPath {
    PropPath(path.0.rsplit_once('/').map(|(parent, _)| parent.into()).unwrap_or_default())
}

fn diagnostic(violation: &Violation, values: &model::PropertyMap, spans: &Spans, head: Span) -> Diagnostic {
    let (code, label) = match &violation.kind {
        ViolationKind::UnknownProperty => ("GPB2001", "no property of this name"),
        ViolationKind::ReadOnly => ("GPB2003", "read-only"),
        ViolationKind::WrongType => ("GPB2008", "does not fit"),
        ViolationKind::NotInEnum => ("GPB2006", "not one of its values"),
        ViolationKind::Pattern => ("GPB2010", "does not match"),
        ViolationKind::Format => ("GPB2011", "not of this form"),
        ViolationKind::Bounds => ("GPB2012", "out of bounds"),
        ViolationKind::MissingRequired => ("GPB2013", "something is missing here"),
        ViolationKind::NotUnique => ("GPB2014", "repeated"),
        ViolationKind::Rule(rule) => ("GPB2015", broken(rule, &violation.path)),
        ViolationKind::SecretInPlainProperty => ("GPB2007", "this secret could be read back from there"),
        ViolationKind::Deprecated => ("GPB2016", "deprecated"),
    };
    let span = spans.nearest(&violation.path).unwrap_or(head);
    let diagnostic = if violation.kind.is_warning() {
        Diagnostic::warning(code, &violation.message)
    } else {
        Diagnostic::error(code, &violation.message)
    };
    let mut diagnostic = diagnostic.with_label(span, label);
    diagnostic.help.clone_from(&violation.help);
    // The edit is certain only where the text stands at the place itself, and not behind a name.
    let written = text_at(values, &violation.path).filter(|text| messages::is_literal(text, span));
    match (&violation.kind, &violation.nearest, written) {
        (ViolationKind::NotInEnum, Some(meant), Some(_)) => {
            diagnostic.fix(format!("change to `{meant}`"), span, format!("\"{meant}\""))
        }
        _ => diagnostic,
    }
}

fn broken(rule: &ObjectRule, path: &PropPath) -> &'static str {
    let names_it = |names: &[String]| path.segments().last().is_some_and(|last| names.iter().any(|name| name == last));
    match rule {
        ObjectRule::Excluded(..) => "these do not go together",
        ObjectRule::ExactlyOne(names) if names_it(names) => "these do not go together",
        _ => "something is missing here",
    }
}

fn text_at<'a>(values: &'a model::PropertyMap, path: &PropPath) -> Option<&'a str> {
    let mut segments = path.segments().map(PropPath::unescape);
    let mut value = values.get(segments.next()?.as_str())?;
    for segment in segments {
        value = match value {
            model::PropertyValue::Map(entries) => entries.get(segment.as_str())?,
            model::PropertyValue::List(items) => items.get(segment.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    match value {
        model::PropertyValue::Text(text) => Some(text),
        _ => None,
    }
}
