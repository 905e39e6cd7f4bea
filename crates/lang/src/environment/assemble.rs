//! Assembles the model of what was expanded.

use super::property_reader::{PropertyReader, ReadJob, ReadOutput};
use super::tags;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::eval::{Assignment, BlockEntries, Expectation, MetOrder, OrderedOutput, Scope, scalar};
use crate::expand::{Expander, ExpansionOutput, ResourceNode, is_kept};
use compact_str::CompactString;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model as model;
use gpb_model::value::{Value, ValueEntry, ValueMap};
use gpb_model::{Address, Lifecycle, Resource};
use gpb_model::{PropPath, Replacement};
use gpb_syntax::ast::{NamePath, PathSegment, Stmt};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The order that was met while a resource's properties were evaluated.
#[derive(Debug, Default)]
struct PropertyOrder<'p> {
    outputs: Vec<Rc<OrderedOutput<'p>>>,
    /// The nodes of which a written property was read, and the property it is part of.
    reads: Vec<(u32, CompactString)>,
}

impl<'p> PropertyOrder<'p> {
    fn add(&mut self, met: MetOrder<'p>, property: impl Fn() -> CompactString) {
        self.outputs.extend(met.outputs);
        self.reads.extend(met.resources.into_iter().map(|node| (node, property())));
    }
}

impl<'p> Expander<'_, 'p> {
    /// Returns the resources, in order.
    pub fn assemble(&self, collected: &ExpansionOutput<'p>, tags: &model::PropertyMap) -> Vec<Resource> {
        let (evaluated, read) = std::thread::scope(|scope| {
            let mut reader = PropertyReader::start(scope, self.cx.facts, collected.nodes.len());
            let mut evaluated = Vec::with_capacity(collected.nodes.len());
            for node in &collected.nodes {
                if self.state.meter.is_spent() {
                    break;
                }
                let mut order = PropertyOrder::default();
                let made: EvalResult<_> = self.attributed(&node.frame, || {
                    let entries = self.body_of(node, node.stmt.name.span)?;
                    if says_usage(&node.def, &entries) {
                        let usage = self.usage(&entries);
                        self.goals.borrow_mut().resource_usage.insert(node.handle.address.clone(), usage);
                    }
                    let properties = self.evaluated(node, &entries, &mut order);
                    Ok((entries, properties))
                });
                // A body that could not be read has been reported.
                let Ok((entries, properties)) = made else { continue };
                reader.give(properties);
                evaluated.push((node, entries, order));
            }
            (evaluated, reader.finish())
        });
        let both = evaluated.into_iter().zip(read);
        both.map(|((node, entries, order), read)| self.assemble_one(node, &entries, &order, read, tags)).collect()
    }

    fn assemble_one(
        &self,
        node: &Rc<ResourceNode<'p>>,
        entries: &BlockEntries<'p>,
        order: &PropertyOrder<'p>,
        read: ReadOutput,
        tags: &model::PropertyMap,
    ) -> Resource {
        let stmt = node.stmt;
        let mut read = read.unwrap_or_else(|job| self.interpreter().with_context(&node.scope(), |cx| job.read(cx)));
        let told = std::mem::take(&mut read.diagnostics);
        self.cx.reports.all(told.into_iter().map(|diagnostic| self.attribute_to_use(&node.frame, diagnostic)));
        if !stmt.existing {
            tags::merge(&node.def, tags, &mut read.values);
        }
        let around = &node.frame.module_cx;
        let mut after = self.afters(around);
        let mut lifecycle = Lifecycle { protect: around.protect, keep: around.keep, ..Lifecycle::default() };
        let mut said = BTreeMap::new();
        for (stmt, scope) in &entries.rest {
            self.said_again(stmt, &mut said);
            match stmt {
                Stmt::After { paths, .. } => after.extend(self.after_paths(paths, scope)),
                other => {
                    self.demanded(other, scope, node.handle.address.as_str());
                    self.lifecycle(node, other, scope, &mut lifecycle);
                }
            }
        }
        for watched in &lifecycle.watched {
            read.spans.insert(watched.path(), watched.span);
        }
        let address = node.handle.address.clone();
        after.extend(self.output_order(&order.outputs));
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
            reads: self.reads(node, &order.reads),
            lifecycle,
            span: stmt.name.span,
            doc: stmt.doc.as_deref().map(str::to_owned),
        }
    }

    /// Reports `protect`, `keep` and `replace` that are said of one resource twice.
    fn said_again(&self, stmt: &Stmt, said: &mut BTreeMap<&'static str, Span>) {
        let (name, at) = match stmt {
            Stmt::Protect { word, .. } => ("protect", word.span),
            Stmt::Replace { word, .. } => ("replace", word.span),
            Stmt::Keep { span, .. } => ("keep", *span),
            _ => return,
        };
        if let Some(first) = said.insert(name, at) {
            self.cx.reports.add(
                Diagnostic::error("GPB1409", format!("`{name}` is said of one resource twice"))
                    .with_label(at, "again here")
                    .with_label(first, "first here")
                    .help("remove one of the two"),
            );
        }
    }

    /// Returns the resources that a resource's properties were read from, each once, with the first property that was.
    fn reads(&self, node: &ResourceNode<'p>, met: &[(u32, CompactString)]) -> Vec<(Address, PropPath)> {
        let mut seen = BTreeSet::new();
        let others = met.iter().filter(|(other, _)| *other != node.id && seen.insert(*other));
        let others = others.filter_map(|(other, property)| Some((self.expansion.node(*other)?, property)));
        others.map(|(other, property)| (other.handle.address.clone(), PropPath(property.clone()))).collect()
    }

    /// Evaluates every property of a resource, to be read by the catalog.
    fn evaluated(
        &self,
        node: &Rc<ResourceNode<'p>>,
        entries: &BlockEntries<'p>,
        order: &mut PropertyOrder<'p>,
    ) -> ReadJob {
        let mut map =
            ValueMap::with_capacity_and_hasher(entries.assignments.len(), foldhash::fast::RandomState::default());
        let mut whole = true;
        let usage = says_usage(&node.def, entries);
        let given = entries.assignments.iter().enumerate().filter(|(_, (name, _))| !(usage && **name == "usage"));
        for (at, (name, given)) in given {
            let key = given.first().map_or(node.stmt.name.span, Assignment::head);
            let since = self.state.order.mark();
            let value = self.written(node, entries, at, key);
            order.add(self.state.order.take(since), || {
                let property = node.def.root.by_name(name).or_else(|| node.def.root.by_aws(name));
                property.map_or_else(|| CompactString::from(*name), |property| property.aws.as_str().into())
            });
            match value {
                // One that is absent is left out; its name must still be one of the type's.
                Ok(value) => {
                    map.insert(self.state.shared(name), ValueEntry { key, value });
                }
                Err(AlreadyReported) => whole = false,
            }
        }
        let stmt = node.stmt;
        // Where something has failed, what is missing is no news.
        let partial = stmt.existing || !whole;
        ReadJob { body: Value::map(map, stmt.span), def: node.def.clone(), partial, head: stmt.name.span }
    }

    /// Takes a statement about the life of a resource; any other is left alone.
    pub fn lifecycle(&self, node: &ResourceNode<'p>, stmt: &'p Stmt, scope: &Scope<'p>, lifecycle: &mut Lifecycle) {
        match stmt {
            Stmt::Protect { word, .. } => lifecycle.protect = Some(word.text == "always"),
            Stmt::Keep { span, .. } | Stmt::ReplaceWhen { span, .. } if node.stmt.existing => {
                self.report(
                    Diagnostic::error("GPB1424", "gpb neither makes nor deletes an `existing` resource")
                        .with_label(*span, "says nothing here")
                        .with_label(node.stmt.name.span, "this is only read")
                        .help("remove it"),
                );
            }
            Stmt::Keep { word, .. } => lifecycle.keep = Some(is_kept(word.as_ref())),
            Stmt::ReplaceWhen { value, .. } => self.watch(value, scope, lifecycle),
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
                    let key = self.interpreter().eval(index, scope, Expectation::Any)?;
                    let text = scalar(&key).ok_or_else(|| self.interpreter().no_key(&key))?;
                    (text, index.span)
                }
            });
        }
        self.interpreter().property_path(&node.def, &segments)
    }
}

/// Checks whether a body's `usage` is what the resource is used for, and not a property of that name.
pub fn says_usage(def: &gpb_catalog::TypeDef, entries: &BlockEntries<'_>) -> bool {
    entries.assignments.contains_key("usage") && def.root.by_name("usage").is_none()
}
