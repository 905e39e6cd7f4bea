//! Every rule of the standard library is proved both ways by the examples beside it.

mod paths;

use super::lookup::{ReferenceTargets, RuleSubject};
use super::names;
use super::path::{RulePath, RuleStep};
use super::requirement::Requirement;
use super::rule::Rule;
use super::rule_book::{RuleBook, WrittenRule, written};
use super::trigger::RulesOfType;
use super::{check, check_creations};
use gpb_base::diag::{Diagnostic, Severity};
use gpb_base::stdlib::Library;
use gpb_catalog::{Catalog, Shape, TypeDef, TypeLookup, ViolationKind};
use gpb_model::testing::{model, resource};
use gpb_model::{Model, PropPath, PropertyMap, PropertyValue};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

/// Returns every rule of the library with the name of its service.
fn all() -> Vec<(String, WrittenRule)> {
    let library = Library::embedded();
    let files = library.below("rules/", ".toml");
    let rules = files.flat_map(|(path, text)| {
        let name = path.trim_start_matches("rules/").trim_end_matches(".toml");
        let service = name.split('/').next().unwrap().to_owned();
        written(text)
            .unwrap_or_else(|mistake| panic!("{path}: {mistake}"))
            .into_iter()
            .map(move |rule| (service.clone(), rule))
    });
    rules.collect()
}

/// Returns the name of a type as programs write it, of the name in a rule of a service; shared rules write the service too.
fn full_name(service: &str, name: &str) -> String {
    if service == "shared" { format!("aws.{name}") } else { format!("aws.{service}.{name}") }
}

fn json(value: &toml::Value) -> Json {
    serde_json::to_value(value).unwrap()
}

/// Returns a model of a resource with these properties and of those beside it.
fn model_of(ty: &str, properties: Json, rule: &WrittenRule) -> Model {
    let beside = rule
        .beside()
        .iter()
        .map(|(name, other)| resource(name, other["type"].as_str().unwrap(), json(&other["properties"])));
    model(beside.chain([resource("data.subject", ty, properties)]))
}

fn refuses(rule: &Rule, model: &Model) -> bool {
    let targets = ReferenceTargets::of(model);
    if let Requirement::Unique(_) = rule.requirement {
        let types: TypeLookup<'_> = &|name| Catalog::embedded().get(name);
        let found = names::check(&RuleBook::of(&Library::embedded()), &targets, types);
        return found
            .iter()
            .any(|one| one.help.as_ref().is_some_and(|help| help.contains(&format!("(rule {}:", rule.id))));
    }
    let mut refused = false;
    let subject = RuleSubject { resource: model.resources.last().unwrap(), element: None, targets: &targets };
    let mut rules = RulesOfType::default();
    rules.add(Arc::new(rule.clone()));
    for rule in rules.of(&subject.resource.properties) {
        rule.check(&subject, &mut |_, _| refused = true);
    }
    refused
}

/// Returns the violations of the schema but those of an example that leaves out what is not its matter.
fn violations(def: &TypeDef, properties: &PropertyMap) -> Vec<String> {
    let found = gpb_catalog::check(def, properties);
    let own = found.into_iter().filter(|violation| {
        !violation.kind.is_warning()
            && !matches!(violation.kind, ViolationKind::MissingRequired | ViolationKind::Rule(_))
    });
    own.map(|violation| violation.message).collect()
}

#[test]
fn every_rule_refuses_its_one_example_and_accepts_its_other() {
    let mut wrong = String::new();
    for (service, written) in all() {
        let rule = written.compile().unwrap_or_else(|mistake| panic!("{service}: {mistake}"));
        for name in written.types() {
            let ty = full_name(&service, name);
            let Some(def) = Catalog::embedded().get(&ty) else {
                let _ = writeln!(wrong, "{ty}: {}: there is no such type", rule.id);
                continue;
            };
            let (bad, good) = written.examples();
            for (example, refused) in [(bad, true), (good, false)] {
                let model = model_of(&ty, json(example), &written);
                if refuses(&rule, &model) != refused {
                    let word = if refused { "accepts" } else { "refuses" };
                    let _ = writeln!(wrong, "{ty}: {} {word} {example}", rule.id);
                }
                for message in violations(&def, &model.resources.last().unwrap().properties) {
                    let _ = writeln!(wrong, "{ty}: {}: the schema refuses an example: {message}", rule.id);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn nothing_unknown_is_refused() {
    let later = || PropertyValue::Call { function: "coalesce".into(), args: Vec::new() };
    let mut wrong = String::new();
    for (service, written) in all() {
        let rule = written.compile().unwrap();
        let ty = full_name(&service, &written.types()[0]);
        let mut model = model_of(&ty, json(written.examples().0), &written);
        let subject = model.resources.last_mut().unwrap();
        for key in subject.properties.keys().cloned().collect::<Vec<_>>() {
            subject.properties.insert(key, later());
        }
        // What is missing may be refused without knowing anything.
        let empty = model_of(&ty, Json::Object(serde_json::Map::new()), &written);
        if refuses(&rule, &model) && !refuses(&rule, &empty) {
            let _ = writeln!(wrong, "{ty}: {} refuses what is not known", rule.id);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_rule_names_properties_of_its_types_and_a_source() {
    let mut wrong = String::new();
    let mut ids = BTreeSet::new();
    for (service, written) in all() {
        let rule = written.compile().unwrap();
        let is_slug =
            |id: &str| id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !is_slug(&rule.id) || !ids.insert((service.clone(), rule.id.clone())) {
            let _ = writeln!(wrong, "{service}: {} is no slug, or is there twice", rule.id);
        }
        if !rule.source.starts_with("https://docs.aws.amazon.com/") {
            let _ = writeln!(wrong, "{service}: {}: {} is no page of AWS's", rule.id, rule.source);
        }
        for name in written.types() {
            let Some(def) = Catalog::embedded().get(&full_name(&service, name)) else { continue };
            for path in paths::of(&rule) {
                if let Err(mistake) = exists(&def, rule.each.as_ref(), path) {
                    let _ = writeln!(wrong, "aws.{service}.{name}: {}: {mistake}", rule.id);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Checks that a path leads to a property of a type, also through references.
fn exists(def: &TypeDef, each: Option<&RulePath>, path: &RulePath) -> Result<(), String> {
    let around = each.filter(|_| !path.absolute).map(|each| each.steps.as_slice()).unwrap_or_default();
    let mut place = PropPath::default();
    for step in around.iter().chain(&path.steps) {
        place = place.child(match step {
            RuleStep::Key(key) => key,
            RuleStep::Items => "*",
        });
        match def.shape_at(&place) {
            None => return Err(format!("there is no property {place}")),
            // Documents and maps have keys of their own.
            Some(Shape::Json | Shape::Map { .. }) => break,
            Some(_) => {}
        }
    }
    let Some((ty, further)) = &path.target else { return Ok(()) };
    exists(&*Catalog::embedded().get(ty).ok_or_else(|| format!("there is no type {ty}"))?, None, further)
}

#[test]
fn there_are_rules_for_the_refusals_that_aws_documents() {
    let count = all().len();
    assert!(count >= 150, "{count} rules");
    let book = RuleBook::of(&Library::embedded());
    assert_eq!(book.services().count(), all().into_iter().map(|(service, _)| service).collect::<BTreeSet<_>>().len());
}

#[test]
fn a_refusal_names_the_property_the_way_out_and_the_source() {
    let properties = serde_json::json!({ "FifoQueue": true, "QueueName": "jobs" });
    let model = model([resource("data.jobs", "aws.sqs.queue", properties)]);
    let found = check(&model, &Library::embedded(), &|name| Catalog::embedded().get(name));
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        (only.code, only.message.as_str()),
        ("GPB2017", "the name \"jobs\" of a FIFO queue does not end with .fifo")
    );
    let help = only.help.as_deref().unwrap();
    assert!(help.contains("`queue_name`") && help.contains("https://docs.aws.amazon.com/"), "{help}");
    assert_eq!(only.span(), model.resources[0].spans.get(&PropPath("QueueName".into())).copied());
}

#[test]
fn a_file_that_is_no_rule_is_reported() {
    let rule = |requirement: &str| {
        format!(
            "[[rule]]\nid = \"x\"\ntypes = [\"queue\"]\n{requirement}\nsays = \"\"\nhelp = \"\"\nsource = \"\"\nrefuses = {{}}\naccepts = {{}}\n"
        )
    };
    let told = |text: String| {
        let library: Library = [("rules/sqs.toml".to_owned(), text.into())].into_iter().collect();
        let model = model([resource("data.jobs", "aws.sqs.queue", serde_json::json!({}))]);
        let found = check(&model, &library, &|name| Catalog::embedded().get(name));
        found.into_iter().map(|one| format!("{} {}", one.code, one.message)).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(told(rule("required = [\"QueueName\"]")), "GPB2017 ");
    for (requirement, mistake) in [
        ("", "exactly one of required"),
        ("required = [\"A\"]\nforbidden = [\"B\"]", "exactly one of required"),
        ("require = { A = { least = 1 } }", "there is no test `least`"),
        ("require = { \"A/*\" = 1 }", "write some(A/*) or every(A/*)"),
        ("require = { \"size(A)\" = 1 }", "there is no measure `size`"),
        ("require = { A = { form = \"cidr\" } }", "there is no form `cidr`"),
        ("require = { A = { max = { off = \"B\" } } }", "a limit has `of`, `times` and `plus`"),
        ("required = [\"A//B\"]", "has an empty step"),
        ("must = [\"A\"]", "unknown field `must`"),
    ] {
        let told = told(rule(requirement));
        assert!(told.starts_with("GPB2018 rules/sqs.toml: ") && told.contains(mistake), "{requirement}: {told}");
    }
}

#[test]
fn what_only_a_creation_lacks_is_refused_where_there_is_one() {
    let properties = serde_json::json!({ "Engine": "aurora-postgresql", "DBClusterIdentifier": "main" });
    let model = model([resource("data.main", "aws.rds.db_cluster", properties)]);
    let (library, types) = (Library::embedded(), |name: &str| Catalog::embedded().get(name));
    let told = |found: Vec<Diagnostic>| found.iter().map(|one| (one.code, one.severity)).collect::<Vec<_>>();
    assert_eq!(told(check(&model, &library, &types)), [("GPB2017", Severity::Warning)]);
    let created = BTreeSet::from([&model.resources[0].address]);
    assert_eq!(told(check_creations(&model, &library, &types, &created)), [("GPB2017", Severity::Error)]);
    assert_eq!(told(check_creations(&model, &library, &types, &BTreeSet::new())), []);
}

/// Returns the messages about names that resources share, of resources of one type by their properties.
fn shared_names(ty: &str, resources: &[(&str, Json)]) -> Vec<String> {
    let model = model(resources.iter().map(|(name, properties)| resource(name, ty, properties.clone())));
    let types: TypeLookup<'_> = &|name| Catalog::embedded().get(name);
    let found = names::check(&RuleBook::of(&Library::embedded()), &ReferenceTargets::of(&model), types);
    found.into_iter().map(|one| one.message).collect()
}

#[test]
fn a_name_that_two_resources_bear_is_told_once() {
    use serde_json::json;
    let queue = |name: &str| json!({ "QueueName": name });
    let all = [("a", queue("t")), ("b", queue("t")), ("c", queue("T")), ("d", queue("t")), ("e", json!({}))];
    assert_eq!(shared_names("aws.sqs.queue", &all), ["`a`, `b` and 1 more have the same `queue_name`: \"t\""]);
    let listener = |port: i64| json!({ "LoadBalancerArn": "arn", "Port": port });
    assert_eq!(
        shared_names(
            "aws.elasticloadbalancingv2.listener",
            &[("a", listener(80)), ("b", listener(443)), ("c", listener(80))]
        ),
        ["`a` and `c` have the same `load_balancer_arn` and `port`: \"arn\" and 80"]
    );
}

#[test]
fn what_is_known_only_later_is_the_same_where_it_is_the_same_property() {
    use serde_json::json;
    let of = |to: &str, path: &str| json!({ "$ref": { "to": to, "path": path } });
    let policy = |queue: Json| json!({ "Queues": [queue] });
    let told = |one: Json, other: Json| {
        shared_names("aws.sqs.queue_policy", &[("x", policy(one)), ("y", policy(other))]).len()
    };
    assert_eq!(told(of("x", "Id"), of("x", "Id")), 1);
    assert_eq!(told(of("x", ""), of("x", "Id")), 1, "the identifier by its name");
    assert_eq!(told(of("x", "Id"), of("y", "Id")), 0);
    assert_eq!(told(of("x", "Id"), json!("x")), 0);
    let call = json!({ "$call": ["coalesce"] });
    assert_eq!(told(call.clone(), call), 0);
}
