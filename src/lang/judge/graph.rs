//! The graph that facts look at: resources by address, by type, and by what their properties hold.

use super::super::value::ResourceHandle;
use crate::catalog::{PropPath, TypeDef};
use crate::model::{Address, Evidence, Need, Reference, Resource, Value};
use foldhash::{HashMap, HashSet};
use rust_decimal::Decimal;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// The resources of an environment while they are judged.
#[derive(Debug, Default)]
pub struct Judge {
    pub resources: Vec<Resource>,
    handles: Vec<Arc<ResourceHandle>>,
    by_address: HashMap<Address, usize>,
    by_type: BTreeMap<Arc<str>, Vec<usize>>,
    /// Who needs something of an address.
    needs: HashMap<Address, Vec<(Address, String, Decimal)>>,
    /// By type and property: the resources that hold a key there.
    holders: RefCell<HashMap<(Arc<str>, PropPath), Holders>>,
    reads: RefCell<Reads>,
    /// By the place in the tree of a fact's field: its value, where that is the same for every resource.
    pub(super) constants: RefCell<HashMap<usize, Option<super::super::value::Value>>>,
}

type Holders = HashMap<String, Vec<usize>>;

#[derive(Debug, Default)]
struct Reads {
    list: Vec<Arc<Evidence>>,
    /// What was read for each `let` of the facts at hand, and whether that is in the list.
    named: HashMap<String, (Rc<[Arc<Evidence>]>, bool)>,
    /// What is in the list, once it is too long to be looked through.
    seen: HashSet<(Address, PropPath)>,
}

/// How many properties are looked through one by one.
const FEW: usize = 16;

impl Reads {
    fn has(&self, resource: &Address, property: &PropPath) -> bool {
        if self.list.len() > FEW {
            return self.seen.contains(&(resource.clone(), property.clone()));
        }
        self.list.iter().any(|one| one.resource == *resource && one.property == *property)
    }

    fn push(&mut self, evidence: Arc<Evidence>) {
        self.list.push(evidence);
        if self.list.len() > FEW {
            let known = if self.seen.is_empty() { 0 } else { self.list.len() - 1 };
            let new = self.list.iter().skip(known);
            self.seen.extend(new.map(|one| (one.resource.clone(), one.property.clone())));
        }
    }
}

impl Judge {
    pub fn new(resources: Vec<Resource>, needs: &[Need]) -> Self {
        let mut judge = Judge::default();
        for (at, resource) in resources.iter().enumerate() {
            judge.by_address.insert(resource.address.clone(), at);
            judge.by_type.entry(resource.ty.clone()).or_default().push(at);
            judge.handles.push(Arc::new(ResourceHandle {
                address: resource.address.clone(),
                ty: resource.ty.clone(),
                place: resource.place.clone(),
            }));
        }
        for need in needs {
            let of = judge.needs.entry(need.of.clone()).or_default();
            of.push((need.by.clone(), need.what.clone(), need.amount));
        }
        judge.resources = resources;
        judge
    }

    pub fn handle(&self, address: &Address) -> Option<Arc<ResourceHandle>> {
        self.handles.get(*self.by_address.get(address)?).cloned()
    }

    pub fn resource(&self, address: &Address) -> Option<&Resource> {
        self.resources.get(*self.by_address.get(address)?)
    }

    /// Whether there are resources of a type.
    pub fn has_any(&self, ty: &str) -> bool {
        self.by_type.contains_key(ty)
    }

    pub fn of_type(&self, ty: &str) -> Vec<Arc<ResourceHandle>> {
        let all = self.by_type.get(ty).into_iter().flatten();
        all.filter_map(|at| self.handles.get(*at).cloned()).collect()
    }

    /// Who needs how much of `what` of a resource, or of the component it is in.
    pub fn needed(&self, of: &Address, what: &str) -> Vec<(Arc<ResourceHandle>, Decimal)> {
        let around = self.resource(of).map(|resource| resource.components.clone()).unwrap_or_default();
        let scopes = std::iter::once(of.clone()).chain(around.into_iter().map(Address::from));
        let needs = scopes.filter_map(|scope| self.needs.get(&scope)).flatten();
        let wanted = needs.filter(|(_, other, _)| other == what);
        wanted.filter_map(|(by, _, amount)| Some((self.handle(by)?, *amount))).collect()
    }

    /// Forgets what was read before, that of the `let`s too where another item begins.
    pub fn start(&self, item: bool) {
        let mut reads = self.reads.borrow_mut();
        reads.list.clear();
        reads.seen.clear();
        if item {
            reads.named.clear();
        }
        for (_, counts) in reads.named.values_mut() {
            *counts = false;
        }
    }

    /// What was read since the start belongs to a `let`.
    pub fn keep(&self, name: &str) -> Rc<[Arc<Evidence>]> {
        let mut reads = self.reads.borrow_mut();
        let list: Rc<[Arc<Evidence>]> = std::mem::take(&mut reads.list).into();
        reads.named.insert(name.to_owned(), (list.clone(), false));
        reads.seen.clear();
        list
    }

    /// A name was used: what was read for it counts.
    pub fn used(&self, name: &str) {
        let known = match self.reads.borrow_mut().named.get_mut(name) {
            Some((evidence, counts)) if !*counts => {
                *counts = true;
                evidence.clone()
            }
            _ => return,
        };
        for evidence in known.iter() {
            self.read(evidence.clone());
        }
    }

    /// Whether a property counts as read already.
    pub fn has_read(&self, resource: &Address, property: &PropPath) -> bool {
        self.reads.borrow().has(resource, property)
    }

    pub fn read(&self, evidence: Arc<Evidence>) {
        let mut reads = self.reads.borrow_mut();
        if !reads.has(&evidence.resource, &evidence.property) {
            reads.push(evidence);
        }
    }

    /// What was read since the start.
    pub fn evidence(&self) -> Vec<Arc<Evidence>> {
        std::mem::take(&mut self.reads.borrow_mut().list)
    }

    /// The resources of a type that hold one of the keys in a property.
    pub fn holders(&self, def: &TypeDef, property: &PropPath, keys: &[String]) -> Vec<Arc<ResourceHandle>> {
        let mut all = self.holders.borrow_mut();
        let index = all.entry((def.name.clone(), property.clone())).or_insert_with(|| self.index(def, property));
        let mut found: Vec<usize> = keys.iter().filter_map(|key| index.get(key)).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|at| self.handles.get(at).cloned()).collect()
    }

    fn index(&self, def: &TypeDef, property: &PropPath) -> HashMap<String, Vec<usize>> {
        let mut index: HashMap<String, Vec<usize>> = HashMap::default();
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

    /// Under which keys a property's value is found. `*address` is any reference to a resource, `@address` one to what
    /// identifies it, `=text` what is written.
    fn keys(&self, value: &Value) -> Vec<String> {
        match value {
            Value::Ref(reference) => {
                let mut keys = vec![format!("*{}", reference.to), self.reference(reference)];
                keys.extend(self.literal(reference).map(|text| format!("={text}")));
                keys
            }
            other => vec![self.key(other)],
        }
    }

    /// One text for all values that are, or will be, the same.
    pub fn key(&self, value: &Value) -> String {
        match value {
            Value::Ref(reference) => match self.literal(reference) {
                Some(text) => format!("={text}"),
                None => self.reference(reference),
            },
            Value::Concat(parts) => {
                let parts = parts.iter().map(|part| self.key(part));
                let parts = parts.map(|part| part.strip_prefix('=').map_or(format!("{{{part}}}"), str::to_owned));
                format!("={}", parts.collect::<String>())
            }
            Value::Text(text) => format!("={text}"),
            other => format!("={}", serde_json::Value::from(other.clone())),
        }
    }

    /// The keys that find whatever refers to a resource or names it.
    pub fn keys_of_resource(&self, address: &Address) -> Vec<String> {
        let mut keys = vec![format!("*{address}")];
        keys.extend(self.names(address).into_iter().map(|text| format!("={text}")));
        keys
    }

    /// The keys that find what is the same as a value.
    pub fn keys_of_value(&self, value: &Value) -> Vec<String> {
        match value {
            Value::Ref(reference) => {
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

    /// The one property that identifies a resource, where it is one.
    fn primary(&self, address: &Address) -> Option<PropPath> {
        let def = crate::catalog::Catalog::embedded().get(&self.resource(address)?.ty)?;
        match def.primary_identifier.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    }

    /// What a resource will be identified by, where that is written.
    pub fn identifier(&self, address: &Address) -> Option<&str> {
        match self.resource(address)?.properties.get(self.primary(address)?.head())? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What a resource may be called by where it is written: its identifiers and its name.
    fn names(&self, address: &Address) -> Vec<&str> {
        let Some(resource) = self.resource(address) else { return Vec::new() };
        let Some(def) = crate::catalog::Catalog::embedded().get(&resource.ty) else { return Vec::new() };
        let named = |path: &PropPath| ["Name", "Identifier", "Id"].iter().any(|end| path.0.ends_with(end));
        let alone = def
            .additional_identifiers
            .iter()
            .filter_map(|all| if let [one] = all.as_slice() { Some(one) } else { None });
        let all = def.primary_identifier.iter().chain(alone).chain(def.create_only.iter().filter(|path| named(path)));
        let texts = all.filter_map(|path| match resource.properties.get(&path.0)? {
            Value::Text(text) => Some(text.as_str()),
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

    /// The resource that a literal identifies: of a type, where one is given, or else the only one.
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

/// The values at a place, every element of the lists on the way.
fn inside<'v>(value: &'v Value, path: &[&str]) -> Vec<&'v Value> {
    match (value, path) {
        (Value::List(items), _) => items.iter().flat_map(|item| inside(item, path)).collect(),
        (value, []) => vec![value],
        (Value::Map(entries), [head, rest @ ..]) => {
            entries.get(*head).map(|value| inside(value, rest)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}
