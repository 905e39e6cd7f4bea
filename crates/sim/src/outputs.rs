//! Generated outputs: identifiers, ARNs and endpoints, from the catalog's shapes.
//!
//! They are the same for the same creation.

use super::form_words::{form_word, general_path, joined, short_region};
use super::output_forms::part;
use super::{OutputForms, pattern_sample};
use gpb_catalog::{ListShape, ObjectShape, Shape, TextShape, TypeDef};
use gpb_engine::cloud::physical_names::short_hash;
use gpb_engine::cloud::{Properties, property_paths};
use gpb_model::Place;
use gpb_model::PropPath;
use regress::Regex;
use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha256};

/// Generates the outputs of one creation.
pub struct OutputGenerator<'a> {
    def: &'a TypeDef,
    place: &'a Place,
    account: &'a str,
    token: &'a str,
    /// The resource's name where an output needs one: its own, or a generated one.
    name: String,
    given: Properties,
    forms: &'a OutputForms,
    /// The names that were left open.
    made_names: Properties,
}

impl<'a> OutputGenerator<'a> {
    /// Makes the generator of a creation.
    pub fn new(
        def: &'a TypeDef,
        place: &'a Place,
        account: &'a str,
        label: &str,
        token: &'a str,
        given: &Properties,
        forms: &'a OutputForms,
    ) -> Self {
        // A part of an identifier names nothing by itself: many policies share one dimension.
        let whole = Some(def.primary_identifier.as_slice()).filter(|parts| parts.len() == 1);
        let chosen = whole.and_then(|parts| property_paths::get(given, parts.first()?)?.as_str());
        // `Name` or `QueueName` of a queue; any other name in it is that of something else.
        let kind = def.name.rsplit('.').next().unwrap_or_default().replace('_', "");
        let is_own = |key: &str| matches!(key.to_ascii_lowercase().strip_suffix("name"), Some(own) if own.is_empty() || own == kind);
        let named = || given.iter().find(|(key, _)| is_own(key)).and_then(|(_, value)| value.as_str());
        let made = || format!("{label}-{}", short_hash(token));
        let name = chosen.or_else(named).map_or_else(made, str::to_owned);
        let mut generator =
            Self { def, place, account, token, name, given: given.clone(), forms, made_names: Properties::new() };
        generator.made_names = generator.physical_names();
        generator.given.extend(generator.made_names.clone());
        generator
    }

    /// Returns the names that AWS makes up where none is given, of properties that a user may set.
    fn physical_names(&self) -> Properties {
        let open = |property: &&str| {
            self.def.root.by_aws(property).is_some()
                && !self.given.contains_key(*property)
                && !self.def.is_read_only(&PropPath((*property).into()))
        };
        let made = self.forms.properties(&self.def.name).filter(open).filter_map(|property| {
            let text = self.forms.filled(&self.def.name, property, |word| self.filling(word, &PropPath::default()))?;
            Some((property.to_owned(), Json::String(text)))
        });
        made.collect()
    }

    /// Sets every read-only property that the catalog knows.
    pub fn fill(&self, properties: &mut Properties) {
        for (property, value) in self.made_names.clone() {
            properties.entry(property).or_insert(value);
        }
        // Identifiers come first, because others are made from them.
        let primary = self.def.primary_identifier.iter().filter(|path| self.def.is_read_only(path));
        for path in primary.chain(&self.def.read_only) {
            let segments: Vec<String> = path.segments().map(PropPath::unescape).collect();
            self.fill_object(&self.def.root, properties, &segments, path);
        }
    }

    fn fill_object(&self, shape: &ObjectShape, entries: &mut Properties, segments: &[String], path: &PropPath) {
        let Some((segment, rest)) = segments.split_first() else { return };
        let Some(property) = shape.by_aws(segment) else { return };
        if rest.is_empty() {
            if !entries.contains_key(segment) {
                entries.insert(segment.clone(), self.value(&property.shape, path, segment, 0));
            }
            return;
        }
        match self.def.resolve(&property.shape) {
            // AWS adds no output to what was not asked for, except where a form says so.
            Shape::Object(inner) if !entries.contains_key(segment) && !self.is_output(inner, segments, path) => {
                if let Some(text) = self.formed(path) {
                    entries.insert(segment.clone(), nested(rest, Json::String(text)));
                }
            }
            Shape::Object(inner) => {
                let value = entries.entry(segment.clone()).or_insert_with(|| Json::Object(Map::new()));
                if let Json::Object(entries) = value {
                    self.fill_object(inner, entries, rest, path);
                }
            }
            Shape::List(list) => self.fill_items(list, entries.get_mut(segment), rest, path),
            _ => {}
        }
    }

    /// Checks whether nothing in an object can be given by a user.
    fn is_output(&self, object: &ObjectShape, left: &[String], path: &PropPath) -> bool {
        let depth = path.segments().count() + 1 - left.len();
        let place = path
            .segments()
            .take(depth)
            .fold(PropPath::default(), |place, segment| place.child(&PropPath::unescape(segment)));
        self.def.is_read_only(&place)
            || object.properties.iter().all(|one| self.def.is_read_only(&place.child(&one.aws)))
    }

    /// Fills the form of a property, where it has one.
    fn formed(&self, path: &PropPath) -> Option<String> {
        let (general, own) = (general_path(path), PropPath::default());
        let seed = if general == path.0 { &own } else { path };
        self.forms.filled(&self.def.name, &general, |word| self.filling(word, seed))
    }

    /// Fills the elements of a list; only elements that are there can have outputs.
    fn fill_items(&self, list: &ListShape, value: Option<&mut Json>, rest: &[String], path: &PropPath) {
        let (Some(Json::Array(items)), Shape::Object(inner)) = (value, self.def.resolve(&list.item)) else { return };
        let rest = match rest {
            [star, rest @ ..] if star == "*" => rest,
            rest => rest,
        };
        for (index, item) in items.iter_mut().enumerate() {
            if let Json::Object(entries) = item {
                self.fill_object(inner, entries, rest, &path.child(&index.to_string()));
            }
        }
    }

    fn value(&self, shape: &Shape, path: &PropPath, name: &str, depth: usize) -> Json {
        if let Some(literal) = self.forms.literal(&self.def.name, &general_path(path)) {
            return literal.clone();
        }
        match self.def.resolve(shape) {
            Shape::Bool => Json::Bool(false),
            Shape::Int { min, max, one_of } => self.int(*min, *max, one_of, path, name).into(),
            Shape::Number { min, .. } => min.unwrap_or(1.0).into(),
            Shape::Text(text) => Json::String(self.text(text, path, name)),
            Shape::List(list) => self.list(list, path, name, depth),
            Shape::Object(object) if depth < 3 => {
                let entry = |property: &gpb_catalog::Property| {
                    let path = path.child(&property.aws);
                    (property.aws.to_string(), self.value(&property.shape, &path, &property.aws, depth + 1))
                };
                Json::Object(object.properties.iter().map(entry).collect())
            }
            Shape::Any(shapes) if depth < 3 => {
                shapes.first().map_or(Json::Object(Map::new()), |shape| self.value(shape, path, name, depth + 1))
            }
            _ => Json::Object(Map::new()),
        }
    }

    fn list(&self, list: &ListShape, path: &PropPath, name: &str, depth: usize) -> Json {
        let is_text = matches!(self.def.resolve(&list.item), Shape::Text(_));
        // Two names, so that whoever takes the first one or all of them finds something; objects have too much to invent.
        let count = if is_text { 2 } else { 0 }.max(list.min.unwrap_or(0).min(8)).min(list.max.unwrap_or(8));
        let one = name.strip_suffix('s').unwrap_or(name);
        (0..count).map(|index| self.value(&list.item, &path.child(&index.to_string()), one, depth + 1)).collect()
    }

    fn int(&self, min: Option<i64>, max: Option<i64>, one_of: &[i64], path: &PropPath, name: &str) -> i64 {
        if let Some(given) = self.given.get(name).and_then(Json::as_i64) {
            return given;
        }
        let made = if name.ends_with("Port") { self.port(path) } else { 1 };
        let (low, high) = (min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX));
        one_of.first().copied().unwrap_or_else(|| made.max(low).min(high))
    }

    fn port(&self, path: &PropPath) -> i64 {
        1024 + i64::from(self.random(path).u16(0..40000))
    }

    /// Returns the random numbers of one property, the same for each try.
    fn random(&self, path: &PropPath) -> fastrand::Rng {
        let hash = Sha256::digest(format!("{} {} {path}", self.token, self.def.name).as_bytes());
        let mut seed = [0; 8];
        seed.copy_from_slice(hash.get(..8).unwrap_or(&[0; 8]));
        fastrand::Rng::with_seed(u64::from_be_bytes(seed))
    }

    /// Returns the value of an interpolation of a form.
    ///
    /// The random ones are the same in all forms of one resource, except for the elements of a list.
    fn filling(&self, word: &str, path: &PropPath) -> Option<String> {
        let own = self.random(path);
        part(word, &|word| {
            if let Some((property, text)) = word.split_once('?') {
                return (self.given.get(property)? == &Json::Bool(true)).then(|| text.to_owned());
            }
            match word {
                "account" => Some(self.account.to_owned()),
                "region" => Some(self.place.region.to_string()),
                "short_region" => Some(short_region(&self.place.region)),
                "name" => Some(self.name.clone()),
                word => form_word(word, &self.name, own.clone()).or_else(|| joined(self.given.get(word)?)),
            }
        })
    }

    fn text(&self, shape: &TextShape, path: &PropPath, name: &str) -> String {
        if let Some(text) = self.formed(path) {
            return text;
        }
        if let Some(first) = shape.one_of.first() {
            let good = ["available", "active"];
            let ready = shape.one_of.iter().find(|word| good.contains(&word.to_ascii_lowercase().as_str()));
            return ready.unwrap_or(first).clone();
        }
        let regex = shape.pattern.as_deref().and_then(|pattern| Regex::new(pattern).ok());
        let fits = |text: &String| {
            let length = text.chars().count() as u64;
            length <= shape.max_length.unwrap_or(u64::MAX)
                && length >= shape.min_length.unwrap_or(0)
                && regex.as_ref().is_none_or(|regex| regex.find(text).is_some())
        };
        let sampled = || shape.pattern.as_deref().and_then(|p| pattern_sample::sample(p, &mut self.random(path)));
        let mut candidates = self.candidates(shape, path, name);
        let fallback = candidates.last().cloned().unwrap_or_default();
        let fitting = candidates.iter().position(fits).map(|at| candidates.swap_remove(at));
        fitting.or_else(|| sampled().filter(fits)).unwrap_or_else(|| {
            let longest = usize::try_from(shape.max_length.unwrap_or(255)).unwrap_or(255);
            fallback.chars().take(longest).collect()
        })
    }

    /// Lists likely values by the property's name, the likeliest first.
    ///
    /// The last one has no meaning.
    fn candidates(&self, shape: &TextShape, path: &PropPath, name: &str) -> Vec<String> {
        let lower = name.to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
        let hash = format!("{:016x}", self.random(path).u64(..));
        let service = self.def.name.split('.').nth(1).unwrap_or("service");
        let kind = self.def.name.rsplit('.').next().unwrap_or("resource").replace('_', "-");
        let (region, account) = (&self.place.region, self.account);
        let mut texts = Vec::new();
        let given = self.given.get(name).filter(|value| value.is_string() || value.is_number());
        texts.extend(given.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        if ends(&["arn"]) || shape.format.as_deref() == Some("arn") {
            texts.push(format!("arn:aws:{service}:{region}:{account}:{kind}/{}", self.name));
            texts.push(format!("arn:aws:{service}:{region}:{account}:{}", self.name));
            texts.push(format!("arn:aws:{service}::{account}:{kind}/{}", self.name));
        }
        if ends(&["url", "uri"]) || shape.format.as_deref() == Some("uri") {
            texts.push(format!("https://{service}.{region}.sim.invalid/{account}/{}", self.name));
        }
        if ends(&["port"]) {
            texts.push(self.port(path).to_string());
        }
        if ends(&["address", "domainname", "hostname", "dnsname", "endpoint", "host", "nameserver"]) {
            texts.push(format!("{}.{}.{service}.{region}.sim.invalid", self.host(), hash.get(..8).unwrap_or(&hash)));
        }
        if ends(&["time", "date", "timestamp"]) || shape.format.as_deref() == Some("date-time") {
            texts.push("2026-01-01T00:00:00Z".to_owned());
        }
        if ends(&["status", "state"]) {
            texts.push("available".to_owned());
        }
        if ends(&["region"]) {
            texts.push(region.to_string());
        }
        if ends(&["account", "accountid", "ownerid", "owner"]) {
            texts.push(account.to_owned());
        }
        if ends(&["name"]) {
            texts.push(self.name.clone());
        }
        if self.def.primary_identifier.contains(path) || ends(&["id", "identifier"]) {
            texts.push(format!("{kind}-0{hash}"));
        }
        texts.push(hash);
        texts
    }

    fn host(&self) -> String {
        let host: String =
            self.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(40).collect();
        host.trim_matches('-').to_ascii_lowercase()
    }
}

/// Puts a value into objects of one entry each.
fn nested(names: &[String], value: Json) -> Json {
    names.iter().rev().fold(value, |inner, name| Json::Object(Map::from_iter([(name.clone(), inner)])))
}
