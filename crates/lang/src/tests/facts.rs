//! Facts about resource types, and what an environment is held to.

use super::{Files, check, with_files, wrong};
use crate::{Compilation, CompileInputs, check as check_program, compile};
use gpb_base::source::Loader;
use gpb_base::stdlib::Library;
use gpb_model::{Applicability, Domain, FactEvaluator, PropertyValue};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

const SHOP: &str = r#"
facts aws.sqs.queue {
  let dead = resource_of(self.redrive_policy?.dead_letter_target_arn)

  usage {
    requests = 1M
    storage  = 10 GiB
  }

  recovery kept {
    when    = is_set(dead) && (self.visibility_timeout ?? 30) > 10
    domains = [node, zone]
    rpo     = 0s
    alarms  = resources_where("aws.cloudwatch.alarm", "dimensions.value", self)
  }

  price requests {
    quantity = usage.requests * 2
    users    = environment.usage.users
    needed   = required_by(self, "slots")
  }

  price named {
    when  = same_target(self.arn, self.queue_url)
    where = region_of(self)
  }
}

stack shop {
  layer queues {
    recover from zone, node { rpo 0s, rto 1min }

    resource aws.sqs.queue dead {
      queue_name = "dead"
    }

    resource aws.sqs.queue jobs {
      queue_name         = "jobs"
      visibility_timeout = 40
      redrive_policy     = { dead_letter_target_arn = dead.arn, max_receive_count = 5 }
      usage { requests = 5 * environment.usage.users }
      needs 20 slots of dead
      derived from dead { rebuild 5min }
    }

    resource aws.cloudwatch.alarm late {
      alarm_name          = "late"
      namespace           = "AWS/SQS"
      metric_name         = "ApproximateAgeOfOldestMessage"
      dimensions          = [{ name = "QueueName", value = jobs.queue_name }]
      statistic           = "Maximum"
      period              = 60
      evaluation_periods  = 5
      comparison_operator = "GreaterThanThreshold"
      threshold           = 5
    }
  }
}

environment live of shop {
  account = "123456789012"
  region  = us-east-1
  mode    = sandbox
  usage { users = 10k }
  recover from region { rto 4h, decide 15min, guaranteed true }
  budget $500 per month
  budget at 100k users $2_000..$5_000 per month
}
"#;

fn facts_of(model: &gpb_model::Model) -> String {
    let mut out = String::new();
    for fact in &model.facts {
        let _ = writeln!(out, "{} {} {}: {:?}", fact.of, fact.kind, fact.name, fact.applies);
        for (name, value) in &fact.fields {
            let _ = writeln!(out, "  {name} = {value}");
        }
        for read in &fact.evidence {
            let resource = model.resources.iter().find(|one| one.address == read.resource).unwrap();
            let def = gpb_catalog::Catalog::embedded().get(&resource.ty).unwrap();
            let shown = gpb_catalog::typed::shown(resource, &def, &read.property);
            let _ = writeln!(out, "  read {}.{} {shown:?}", read.resource, read.property);
        }
    }
    out
}

fn compiled(text: &str) -> Compilation {
    let compilation = with_files(&[("main.gpb", text)], &[], |entry, inputs| compile(entry, inputs, None));
    assert!(!compilation.has_errors(), "{}", wrong(&compilation));
    compilation
}

#[test]
fn every_fact_of_a_type_is_evaluated_for_every_resource_of_it() {
    let compilation = compiled(SHOP);
    insta::assert_snapshot!(facts_of(compilation.model().unwrap()));
}

/// Facts that read nothing but a few properties of their own resource are worked out once for all that are alike in those.
/// What is said of each is what would be said of it alone.
#[test]
fn resources_that_are_alike_are_told_the_same_and_others_are_not() {
    const FACTS: &str = r#"
facts aws.sqs.queue {
  usage { requests = 1M }
  let wait = self.visibility_timeout ?? 30
  let late = resources_where("aws.cloudwatch.alarm", "dimensions.value", self)

  quota waiting {
    when = wait > 10
    uses = wait * 2
    of   = "one ${if self.fifo_queue ?? false { "ordered" } else { "plain" }} queue"
  }
  price requests { quantity = usage.requests, keeps = self.message_retention_period ?? 4 }
  watch it { alarms = length(late), name = self.queue_name, waits = wait }
}
"#;
    let queues = [
        "a { queue_name = \"a\" }",
        "b { queue_name = \"b\" }",
        "c { queue_name = \"c\", visibility_timeout = 5 }",
        "d { queue_name = \"d\", visibility_timeout = 30 }",
        "e { queue_name = \"e\", fifo_queue = true, usage { requests = 5 } }",
        "f { queue_name = \"f\", fifo_queue = true }",
        "g { queue_name = \"g\", fifo_queue = false, message_retention_period = 60 }",
        "h { queue_name = \"h\", visibility_timeout = 50, tags = { x = \"y\" } }",
    ];
    let told = |queues: &[&str]| {
        let queues: Vec<String> = queues.iter().map(|queue| format!("  resource aws.sqs.queue {queue}\n")).collect();
        let queues = queues.concat();
        let text = format!(
            "{FACTS}\nstack shop {{\n{queues}}}\n\nenvironment live of shop {{\n  account = \"123456789012\"\n  \
             region = us-east-1\n  mode = sandbox\n}}\n"
        );
        facts_of(compiled(&text).model().unwrap())
    };
    let alone: String = queues.iter().map(|queue| told(&[queue])).collect();
    assert_eq!(told(&queues), alone);
    assert_eq!(alone.matches("quota waiting: Yes").count(), 7, "{alone}");
}

#[test]
fn what_an_environment_is_held_to_is_in_its_model() {
    let compilation = compiled(SHOP);
    let goals = &compilation.model().unwrap().goals;
    let targets: Vec<_> = goals.targets.iter().map(|one| (one.scope.as_str(), one.domain, one.guaranteed)).collect();
    let expected = [("", Domain::Region, true), ("queues", Domain::Zone, false), ("queues", Domain::Node, false)];
    assert_eq!(targets, expected);
    assert_eq!(goals.targets[0].rto.unwrap().0, 14_400.into());
    assert_eq!((goals.derived[0].scope.as_str(), goals.derived[0].from.as_str()), ("queues.jobs", "queues.dead"));
    assert_eq!(goals.derived[0].rebuild, Some(300.into()));
    assert_eq!((goals.needs[0].what.as_str(), goals.needs[0].amount), ("slots", 20.into()));
    assert_eq!((goals.budgets[0].low, goals.budgets[0].high), (0.into(), 500.into()));
    assert_eq!(goals.budgets[1].at, Some(("users".to_owned(), 100_000.into())));
}

#[test]
fn a_budget_at_a_usage_brings_the_environment_as_it_is_then() {
    let compilation = compiled(SHOP);
    let [tier] = compilation.models[0].usage_levels.as_slice() else {
        panic!("{:?}", compilation.models[0].usage_levels.len())
    };
    let requests =
        tier.model.facts.iter().find(|fact| fact.name.as_ref() == "requests" && fact.of.as_str() == "queues.jobs");
    let quantity = requests.unwrap().field("quantity").unwrap();
    assert_eq!(quantity.to_string(), "1000000");
    assert!(tier.model.facts.iter().all(|fact| fact.applies != Applicability::Unknown));
}

#[test]
fn facts_of_the_library_are_read_for_the_types_a_program_mentions() {
    let facts = "facts aws.sns.topic {\n  price free {\n    cost = $0\n  }\n}\n";
    let of = |ty: &str| {
        let text = super::stack(&format!("resource {ty} one {{ }}"));
        let library = [("facts/prices/sns.gpb", facts)];
        let compilation = with_files(&[("main.gpb", &text)], &library, |entry, inputs| compile(entry, inputs, None));
        (compilation.modules.len(), compilation.model().map_or(0, |model| model.facts.len()))
    };
    assert_eq!((of("aws.sns.topic"), of("aws.sqs.queue")), ((2, 1), (1, 0)));
}

#[test]
fn facts_about_a_type_that_still_exists_are_read_when_asked_for() {
    let library = [
        ("facts/prices/sns.gpb", "facts aws.sns.topic {\n  price free {\n    cost = nothing()\n  }\n}\n"),
        ("facts/prices/free.gpb", "fn nothing() = $0\n"),
    ];
    let text = super::stack("resource aws.sqs.queue one { }");
    let compilation = with_files(&[("main.gpb", &text)], &library, |entry, inputs| compile(entry, inputs, None));
    let model = compilation.model().unwrap();
    let mut removed = model.resources.clone();
    removed[0].ty = "aws.sns.topic".into();
    let found = compilation.facts.facts(model, &[removed, model.resources.clone()]);
    let costs: Vec<_> = found.iter().flatten().map(|fact| fact.field("cost").unwrap().to_string()).collect();
    assert_eq!((compilation.modules.len(), costs), (1, vec!["$0".to_owned()]));
}

#[test]
fn only_the_names_of_items_bring_files_of_the_library() {
    let library = [
        ("messaging/queue.gpb", "pub component queue {\n  param depth: count = 1\n}\n"),
        ("facts/prices/sqs.gpb", "facts aws.sqs.queue {\n  price queue {\n    cost = free(1)\n  }\n}\n"),
        ("facts/prices/free.gpb", "pub fn free(count: number) = $0\n"),
    ];
    let read = |text: &str| {
        let text = super::stack(text);
        let compilation =
            with_files(&[("main.gpb", &text)], &library, |entry, inputs| check_program(entry, inputs, None));
        let paths = compilation.sources.iter().skip(1).map(|(_, file)| file.path.clone());
        paths.collect::<Vec<_>>().join(" ")
    };
    // Neither the last word of a type nor the name of a fact is the component.
    assert_eq!(read("resource aws.sqs.queue one { }"), "std:facts/prices/free.gpb std:facts/prices/sqs.gpb");
    assert_eq!(read("queue jobs { }"), "std:messaging/queue.gpb");
    assert_eq!(read("let a = [for n in 0..free(1): n]"), "std:facts/prices/free.gpb");
}

#[test]
fn what_is_demanded_wrongly_is_told() {
    let in_stack = |text: &str| check(&super::stack(text));
    let in_environment = |text: &str| check(&format!("stack demo {{\n  resource aws.sqs.queue a {{}}\n}}\n{text}"));
    insta::assert_snapshot!(
        "demands",
        [
            in_stack("recover from zon { rpo 0s }"),
            in_stack("recover from zone { }"),
            in_stack("recover from zone { rpo 70% }"),
            in_stack("recover from zone { rpa 1s }"),
            in_stack("resource aws.sqs.queue a { derived from nothing }"),
            in_stack("resource aws.sqs.queue a { usage { x = 1 } }"),
            in_stack("let a = all(\"aws.sqs.queue\")\nresource aws.sqs.queue b { queue_name = length(a) }"),
            in_environment(&super::environment("usage { users = 1 }\nbudget at 5 uses $5 per month")),
            in_environment(&super::environment("budget $5 per day")),
            in_environment(&super::environment("budget at 5 users $5h per month")),
        ]
        .join("\n---\n")
    );
}

#[test]
fn what_differs_from_resource_to_resource_is_worked_out_for_each() {
    let field = |value: &str| {
        let text = format!(
            r#"
fn shout(text: string) = upper(text)
fn fixed(n: count = 2) = "n ${{n}}"
fn who(what: string) = length(resources_where("aws.sqs.queue", "queue_name", what))
facts aws.sqs.queue {{
  let name = self.queue_name
  usage {{ requests = if self.queue_name == "a" {{ 1 }} else {{ 2 }} }}
  price one {{ value = {value} }}
}}
stack shop {{
  resource aws.sqs.queue a {{ queue_name = "a" }}
  resource aws.sqs.queue b {{ queue_name = "b" }}
}}
environment live of shop {{
  account = "123456789012"
  region  = us-east-1
  mode    = sandbox
}}
"#
        );
        let model = compiled(&text).models.remove(0).model;
        let shown = model.facts.iter().map(|fact| fact.field("value").unwrap().to_string());
        shown.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(field("self.queue_name"), r#""a" "b""#);
    assert_eq!(field("shout(self.queue_name)"), r#""A" "B""#);
    assert_eq!(field("[name]"), r#"["a"] ["b"]"#);
    assert_eq!(field("\"${usage.requests}\""), r#""1" "2""#);
    assert_eq!(field("{ x = { y = name } }"), r#"{ x = { y = "a" } } { x = { y = "b" } }"#);
    assert_eq!(field("[for x in [1]: name]"), r#"["a"] ["b"]"#);
    assert_eq!(field("who(\"a\") + who(name)"), "2 2");
    assert_eq!(field("[fixed(), fixed(n: 3), region]"), r#"["n 2", "n 3", region] ["n 2", "n 3", region]"#);
}

/// Files in memory that count how often each is loaded.
struct CountingFiles {
    files: Files,
    loads: RefCell<BTreeMap<String, u32>>,
}

impl Loader for CountingFiles {
    fn load(&self, from: &str, path: &str) -> Result<(String, Arc<str>), String> {
        *self.loads.borrow_mut().entry(path.to_owned()).or_default() += 1;
        self.files.load(from, path)
    }
}

#[test]
fn facts_about_other_resources_load_no_file_again() {
    let text =
        SHOP.replace("facts aws.sqs.queue", "use \"more.gpb\"\nfacts aws.sqs.queue").replace("= 10 GiB", "= kept");
    let files = [("main.gpb", text.as_str()), ("more.gpb", "pub const kept = 10 GiB")];
    let files = Files(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect());
    let (loader, library) = (CountingFiles { files, loads: RefCell::default() }, Library::default());
    let compilation = compile("main.gpb", &CompileInputs::embedded(&loader, &library), None);
    let model = compilation.model().filter(|_| !compilation.has_errors()).unwrap();

    let mut quicker = model.resources.clone();
    for resource in &mut quicker {
        if resource.properties.contains_key("VisibilityTimeout") {
            resource.properties.insert("VisibilityTimeout".into(), PropertyValue::Int(5));
        }
    }
    let found = compilation.facts.facts(model, &[model.resources.clone(), quicker, Vec::new()]);
    let [same, quicker, none] = found.as_slice() else { panic!("{found:?}") };
    let shown = |facts: &[gpb_model::Fact]| -> Vec<String> {
        facts.iter().map(|fact| format!("{} {} {:?} {:?}", fact.of, fact.name, fact.applies, fact.fields)).collect()
    };
    assert_eq!(shown(same), shown(&model.facts));
    let kept = |facts: &[gpb_model::Fact]| {
        let is_kept = |fact: &&gpb_model::Fact| *fact.name == *"kept" && fact.of.as_str() == "queues.jobs";
        facts.iter().find(is_kept).map(|fact| fact.applies)
    };
    assert_eq!((kept(same), kept(quicker)), (Some(Applicability::Yes), Some(Applicability::No)));
    assert!(none.is_empty(), "{none:?}");
    assert_eq!(*loader.loads.borrow(), BTreeMap::from([("main.gpb".to_owned(), 1), ("more.gpb".to_owned(), 1)]));
}
