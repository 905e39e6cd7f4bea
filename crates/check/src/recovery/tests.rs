//! Tests of the check over models made by hand.
//!
//! The facts are those of no real service.

use super::{ProposedChange, RecoveryInputs, RecoveryReport, Verdict, check, judge};
use gpb_base::source::{FileId, Span};
use gpb_base::unit;
use gpb_model as model;
use gpb_model::PropPath;
use gpb_model::graph::Graph;
use gpb_model::value::{ResourceHandle, Value, ValueEntry, ValueKind, ValueMap};
use gpb_model::{
    Address, Applicability, Derivation, Domain, Evidence, Fact, Lifecycle, Model, Place, RecoveryTarget, Reference,
    Resource,
};
use rust_decimal::Decimal;
use std::fmt::Write as _;
use std::sync::Arc;

fn span(at: usize) -> Span {
    Span::new(FileId(0), at, at + 1)
}

fn duration(seconds: i64) -> Value {
    let quantity = unit::quantity(Decimal::from(seconds), "s", Span::default()).unwrap();
    Value::new(ValueKind::Quantity(quantity), Span::default())
}

fn word(text: &str) -> Value {
    Value::word(text, Span::default())
}

fn text(text: &str) -> Value {
    Value::text(text, Span::default())
}

fn words(texts: &[&str]) -> Value {
    Value::list(texts.iter().map(|text| word(text)).collect(), Span::default())
}

fn object(fields: &[(&str, Value)]) -> Value {
    let entry = |value: &Value| ValueEntry { key: Span::default(), value: value.clone() };
    let map: ValueMap = fields.iter().map(|(name, value)| (Arc::from(*name), entry(value))).collect();
    Value::map(map, Span::default())
}

fn bound(seconds: i64) -> Value {
    object(&[("kind", text("bound")), ("at", duration(seconds))])
}

fn typical(seconds: i64) -> Value {
    object(&[("kind", text("typical")), ("at", duration(seconds))])
}

fn kind(kind: &str) -> Value {
    object(&[("kind", text(kind))])
}

/// A model under construction.
#[derive(Default)]
struct RecoveryFixture {
    model: Model,
}

impl RecoveryFixture {
    fn new() -> RecoveryFixture {
        let mut world = RecoveryFixture::default();
        world.model.environment.name = "test".into();
        world.model.environment.place = Place { region: "near".into(), ..Place::default() };
        world
    }

    fn resource(mut self, address: &str, needs: &[&str]) -> RecoveryFixture {
        let to = |to: &&str| model::PropertyValue::Ref(Reference { to: Address::new(*to), path: PropPath::default() });
        self.model.resources.push(Resource {
            address: Address::new(address),
            ty: "test.thing".into(),
            existing: false,
            place: self.model.environment.place.clone().into(),
            layer: None,
            components: Vec::new(),
            properties: model::PropertyMap::from_iter([(
                "Needs".into(),
                model::PropertyValue::List(needs.iter().map(to).collect()),
            )]),
            spans: gpb_model::Spans::default(),
            after: Vec::new(),
            after_spans: std::collections::BTreeMap::new(),
            reads: Vec::new(),
            lifecycle: Lifecycle::default(),
            span: span(self.model.resources.len()),
            doc: None,
        });
        self
    }

    fn store(self, address: &str, needs: &[&str]) -> RecoveryFixture {
        self.resource(address, needs).fact(address, "store", "it", Applicability::Yes, &[("what", text("store"))])
    }

    fn fact(
        mut self,
        of: &str,
        kind: &str,
        name: &str,
        applies: Applicability,
        fields: &[(&str, Value)],
    ) -> RecoveryFixture {
        self.model.facts.push(Fact {
            of: Address::new(of),
            kind: kind.into(),
            name: name.into(),
            applies,
            fields: fields.iter().map(|(name, value)| (Arc::from(*name), value.clone())).collect(),
            evidence: vec![Arc::new(Evidence {
                resource: Address::new(of),
                property: PropPath("Copies".into()),
                written: true,
                span: span(50),
            })],
            span: span(60),
            declared: Span::default(),
        });
        let resources = &self.model.resources;
        self.model.facts.sort_by_key(|fact| resources.iter().position(|resource| resource.address == fact.of));
        self
    }

    /// A way back from the loss of a zone.
    fn way(self, of: &str, name: &str, applies: Applicability, mode: &str, rpo: Value, rto: Value) -> RecoveryFixture {
        let fields = [
            ("domains", words(&["zone"])),
            ("rpo", rpo),
            ("rto", rto),
            ("mode", word(mode)),
            ("says", text(&format!("what {name} says"))),
            ("grade", word("D")),
            ("remedy", object(&[("say", text(&format!("do {name}"))), ("set", object(&[("copies", duration(2))]))])),
        ];
        self.fact(of, "recovery", name, applies, &fields)
    }

    fn target(mut self, scope: &str, rpo: i64, rto: i64, decide: Option<i64>) -> RecoveryFixture {
        let at = |seconds: i64| Some((Decimal::from(seconds), span(70)));
        self.model.goals.targets.push(RecoveryTarget {
            scope: scope.into(),
            domain: Domain::Zone,
            rpo: at(rpo),
            rto: at(rto),
            decide: decide.and_then(at),
            guaranteed: false,
            span: span(71),
        });
        self
    }

    fn derived(mut self, scope: &str, from: &str, rebuild: i64) -> RecoveryFixture {
        let rebuild = Some(Decimal::from(rebuild));
        self.model.goals.derived.push(Derivation {
            scope: scope.into(),
            from: Address::new(from),
            rebuild,
            span: span(72),
        });
        self
    }

    fn judged<T>(&self, look: impl Fn(&RecoveryReport<'_>) -> T) -> T {
        let graph = Graph::build(&self.model);
        let price = |change: &ProposedChange| (change.say == "do cheap").then_some(Decimal::TEN);
        let given =
            RecoveryInputs { model: &self.model, graph: &graph, types: &|_| None, price: std::rc::Rc::new(price) };
        let found = check(given.clone());
        assert_eq!(judge(given).0, found.diagnostics, "what is said depends on whether the figures are worked out");
        look(&found)
    }

    /// The rows of the zone, a line each, and the codes of what is said.
    fn zone(&self) -> String {
        self.judged(|found| {
            let mut out = String::new();
            for row in found.rows(Some(Domain::Zone)) {
                let name = if row.subject.is_empty() { "*" } else { &row.subject };
                let rpo = row.rpo.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
                let verdict = row.verdict.map_or("-", Verdict::as_str);
                let _ = writeln!(out, "{name}: {rpo} | {} | {verdict}", row.rto);
            }
            for diagnostic in &found.diagnostics {
                let _ = writeln!(out, "{} {}", diagnostic.code, diagnostic.message);
            }
            out
        })
    }
}

fn main_store() -> RecoveryFixture {
    RecoveryFixture::new().store("main", &[])
}

#[test]
fn a_bound_proves_and_what_is_typical_makes_plausible() {
    let world =
        main_store().way("main", "a", Applicability::Yes, "automatic", bound(0), typical(60)).target("", 0, 60, None);
    insta::assert_snapshot!(world.zone(), @r"
    main: 0s | 1min typical | plausible
    *: 0s | 1min typical | plausible
    ");
}

#[test]
fn the_best_of_several_ways_counts_and_a_better_one_that_does_not_hold_is_advised() {
    let world = main_store()
        .way("main", "slow", Applicability::Yes, "automatic", kind("nonzero"), typical(600))
        .way("main", "dear", Applicability::No, "automatic", bound(0), typical(30))
        .way("main", "cheap", Applicability::No, "automatic", bound(0), typical(60))
        .target("main", 0, 60, None);
    insta::assert_snapshot!(world.zone(), @r"
    main: above 0s | 10min typical | refuted
    *: above 0s | 10min typical | -
    GPB4001 `main` (store) may lose more than 0s (above 0s) and may take longer than 1min (10min typical) when a zone is lost
    ");
    let help = world.judged(|found| found.diagnostics[0].help.clone().unwrap());
    insta::assert_snapshot!(help, @r"
    what slow says [slow (grade D, derived)]
    the cheapest change that meets it: do cheap ($10.00 a month more)
    ");
}

#[test]
fn a_person_needs_time_to_decide() {
    let world = |decide| {
        main_store()
            .way("main", "a", Applicability::Yes, "person", bound(0), typical(60))
            .target("", 0, 600, decide)
            .zone()
    };
    insta::assert_snapshot!(world(None), @r"
    main: 0s | 1min and more | refuted
    *: 0s | 1min and more | refuted
    GPB4003 `main` (store) comes back when a zone is lost only if a person acts, and nothing says how long deciding takes
    ");
    insta::assert_snapshot!(world(Some(300)), @r"
    main: 0s | 6min typical | plausible
    *: 0s | 6min typical | plausible
    ");
}

#[test]
fn nothing_that_fails_over_is_back_at_once() {
    let world =
        main_store().way("main", "a", Applicability::Yes, "automatic", bound(0), kind("none")).target("", 0, 0, None);
    insta::assert_snapshot!(world.zone(), @r"
    main: 0s | unpublished | refuted
    *: 0s | unpublished | refuted
    GPB4004 `main` (store) cannot be back at once when a zone is lost: something has to fail over first
    ");
}

#[test]
fn what_is_unknown_until_apply_leaves_it_open() {
    let world = main_store()
        .way("main", "lost", Applicability::Yes, "none", kind("unbounded"), kind("unbounded"))
        .way("main", "saved", Applicability::Unknown, "automatic", bound(0), typical(1))
        .target("", 0, 60, None);
    insta::assert_snapshot!(world.zone(), @r"
    main: unbounded | unbounded | unproven
    *: unbounded | unbounded | unproven
    GPB4005 whether `main` (store) will lose at most 0s and be back within 1min when a zone is lost is unknown until apply
    ");
}

#[test]
fn an_obstacle_overrules_the_way_it_stands_in() {
    let world = main_store()
        .way("main", "fine", Applicability::Yes, "automatic", bound(0), typical(1))
        .fact(
            "main",
            "obstacle",
            "key",
            Applicability::Yes,
            &[
                ("domains", words(&["zone"])),
                ("rpo", kind("unbounded")),
                ("says", text("the key is lost with it")),
                ("grade", word("D")),
            ],
        )
        .target("", 0, 60, None);
    insta::assert_snapshot!(world.zone(), @r"
    main: unbounded | 1s typical | refuted
    *: unbounded | 1s typical | refuted
    GPB4001 `main` (store) loses everything when a zone is lost
    ");
}

#[test]
fn what_is_derived_loses_what_its_source_loses_and_is_made_again() {
    let world = main_store()
        .way("main", "a", Applicability::Yes, "automatic", bound(0), typical(60))
        .store("cache", &[])
        .way("cache", "b", Applicability::Yes, "automatic", kind("unbounded"), typical(5))
        .derived("cache", "main", 120)
        .target("", 0, 180, None);
    insta::assert_snapshot!(world.zone(), @r"
    main: 0s | 1min typical | plausible
    cache: 0s | 3min typical | plausible
    *: 0s | 3min typical | plausible
    ");
}

#[test]
fn what_people_do_adds_up_along_the_graph_and_runs_beside_what_is_apart() {
    let person =
        |world: RecoveryFixture, name: &str| world.way(name, "a", Applicability::Yes, "person", bound(0), typical(100));
    let chain = person(person(RecoveryFixture::new().store("a", &[]).store("b", &["a"]), "a"), "b").target(
        "",
        0,
        400,
        Some(50),
    );
    insta::assert_snapshot!(chain.zone(), @r"
    a: 0s | 150s typical | plausible
    b: 0s | 150s typical | plausible
    *: 0s | 250s typical | plausible
    ");
    let apart =
        person(person(RecoveryFixture::new().store("a", &[]).store("b", &[]), "a"), "b").target("", 0, 400, Some(50));
    assert!(apart.zone().contains("*: 0s | 150s typical"), "{}", apart.zone());
    let tight = person(person(RecoveryFixture::new().store("a", &[]).store("b", &["a"]), "a"), "b").target(
        "",
        0,
        200,
        Some(50),
    );
    assert!(tight.zone().contains("GPB4006"), "{}", tight.zone());
}

#[test]
fn the_nearest_target_holds() {
    let world = main_store()
        .store("logs", &[])
        .way("main", "a", Applicability::Yes, "automatic", bound(0), typical(60))
        .way("logs", "a", Applicability::Yes, "automatic", bound(3600), typical(60))
        .target("", 0, 60, None)
        .target("logs", 7200, 60, None);
    insta::assert_snapshot!(world.zone(), @r"
    main: 0s | 1min typical | plausible
    logs: at most 1h | 1min typical | plausible
    *: 0s | 1min typical | plausible
    ");
}

#[test]
fn a_malformed_fact_is_said_at_its_field() {
    let fields = [("domains", words(&["zone"])), ("rto", text("soon")), ("mode", word("automatic"))];
    let world = main_store().fact("main", "recovery", "a", Applicability::Yes, &fields);
    assert!(
        world.zone().contains("GPB4009 the fact `recovery a` is malformed: `rto` must be made by"),
        "{}",
        world.zone()
    );
    let world =
        main_store().fact("main", "store", "b", Applicability::Yes, &[("what", text("x")), ("whta", text("x"))]);
    assert!(world.zone().contains("`whta` is not a field of it; did you mean `what`?"), "{}", world.zone());
}

#[test]
fn a_target_over_nothing_is_told() {
    let world = RecoveryFixture::new().resource("main", &[]).target("main", 0, 60, None);
    assert!(world.zone().contains("GPB4011"), "{}", world.zone());
}

#[test]
fn a_change_names_what_it_is_like() {
    let handle =
        ResourceHandle { address: Address::new("main"), ty: "test.thing".into(), place: Place::default().into() };
    let like = Value::new(ValueKind::Resource(Arc::new(handle)), Span::default());
    let remedy = object(&[("say", text("one more")), ("like", like)]);
    let world = main_store()
        .way("main", "a", Applicability::Yes, "automatic", kind("nonzero"), typical(1))
        .fact(
            "main",
            "recovery",
            "b",
            Applicability::No,
            &[
                ("domains", words(&["zone"])),
                ("rpo", bound(0)),
                ("rto", typical(1)),
                ("mode", word("automatic")),
                ("says", text("two")),
                ("grade", word("D")),
                ("remedy", remedy),
            ],
        )
        .target("", 0, 60, None);
    let change = world.judged(|found| {
        let part = found.assessments.iter().find(|part| part.domain == Domain::Zone).unwrap();
        found.check.assessor().remedies(part)[0].change.clone()
    });
    assert_eq!(change.like, Some(Address::new("main")));
    assert_eq!(change.count, Decimal::ONE);
}

#[test]
fn a_runbook_puts_the_decision_before_the_work_and_traffic_last() {
    let step = |phase: &str, does: &str| {
        vec![
            ("domains", words(&["zone"])),
            ("phase", word(phase)),
            ("does", text(does)),
            ("command", text("do it")),
            ("takes", typical(30)),
        ]
    };
    let world = main_store()
        .way("main", "a", Applicability::Yes, "person", bound(0), typical(60))
        .fact("main", "step", "move", Applicability::Yes, &step("redirect", "lead traffic over"))
        .fact("main", "step", "promote", Applicability::Yes, &step("recover", "promote it"))
        .target("", 0, 600, Some(120));
    let runbook = world.judged(|found| found.runbook(Domain::Zone).markdown());
    let order: Vec<_> = ["## Decide", "promote it", "## Lead traffic over", "lead traffic over"]
        .into_iter()
        .map(|text| runbook.find(text).unwrap_or_else(|| panic!("no `{text}` in {runbook}")))
        .collect();
    assert!(order.is_sorted(), "{runbook}");
    assert!(runbook.contains("is back after: 3min typical"), "{runbook}");
}
