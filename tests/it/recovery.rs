//! Recovery targets and contradictions over small topologies: each file below `tests/recovery/` has its verdicts in a
//! snapshot next to it.

use crate::support::{Folder, root};
use gpb::report::Styles;
use gpb::report::recovery::table;
use gpb_base::diag::render;
use gpb_base::source::{Loader, SourceMap};
use gpb_base::stdlib::Library;
use gpb_catalog::Catalog;
use gpb_check::recovery;
use gpb_check::recovery::RecoveryInputs;
use gpb_lang as lang;
use gpb_lang::CompileInputs;
use gpb_model::graph::Graph;
use gpb_model::value::{Value, ValueKind};
use gpb_model::{Address, Applicability, Domain, Fact, FactEvaluator, Model};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::Mutex;

fn cases() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("tests/recovery")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "gpb") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

struct RecoveryFiles;

impl Loader for RecoveryFiles {
    fn load(&self, _: &str, path: &str) -> Result<(String, Arc<str>), String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        Ok((path.to_owned(), text.into()))
    }
}

/// The kinds of facts that recovery reads.
const KINDS: &[&str] = &[
    "store",
    "recovery",
    "compute",
    "redirect",
    "obstacle",
    "contradiction",
    "caution",
    "lifecycle",
    "step",
    "keeps_nothing",
];

/// Returns `aws.x.y kind name` for each fact in the library, and true when it has a condition.
fn stated() -> BTreeMap<String, bool> {
    let library = Library::embedded();
    let mut found = BTreeMap::new();
    for (_, text) in library.below("facts/recovery/", ".gpb") {
        let (mut ty, mut fact) = ("", String::new());
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["facts", name, "{"] => ty = name,
                [kind, name, "{"] if line.starts_with("  ") && !line.starts_with("   ") && KINDS.contains(kind) => {
                    fact = format!("{ty} {kind} {name}");
                    found.insert(fact.clone(), false);
                }
                ["when", "=", "false"] => {
                    found.remove(&fact);
                }
                ["when", "=", ..] if line.starts_with("    when") => {
                    found.insert(fact.clone(), true);
                }
                _ => {}
            }
        }
    }
    found
}

/// A report cites a fact by its name alone, so the name must state the claim and its subject.
#[test]
fn a_name_that_reports_cite_is_a_slug_of_one_fact() {
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    let mut wrong = String::new();
    for fact in stated().into_keys() {
        let [_, kind, name] = fact.split(' ').collect::<Vec<_>>()[..] else { panic!("{fact}") };
        if !["recovery", "compute", "redirect", "obstacle", "contradiction", "caution"].contains(&kind) {
            continue;
        }
        let words: Vec<&str> = name.split('_').collect();
        if words.len() < 2 || words.iter().any(|word| word.parse::<u32>().is_ok()) {
            let _ = writeln!(wrong, "{fact}: the name does not say what it claims");
        }
        if let Some(other) = owners.insert(name.to_owned(), fact.clone()) {
            let _ = writeln!(wrong, "{fact}: {other} has this name too");
        }
    }
    assert!(owners.len() > 150, "only {} names", owners.len());
    assert!(wrong.is_empty(), "{wrong}");
}

/// Each topology is compiled once: its verdicts are those of its snapshot, its facts are well formed, and all of them
/// together show every fact of the library on both sides of its condition.
#[test]
fn every_topology_is_judged_as_is_written_beside_it() {
    let library = Library::embedded();
    let mut seen: BTreeSet<(String, bool)> = BTreeSet::new();
    for case in cases() {
        let compilation =
            lang::compile(case.to_str().unwrap(), &CompileInputs::embedded(&RecoveryFiles, &library), None);
        let said = render::human(&compilation.diagnostics, &compilation.sources, render::Style::PLAIN);
        let Some(model) = compilation.model().filter(|_| said.is_empty()) else { panic!("{}\n{said}", case.display()) };
        remember(model, &mut seen);
        let name = case.file_stem().unwrap().to_str().unwrap();
        insta::with_settings!({
            snapshot_path => case.parent().unwrap(),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name, judged(model, &compilation.sources));
        });
    }
    let stated = stated();
    assert!(stated.len() > 150, "only {} facts", stated.len());
    let mut missing = String::new();
    for (fact, conditional) in &stated {
        for side in [true, false] {
            if (side || *conditional) && !seen.contains(&(fact.clone(), side)) {
                let _ = writeln!(missing, "{fact}: never {}", if side { "holds" } else { "fails" });
            }
        }
    }
    assert!(missing.is_empty(), "{missing}");
}

/// Returns the resource that each proposal of a fact changes, and the properties it sets.
fn settings(fact: &Fact) -> Vec<(Address, Value)> {
    let Some(proposed) = fact.field("remedy") else { return Vec::new() };
    let changes = proposed.as_list().map_or_else(|| vec![proposed.clone()], <[Value]>::to_vec);
    let setting = |change: &Value| {
        let fields = change.as_map()?;
        let of = match fields.get("of").map(|entry| &entry.value.kind) {
            Some(ValueKind::Resource(handle)) => handle.address.clone(),
            _ => fact.of.clone(),
        };
        (!fields.contains_key("like")).then(|| fields.get("set").map(|set| (of, set.value.clone())))?
    };
    changes.iter().filter_map(setting).collect()
}

/// Files on disk that count how often they are loaded.
#[derive(Default)]
struct CountingFiles(Mutex<BTreeMap<String, u32>>);

impl Loader for CountingFiles {
    fn load(&self, from: &str, path: &str) -> Result<(String, Arc<str>), String> {
        *self.0.lock().unwrap().entry(path.to_owned()).or_default() += 1;
        RecoveryFiles.load(from, path)
    }
}

/// The checks price what they propose by the facts that were compiled: a program is loaded once.
#[test]
fn pricing_a_proposal_loads_no_file_again() {
    let library = Library::embedded();
    let mut priced = 0;
    for case in cases() {
        let (loader, entry) = (CountingFiles::default(), case.to_str().unwrap());
        let mut compilation = lang::compile(entry, &CompileInputs::embedded(&loader, &library), None);
        let types = &|name: &str| Catalog::embedded().get(name);
        gpb::analysis::analyze(&mut compilation, &library, types, "2026-11-23");
        let said = compilation.diagnostics.iter().filter_map(|diagnostic| diagnostic.help.as_deref());
        priced += said.filter(|help| help.contains('$')).count();
        assert_eq!(*loader.0.lock().unwrap(), BTreeMap::from([(entry.to_owned(), 1)]));
    }
    assert!(priced > 0, "no proposal has a price");
}

/// A proposed change must make the fact hold that proposes it.
#[test]
fn what_a_proposal_sets_is_enough() {
    let library = Library::embedded();
    let mut wrong = String::new();
    let mut tried: BTreeMap<Arc<str>, usize> = BTreeMap::new();
    for case in cases() {
        let (entry, inputs) = (case.to_str().unwrap(), CompileInputs::embedded(&RecoveryFiles, &library));
        let compilation = lang::compile(entry, &inputs, None);
        let model = compilation.model().unwrap();
        let mut asked = Vec::new();
        let mut worlds = Vec::new();
        // Nothing is proposed for what is no store by itself: an instance of a cluster.
        let stores: BTreeSet<&Address> = model
            .facts
            .iter()
            .filter(|fact| *fact.kind == *"store" && fact.applies != Applicability::No)
            .map(|fact| &fact.of)
            .collect();
        let proposed = |fact: &&Fact| *fact.kind != *"recovery" || stores.contains(&fact.of);
        for fact in model.facts.iter().filter(|fact| fact.applies == Applicability::No).filter(proposed) {
            // Twice is enough of what many topologies propose alike.
            let times = tried.entry(fact.name.clone()).or_default();
            for (of, set) in settings(fact).into_iter().filter(|_| *times < 2) {
                let mut resources = model.resources.clone();
                let resource = resources.iter_mut().find(|one| one.address == of).unwrap();
                let def = Catalog::embedded().get(&resource.ty).unwrap();
                match lang::property::changed(resource, &def, &set, &lang::EmbeddedCloudFacts) {
                    Ok(properties) => resource.properties = properties,
                    Err(problems) => {
                        let _ = writeln!(wrong, "{}: {}", fact.name, problems[0].message);
                        continue;
                    }
                }
                asked.push(fact);
                worlds.push(resources);
            }
            *times += 1;
        }
        if worlds.is_empty() {
            continue;
        }
        for (fact, then) in asked.iter().zip(compilation.facts.facts(model, &worlds)) {
            let holds = then.iter().any(|one| {
                (&one.of, &one.kind, &one.name) == (&fact.of, &fact.kind, &fact.name)
                    && one.applies != Applicability::No
            });
            if !holds {
                let _ = writeln!(wrong, "{}: {} of {}", case.display(), fact.name, fact.of);
            }
        }
    }
    assert!(tried.len() > 8, "{tried:?}");
    assert!(wrong.is_empty(), "{wrong}");
}

/// Returns the table and the diagnostics, as the command prints them.
fn judged(model: &Model, sources: &SourceMap) -> String {
    let graph = Graph::build(model);
    let types = &|name: &str| Catalog::embedded().get(name);
    let mut found = recovery::check(RecoveryInputs { model, graph: &graph, types, price: Rc::new(|_| None) });
    gpb_base::diag::sort(&mut found.diagnostics);
    let malformed: Vec<_> = found.diagnostics.iter().filter(|one| one.code == "GPB4009").collect();
    assert!(malformed.is_empty(), "{malformed:#?}");
    let mut text = table(&model.environment.name, &found.rows(None), &Styles::PLAIN);
    // Paths are those of this machine; a case is one file.
    let said = render::human(&found.diagnostics, sources, render::Style::PLAIN);
    let folder = root().display().to_string();
    let _ = write!(text, "\n{}", said.replace(&format!("{folder}/"), ""));
    text
}

/// Records on which side of its condition each fact was seen, and asserts that it has a source.
fn remember(model: &Model, seen: &mut BTreeSet<(String, bool)>) {
    let types: BTreeMap<_, _> = model.resources.iter().map(|one| (&one.address, &*one.ty)).collect();
    for fact in &model.facts {
        let Some(ty) = types.get(&fact.of) else { continue };
        let name = format!("{ty} {} {}", fact.kind, fact.name);
        if fact.applies == Applicability::Yes
            && ["recovery", "compute", "redirect", "contradiction"].contains(&fact.kind.as_ref())
        {
            let graded =
                fact.text("grade") == Some("D") || fact.text("source").is_some_and(|one| one.starts_with("https://"));
            assert!(graded, "{name} does not say where it is known from");
        }
        match fact.applies {
            Applicability::Yes => seen.insert((name, true)),
            Applicability::No => seen.insert((name, false)),
            Applicability::Unknown => false,
        };
    }
}

#[test]
fn the_chain_behind_a_verdict_names_the_facts_and_their_sources() {
    let folder = Folder::new();
    let case = root().join("tests/recovery/claims/cache.gpb");
    folder.write("case.gpb", &std::fs::read_to_string(case).unwrap());
    insta::assert_snapshot!(
        "explained",
        folder.gpb(&["recovery", "case.gpb", "--explain", "data.sessions", "--domain", "zone"]).out
    );
    let wrong = folder.expect(1, &["recovery", "case.gpb", "--explain", "data.session"]);
    assert!(wrong.err.contains("did you mean `data.sessions`?"), "{}", wrong.text());
    let json = folder.expect(3, &["recovery", "case.gpb", "--json", "--domain", "zone"]).json();
    assert_eq!(json["rows"][0]["verdict"], "refuted", "{json:#}");
    assert_eq!(json["ok"], false);
}

#[test]
fn a_refuted_target_refuses_the_plan() {
    let folder = Folder::new();
    let case = root().join("tests/recovery/stores/rds_single.gpb");
    folder.write("case.gpb", &std::fs::read_to_string(case).unwrap());
    let ran = folder.expect(3, &["plan", "case.gpb", "--cloud", "sim"]);
    assert!(ran.err.contains("GPB4001"), "{}", ran.text());
    folder.expect(3, &["check", "case.gpb"]);
}

/// A diagnostic of some environments names them; one of all environments is reported once.
#[test]
fn each_environment_of_a_spec_is_judged() {
    let folder = Folder::new();
    let text = r#"stack shop {
  param copies: count
  layer data {
    resource aws.memorydb.cluster sessions {
      cluster_name = "sessions"
      node_type = "db.r6g.large"
      acl_name = "open-access"
      num_shards = 1
      num_replicas_per_shard = copies
      recover from region { rpo 1min }
      recover from node { rto 1min }
    }
  }
}

environment small of shop {
  account = "123456789012"
  region = us-east-1
  mode = sandbox
  copies = 0
  budget $10 per month
}

environment large of shop {
  account = "123456789012"
  region = us-east-1
  mode = sandbox
  copies = 1
}
"#;
    folder.write("shop.gpb", text);
    let told: Vec<String> = folder.expect(3, &["check", "shop.gpb", "--json"]).json()["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", one["code"].as_str().unwrap(), one["message"].as_str().unwrap()))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    GPB4001 `data.sessions` (MemoryDB cluster) loses everything when its region is lost
    GPB4005 in `small`: nothing proves that `data.sessions` (MemoryDB cluster) will be back within 1min when a node is lost: unpublished
    GPB5002 `small` costs $0.00 a month as far as prices are known, and one part of it has no price
    ");
    folder.expect(3, &["check", "shop.gpb", "--env", "large"]);
}

#[test]
fn a_runbook_says_who_does_what_in_which_order() {
    let folder = Folder::new();
    let case = root().join("tests/recovery/wholes/whole_region.gpb");
    folder.write("case.gpb", &std::fs::read_to_string(case).unwrap());
    insta::assert_snapshot!("runbook", folder.expect(0, &["drill", "case.gpb", "--domain", "region"]).out);
}

/// Returns the worst verdicts on the loss of a node and of a zone.
fn verdicts(path: &Path, text: &str) -> Vec<Option<recovery::Verdict>> {
    std::fs::write(path, text).unwrap();
    let library = Library::embedded();
    let compilation = lang::compile(path.to_str().unwrap(), &CompileInputs::embedded(&RecoveryFiles, &library), None);
    let Some(model) = compilation.model().filter(|_| !compilation.has_errors()) else { panic!("{text}") };
    let graph = Graph::build(model);
    let types = &|name: &str| Catalog::embedded().get(name);
    let found = recovery::check(RecoveryInputs { model, graph: &graph, types, price: Rc::new(|_| None) });
    let worst = |domain| found.rows(Some(domain)).iter().filter(|row| row.whole).map(|row| row.verdict).max().flatten();
    vec![worst(Domain::Node), worst(Domain::Zone)]
}

fn program(body: &str) -> String {
    format!(
        "stack demo {{\n  recover from node, zone {{ rpo 1min, rto 2min }}\n{body}\n}}\n
environment live of demo {{\n  account = \"123456789012\"\n  region = us-east-1\n  mode = sandbox\n}}\n"
    )
}

#[test]
fn another_replica_never_makes_it_worse() {
    let folder = Folder::new();
    let path = folder.path("case.gpb");
    let cache = |replicas: usize| {
        program(&format!(
            "resource aws.elasticache.replication_group a {{\n replication_group_description = \"a\"\n engine = \"valkey\"
 num_node_groups = 1\n replicas_per_node_group = {replicas}\n multi_az_enabled = {0}\n automatic_failover_enabled = {0}\n}}",
            replicas > 0
        ))
    };
    let aurora = |instances: usize| {
        let mut body =
            "resource aws.rds.db_cluster a {\n engine = \"aurora-postgresql\"\n engine_version = \"15.17\"\n}\n"
                .to_owned();
        for at in 0..=instances {
            let zone = ["a", "b", "c", "a"][at];
            let _ = writeln!(
                body,
                "resource aws.rds.db_instance i{at} {{\n db_cluster_identifier = a.id\n db_instance_class = \"db.r6g.large\"
 engine = \"aurora-postgresql\"\n availability_zone = \"us-east-1{zone}\"\n}}"
            );
        }
        program(&body)
    };
    let programs: [&dyn Fn(usize) -> String; 2] = [&cache, &aurora];
    for program in programs {
        let judged: Vec<_> = (0..4).map(|more| verdicts(&path, &program(more))).collect();
        for (fewer, more) in judged.iter().zip(judged.iter().skip(1)) {
            assert!(fewer.iter().zip(more).all(|(fewer, more)| more <= fewer), "{judged:?}");
        }
        assert_ne!(judged.first(), judged.last(), "more copies help: {judged:?}");
    }
}
