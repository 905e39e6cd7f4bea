//! Assembles the model of what was expanded.

use super::compile_context::{AlreadyReported, EvalResult};
use super::eval::{Assignment, BlockEntries, Scope};
use super::expand::{Expander, ExpansionOutput, ResourceNode, below};
use super::property;
use super::property_reader::{PropertyReader, ReadJob, ReadOutput};
use super::tags;
use gpb_base::diag::Diagnostic;
use gpb_model as model;
use gpb_model::value::{PropertyMap, PropertyValue, ValueEntry, ValueKind};
use gpb_model::{Address, Lifecycle, Resource};
use gpb_model::{PropPath, Replacement};
use gpb_syntax::ast::{NamePath, PathSegment, Stmt};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

impl<'p> Expander<'_, 'p> {
    /// Returns the resources, in order.
    pub fn assemble(&self, collected: &ExpansionOutput<'p>, tags: &model::ValueMap) -> Vec<Resource> {
        let (evaluated, read) = std::thread::scope(|scope| {
            let mut reader = PropertyReader::start(scope, self.cx.facts, collected.nodes.len());
            let mut evaluated = Vec::with_capacity(collected.nodes.len());
            for node in &collected.nodes {
                if self.state.meter.is_spent() {
                    break;
                }
                // A body that could not be read has been reported.
                let Ok(entries) = self.body_of(node, node.stmt.name.span) else { continue };
                if says_usage(&node.def, &entries) {
                    let usage = self.usage(&entries);
                    self.goals.borrow_mut().resource_usage.insert(node.handle.address.clone(), usage);
                }
                reader.give(self.evaluated(node, &entries));
                evaluated.push((node, entries));
            }
            (evaluated, reader.finish())
        });
        let both = evaluated.into_iter().zip(read);
        both.map(|((node, entries), read)| self.assemble_one(node, &entries, read, tags)).collect()
    }

    fn assemble_one(
        &self,
        node: &Rc<ResourceNode<'p>>,
        entries: &BlockEntries<'p>,
        read: ReadOutput,
        tags: &model::ValueMap,
    ) -> Resource {
        let stmt = node.stmt;
        let mut read = read.unwrap_or_else(|job| self.interpreter().with_context(&node.scope(), |cx| job.read(cx)));
        let told = std::mem::take(&mut read.diagnostics);
        self.cx.reports.all(told.into_iter().map(|diagnostic| self.attribute_to_use(node, diagnostic)));
        if !stmt.existing {
            tags::merge(&node.def, tags, &mut read.values);
        }
        let around = &node.frame.module_cx;
        let mut after = self.afters(around);
        let mut lifecycle = Lifecycle { protect: around.protect, ..Lifecycle::default() };
        for (stmt, scope) in &entries.rest {
            match stmt {
                Stmt::After { paths, .. } => after.extend(self.after_paths(paths, scope)),
                other => {
                    self.demanded(other, scope, node.handle.address.as_str());
                    self.lifecycle(node, other, scope, &mut lifecycle);
                }
            }
        }
        let address = node.handle.address.clone();
        let mut seen = BTreeSet::new();
        after.retain(|(other, _)| *other != address && seen.insert(other.clone()));
        let after_spans = after.iter().cloned().collect();
        let after = after.into_iter().map(|(other, _)| other).collect();
        Resource {
            address,
            ty: node.handle.ty.clone(),
            existing: stmt.existing,
            place: node.place.clone(),
            layer: around.layer.clone(),
            components: around.components.iter().map(ToString::to_string).collect(),
            properties: read.values,
            spans: read.spans,
            after,
            after_spans,
            lifecycle,
            span: stmt.name.span,
            doc: stmt.doc.as_deref().map(str::to_owned),
        }
    }

    /// Evaluates every property of a resource, to be read by the catalog.
    fn evaluated(&self, node: &Rc<ResourceNode<'p>>, entries: &BlockEntries<'p>) -> ReadJob {
        let mut map =
            PropertyMap::with_capacity_and_hasher(entries.assignments.len(), foldhash::fast::RandomState::default());
        let mut whole = true;
        let usage = says_usage(&node.def, entries);
        let given = entries.assignments.iter().enumerate().filter(|(_, (name, _))| !(usage && **name == "usage"));
        for (at, (name, given)) in given {
            let key = given.first().map_or(node.stmt.name.span, Assignment::head);
            match self.written(node, entries, at, key) {
                Ok(value) if value.is_absent() => {}
                Ok(value) => {
                    map.insert(self.state.shared(name), ValueEntry { key, value });
                }
                Err(AlreadyReported) => whole = false,
            }
        }
        let stmt = node.stmt;
        // Where something has failed, what is missing is no news.
        let partial = stmt.existing || !whole;
        ReadJob { body: PropertyValue::map(map, stmt.span), def: node.def.clone(), partial, head: stmt.name.span }
    }

    fn lifecycle(&self, node: &ResourceNode<'p>, stmt: &'p Stmt, scope: &Scope<'p>, lifecycle: &mut Lifecycle) {
        match stmt {
            Stmt::Protect { word, .. } => lifecycle.protect = Some(word.text == "always"),
            Stmt::Replace { word, .. } => {
                lifecycle.replace = match word.text.as_str() {
                    "create_first" => Some(Replacement::CreateThenDelete),
                    "delete_first" => Some(Replacement::DeleteThenCreate),
                    _ => None,
                };
            }
            Stmt::Ignore { paths, .. } => {
                let read = paths.iter().filter_map(|path| self.ignored(node, path, scope).ok());
                lifecycle.ignore.extend(read);
            }
            _ => {}
        }
    }

    fn ignored(&self, node: &ResourceNode<'p>, path: &'p NamePath, scope: &Scope<'p>) -> EvalResult<PropPath> {
        let mut segments = Vec::with_capacity(path.segments.len());
        for segment in &path.segments {
            segments.push(match segment {
                PathSegment::Name(name) => (name.text.to_string(), name.span),
                PathSegment::Index(index) => {
                    let key = self.interpreter().eval(index, scope, super::eval::Expectation::Any)?;
                    let text = super::eval::scalar(&key).ok_or_else(|| self.interpreter().no_key(&key))?;
                    (text, index.span)
                }
            });
        }
        self.interpreter().property_path(&node.def, &segments)
    }

    /// Returns the outputs. A secret has no string form, so it is no output.
    pub fn outputs(&self, collected: &ExpansionOutput<'p>) -> BTreeMap<String, model::Output> {
        let mut outputs = BTreeMap::new();
        for found in &collected.outputs {
            let secret = found.value.find_secret().or_else(|| secret_unknown(&found.value));
            if let Some(secret) = secret {
                self.report(
                    Diagnostic::error("GPB1907", format!("the output `{}` holds a secret", found.name))
                        .with_label(secret.span, "a secret has no text form")
                        .help("give out the name or the ARN of the secret instead"),
                );
                continue;
            }
            match property::untyped(&found.value) {
                Ok(value) => {
                    let (span, doc) = (found.binding.name.span, found.binding.doc.as_deref().map(str::to_owned));
                    outputs.insert(found.name.clone(), model::Output { value, span, doc });
                }
                Err(diagnostic) => {
                    self.report(diagnostic);
                }
            }
        }
        outputs
    }

    /// Returns the moves, resource by resource: moving a component or a layer moves everything in it.
    pub fn moves(
        &self,
        written: &[(&'p NamePath, &'p NamePath, gpb_base::source::Span)],
        scope: &Scope<'p>,
    ) -> Vec<model::Move> {
        let mut moves = Vec::new();
        for (from, to, span) in written {
            let all = self.expansion.addresses();
            let (Ok(from_text), Ok(to_text)) = (self.address(from, scope), self.address(to, scope)) else { continue };
            if let Some(still) = below(all, &from_text).next() {
                let message = format!("`{from_text}` is said to have moved, but `{still}` is still declared");
                self.report(
                    Diagnostic::error("GPB1904", message)
                        .with_label(from.span, "still declared")
                        .help("remove one of the two"),
                );
                continue;
            }
            let before = moves.len();
            moves.extend(below(all, &to_text).map(|address| {
                let rest = address.as_str().get(to_text.len()..).unwrap_or("");
                let from = Address::new(format!("{from_text}{rest}"));
                model::Move { from, to: address.clone(), span: *span }
            }));
            if moves.len() == before {
                let diagnostic = Diagnostic::error("GPB1904", format!("nothing is declared at `{to_text}`"))
                    .with_label(to.span, "where it is said to have moved");
                self.report(nearest_address(diagnostic, &to_text, all, to.span));
            }
        }
        moves
    }

    /// Returns the address a path spells: `network.subnet["us-east-1a"]`.
    pub fn address(&self, path: &'p NamePath, scope: &Scope<'p>) -> EvalResult<String> {
        let mut out = String::new();
        for segment in &path.segments {
            match segment {
                PathSegment::Name(name) => {
                    if !out.is_empty() {
                        out.push('.');
                    }
                    out.push_str(&name.text);
                }
                PathSegment::Index(index) => {
                    let key = self.interpreter().eval(index, scope, super::eval::Expectation::Any)?;
                    let text = super::eval::scalar(&key).ok_or_else(|| self.interpreter().no_key(&key))?;
                    out.push_str(&super::eval::key_segment(&text));
                }
            }
        }
        Ok(out)
    }

    /// Refuses the overrides of what is not there.
    pub fn check_overrides(&self) {
        for (address, overridden) in self.overrides.borrow().iter() {
            if overridden.met.get() || self.expansion.by_address(address).is_some() {
                continue;
            }
            let diagnostic = Diagnostic::error("GPB1903", format!("there is no resource `{address}` to override"))
                .with_label(overridden.span, "unknown address");
            self.report(nearest_address(diagnostic, address.as_str(), self.expansion.addresses(), overridden.span));
        }
    }
}

/// Checks whether a body's `usage` is what the resource is used for, and not a property of that name.
pub fn says_usage(def: &gpb_catalog::TypeDef, entries: &BlockEntries<'_>) -> bool {
    entries.assignments.contains_key("usage") && def.root.by_name("usage").is_none()
}

fn nearest_address(
    diagnostic: Diagnostic,
    wrong: &str,
    all: &BTreeSet<Address>,
    span: gpb_base::source::Span,
) -> Diagnostic {
    match gpb_base::diag::nearest(wrong, all.iter().map(Address::as_str)) {
        Some(near) => {
            diagnostic.help(format!("did you mean `{near}`?")).fix(format!("change it to `{near}`"), span, near)
        }
        None => diagnostic,
    }
}

fn secret_unknown(value: &PropertyValue) -> Option<&PropertyValue> {
    match &value.kind {
        ValueKind::Unknown(unknown) if matches!(unknown.ty.required(), gpb_model::ty::Type::Secret) => Some(value),
        _ => None,
    }
}
