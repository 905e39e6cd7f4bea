//! The graph that facts look at: resources by address, by type, and by what their properties hold.

use foldhash::HashMap;
use gpb_base::source::Span;
use gpb_catalog::TypeDef;
use gpb_model::PropPath;
use gpb_model::value::ResourceHandle;
use gpb_model::{Address, AuthoredSite, Evidence, Need, PropertyValue, Reference, Resource, TypeName};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Holds the resources of an environment while their facts are evaluated: all workers share it.
#[derive(Debug, Default)]
pub struct ResourceGraph {
    /// The resources, in order.
    pub resources: Vec<Resource>,
    /// By resource: the places where its author has written what it holds.
    pub written: Vec<DeclarationSite>,
    handles: Vec<Arc<ResourceHandle>>,
    by_address: HashMap<Address, usize>,
    by_type: BTreeMap<TypeName, Vec<usize>>,
    /// The needs of an address: who needs what of it, and how much.
    needs: HashMap<Address, Vec<(Address, String, Decimal)>>,
}

/// The place where the program's author has written a resource, which for one of a component of the library is its use.
#[derive(Debug, Default)]
pub struct DeclarationSite {
    /// The place of its declaration.
    pub declared: Span,
    /// The places of properties that are not where the resource says they are.
    pub elsewhere: Vec<(PropPath, Span)>,
}

impl DeclarationSite {
    /// Returns the site for the checks of the model.
    pub fn authored(&self) -> AuthoredSite {
        AuthoredSite { declared: self.declared, properties: self.elsewhere.clone() }
    }
}

/// By the key that a property holds: the resources, by number.
pub type PropertyIndex = HashMap<String, Vec<usize>>;

impl ResourceGraph {
    /// Builds the graph.
    pub fn new(resources: Vec<Resource>, written: Vec<DeclarationSite>, needs: &[Need]) -> Self {
        let mut graph = ResourceGraph::default();
        for (at, resource) in resources.iter().enumerate() {
            graph.by_address.insert(resource.address.clone(), at);
            graph.by_type.entry(resource.ty.clone()).or_default().push(at);
            graph.handles.push(Arc::new(ResourceHandle {
                address: resource.address.clone(),
                ty: resource.ty.clone(),
                place: resource.place.clone(),
            }));
        }
        for need in needs {
            let of = graph.needs.entry(need.of.clone()).or_default();
            of.push((need.by.clone(), need.what.clone(), need.amount));
        }
        graph.resources = resources;
        graph.written = written;
        graph
    }

    /// Returns the handle of the resource at an address.
    pub fn handle(&self, address: &Address) -> Option<Arc<ResourceHandle>> {
        self.handles.get(*self.by_address.get(address)?).cloned()
    }

    /// Returns the handles of resources by their numbers.
    pub fn handles(&self, numbers: &[usize]) -> Vec<Arc<ResourceHandle>> {
        numbers.iter().filter_map(|at| self.handles.get(*at).cloned()).collect()
    }

    /// Returns where the author of a resource has written one of its properties, or else the resource.
    pub fn written(&self, resource: &Resource, property: &PropPath) -> Span {
        let written = self.by_address.get(&resource.address).and_then(|at| self.written.get(*at));
        let elsewhere = written.and_then(|written| written.elsewhere.iter().find(|(known, _)| known == property));
        let at = elsewhere.map(|(_, span)| span).or_else(|| resource.spans.get(property));
        at.copied().unwrap_or_else(|| written.map_or(resource.span, |written| written.declared))
    }

    /// Returns a property of a resource as evidence: that it decided something.
    pub fn property(&self, resource: &Resource, property: PropPath) -> Evidence {
        let span = self.written(resource, &property);
        let written = resource.properties.contains_key(property.0.as_str());
        Evidence { resource: resource.address.clone(), property, written, span }
    }

    /// Returns the resource at an address.
    pub fn resource(&self, address: &Address) -> Option<&Resource> {
        self.resources.get(*self.by_address.get(address)?)
    }

    /// Returns the place where the program's author has declared a resource.
    pub fn declared(&self, address: &Address) -> Option<Span> {
        self.written.get(*self.by_address.get(address)?).map(|written| written.declared)
    }

    /// Returns all resources.
    pub fn all(&self) -> &[Arc<ResourceHandle>] {
        &self.handles
    }

    /// Checks whether there are resources of a type.
    pub fn has_any(&self, ty: &str) -> bool {
        self.by_type.contains_key(ty)
    }

    /// Returns the resources of a type.
    pub fn of_type(&self, ty: &str) -> Vec<Arc<ResourceHandle>> {
        self.handles(self.by_type.get(ty).map_or(&[], Vec::as_slice))
    }

    /// Returns who needs how much of `what` of a resource, or of the component it is in.
    pub fn needed(&self, of: &Address, what: &str) -> Vec<(Arc<ResourceHandle>, Decimal)> {
        let around = self.resource(of).map(|resource| resource.components.clone()).unwrap_or_default();
        let scopes = std::iter::once(of.clone()).chain(around.into_iter().map(Address::from));
        let needs = scopes.filter_map(|scope| self.needs.get(&scope)).flatten();
        let wanted = needs.filter(|(_, other, _)| other == what);
        wanted.filter_map(|(by, _, amount)| Some((self.handle(by)?, *amount))).collect()
    }

    /// Returns the resources of a type by what they hold in a property.
    pub fn index(&self, def: &TypeDef, property: &PropPath) -> PropertyIndex {
        let mut index = PropertyIndex::default();
        for at in self.by_type.get(&def.name).into_iter().flatten() {
            let Some(resource) = self.resources.get(*at) else { continue };
            let mut segments = property.segments();
            let first = segments.next().and_then(|head| resource.properties.get(head));
            let rest: Vec<&str> = segments.collect();
            for value in first.into_iter().flat_map(|value| inside(value, &rest)) {
                for key in self.keys(value) {
                    index.entry(key).or_default().push(*at);
                }
            }
        }
        index
    }

    /// Returns the keys under which a property's value is found. `*address` is any reference to a resource, `@address` one to what
    /// identifies it, `=text` what is written.
    fn keys(&self, value: &PropertyValue) -> Vec<String> {
        match value {
            PropertyValue::Ref(reference) => {
                let mut keys = vec![format!("*{}", reference.to), self.reference(reference)];
                keys.extend(self.literal(reference).map(|text| format!("={text}")));
                keys
            }
            other => vec![self.key(other)],
        }
    }

    /// Returns one text for all values that are, or will be, the same.
    pub fn key(&self, value: &PropertyValue) -> String {
        match value {
            PropertyValue::Ref(reference) => match self.literal(reference) {
                Some(text) => format!("={text}"),
                None => self.reference(reference),
            },
            PropertyValue::Concat(parts) => {
                let parts = parts.iter().map(|part| self.key(part));
                let parts = parts.map(|part| part.strip_prefix('=').map_or(format!("{{{part}}}"), str::to_owned));
                format!("={}", parts.collect::<String>())
            }
            PropertyValue::Text(text) => format!("={text}"),
            other => format!("={}", serde_json::Value::from(other.clone())),
        }
    }

    /// Returns the keys that find whatever refers to a resource or names it.
    pub fn keys_of_resource(&self, address: &Address) -> Vec<String> {
        let mut keys = vec![format!("*{address}")];
        keys.extend(self.names(address).into_iter().map(|text| format!("={text}")));
        keys
    }

    /// Returns the keys that find what is the same as a value.
    pub fn keys_of_value(&self, value: &PropertyValue) -> Vec<String> {
        match value {
            PropertyValue::Ref(reference) => {
                let literal = self.literal(reference).map(|text| format!("={text}"));
                std::iter::once(self.reference(reference)).chain(literal).collect()
            }
            other => vec![self.key(other)],
        }
    }

    fn reference(&self, reference: &Reference) -> String {
        if self.identifies(reference) {
            format!("@{}", reference.to)
        } else {
            format!("@{}/{}", reference.to, reference.path)
        }
    }

    fn identifies(&self, reference: &Reference) -> bool {
        reference.path.0.is_empty() || self.primary(&reference.to).is_some_and(|path| path == reference.path)
    }

    /// Returns the one property that identifies a resource, where it is one.
    fn primary(&self, address: &Address) -> Option<PropPath> {
        let def = gpb_catalog::Catalog::embedded().get(&self.resource(address)?.ty)?;
        match def.primary_identifier.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    }

    /// Returns what a resource will be identified by, where that is written.
    pub fn identifier(&self, address: &Address) -> Option<&str> {
        match self.resource(address)?.properties.get(self.primary(address)?.head())? {
            PropertyValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns what a resource may be called by where it is written: its identifiers and its name.
    fn names(&self, address: &Address) -> Vec<&str> {
        let Some(resource) = self.resource(address) else { return Vec::new() };
        let Some(def) = gpb_catalog::Catalog::embedded().get(&resource.ty) else { return Vec::new() };
        let named = |path: &PropPath| ["Name", "Identifier", "Id"].iter().any(|end| path.0.ends_with(end));
        let alone = def
            .additional_identifiers
            .iter()
            .filter_map(|all| if let [one] = all.as_slice() { Some(one) } else { None });
        let all = def.primary_identifier.iter().chain(alone).chain(def.create_only.iter().filter(|path| named(path)));
        let texts = all.filter_map(|path| match resource.properties.get(&path.0)? {
            PropertyValue::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let mut names: Vec<&str> = texts.collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn literal(&self, reference: &Reference) -> Option<&str> {
        self.identifies(reference).then(|| self.identifier(&reference.to)).flatten()
    }

    /// Returns the resource that a literal identifies: of a type, where one is given, or else the only one.
    pub fn named(&self, text: &str, ty: Option<&str>) -> Option<Arc<ResourceHandle>> {
        let candidates: Vec<usize> = match ty {
            Some(ty) => self.by_type.get(ty).cloned().unwrap_or_default(),
            None => (0..self.resources.len()).collect(),
        };
        let mut found = candidates
            .into_iter()
            .filter(|at| self.resources.get(*at).is_some_and(|resource| self.names(&resource.address).contains(&text)));
        let first = found.next()?;
        if found.next().is_some() { None } else { self.handles.get(first).cloned() }
    }
}

/// Returns the values at a place, every element of the lists on the way.
fn inside<'v>(value: &'v PropertyValue, path: &[&str]) -> Vec<&'v PropertyValue> {
    match (value, path) {
        (PropertyValue::List(items), _) => items.iter().flat_map(|item| inside(item, path)).collect(),
        (value, []) => vec![value],
        (PropertyValue::Map(entries), [head, rest @ ..]) => {
            entries.get(*head).map(|value| inside(value, rest)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}
