//! Costs, calculated by hand: each case under `tests/cost/` states in its comments the minimum, expected and maximum cost,
//! and the sum of numbers from the price pages behind it. No figure there was made by gpb.

use crate::support::{Folder, InMemoryLoader, root};
use gpb_base::stdlib::Library;
use gpb_check::cost;
use gpb_check::cost::EstimateInputs;
use gpb_check::cost::book::PriceBook;
use gpb_lang as lang;
use gpb_model::Model;
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

/// The day of the prices, for cases without one.
const DAY: &str = "2026-11-23";

fn model(name: &str, text: &str) -> Model {
    let (model, wrong) = compiled(name, text);
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    model
}

/// Returns the model of a program, and its diagnostics.
fn compiled(name: &str, text: &str) -> (Model, Vec<String>) {
    let library = Library::embedded();
    let loader = InMemoryLoader(text.to_owned());
    let compilation = lang::compile(name, &lang::CompileInputs::embedded(&loader, &library), None);
    let wrong = compilation.diagnostics.iter().map(|d| format!("{} {}", d.code, d.message)).collect();
    (compilation.models.into_iter().next().unwrap_or_else(|| panic!("{name} has no environment")).model, wrong)
}

fn cases() -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(root().join("tests/cost")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let case = |path: PathBuf| {
        (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())
    };
    paths.into_iter().map(case).collect()
}

/// Returns the lines of a case that begin with `//` and a mark.
fn marked<'a>(text: &'a str, mark: &str) -> Vec<&'a str> {
    text.lines().filter_map(|line| line.strip_prefix("//")?.strip_prefix(mark)).map(str::trim).collect()
}

/// Parses `expected 32.85 = 730 * 0.045`: the column, the figure, the sum.
fn figures<'a>(text: &'a str) -> BTreeMap<&'a str, (Decimal, &'a str)> {
    let read = |line: &'a str| -> Option<(&'a str, (Decimal, &'a str))> {
        let (column, rest) = line.split_once(' ')?;
        let (figure, sum) = rest.split_once(" = ")?;
        Some((column, (figure.trim().parse().ok()?, sum)))
    };
    marked(text, "=").into_iter().map(|line| read(line).unwrap_or_else(|| panic!("`{line}` is no figure"))).collect()
}

fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

#[test]
fn every_case_costs_what_was_worked_out_by_hand() {
    let book = PriceBook::new(&Library::embedded());
    let mut wrong = Vec::new();
    for (name, text) in cases() {
        let day = marked(&text, "@ day").first().copied().unwrap_or(DAY).to_owned();
        let estimate = cost::estimate(&model(&name, &text), &EstimateInputs { book: &book, day: Some(&day) });
        assert!(estimate.problems.is_empty(), "{name}: {:#?}", estimate.problems);
        let figures = figures(&text);
        let total = estimate.total;
        for (column, found) in [("minimum", total.minimum), ("expected", total.expected), ("maximum", total.maximum)] {
            let (expected, _) = figures.get(column).unwrap_or_else(|| panic!("{name} has no {column}"));
            if cents(found) != *expected {
                wrong.push(format!("{name}: {column} is {found}, and was worked out as {expected}"));
            }
        }
        let unpriced: Vec<String> = estimate
            .unpriced
            .iter()
            .map(|u| u.price.as_ref().map_or(u.address.to_string(), |price| format!("{} {price}", u.address)))
            .collect();
        assert_eq!(unpriced, marked(&text, "?"), "{name}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_figure_of_a_case_is_its_sum() {
    let cases = cases();
    assert!(cases.len() >= 40);
    for (name, text) in &cases {
        for (column, (figure, sum)) in figures(text) {
            assert_eq!(cents(Sum::of(sum)), figure, "{name}: {column}");
        }
    }
}

/// Returns the resource types with facts about cost, each with true when it is priced, false when it is free.
fn known() -> BTreeMap<String, bool> {
    let mut known = BTreeMap::new();
    for (_, text) in Library::embedded().below("facts/prices/", ".gpb") {
        for item in text.split("\nfacts ").skip(1) {
            let (name, rest) = item.split_once(' ').unwrap();
            let body = rest.split("\n}").next().unwrap();
            known.insert(name.to_owned(), body.contains("\n  price "));
        }
    }
    known
}

#[test]
fn every_price_has_a_case() {
    let all: String = cases().into_iter().map(|(_, text)| text).collect();
    let missing: Vec<_> = known()
        .into_iter()
        .filter(|(name, priced)| *priced && !all.contains(&format!("resource {name} ")))
        .map(|(name, _)| name)
        .collect();
    assert!(missing.is_empty(), "no case has {missing:?}");
}

#[test]
fn every_type_that_gpb_creates_is_priced_or_declared_free() {
    let library = Library::embedded();
    let known = known();
    let mut missing = BTreeSet::new();
    for (path, text) in library.below("aws/", ".toml") {
        let Some(service) = path.strip_prefix("aws/").and_then(|path| path.strip_suffix(".toml")) else { continue };
        let table: toml::Table = text.parse().unwrap();
        let types = table.get("types").and_then(|types| types.as_table()).into_iter().flatten();
        for (name, _) in types {
            let name = format!("aws.{service}.{name}");
            if !known.contains_key(&name) {
                missing.insert(name);
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_free_fact_can_be_read_and_names_a_source() {
    let free: Vec<String> = known().into_iter().filter(|(_, priced)| !priced).map(|(name, _)| name).collect();
    let mut resources = String::new();
    for (n, name) in free.iter().enumerate() {
        let _ = writeln!(resources, "existing {name} r{n} {{}}");
    }
    let text = format!(
        "stack s {{\nlayer l {{\n{resources}}}\n}}\n\
         environment e of s {{\naccount = \"123456789012\"\nregion = us-east-1\nmode = sandbox\n}}\n"
    );
    // Facts of other kinds may want properties that nothing gives here.
    let (mut model, _) = compiled("free.gpb", &text);
    for resource in &mut model.resources {
        resource.existing = false;
    }
    let book = PriceBook::new(&Library::embedded());
    let estimate = cost::estimate(&model, &EstimateInputs { book: &book, day: None });
    assert!(estimate.problems.is_empty() && estimate.unpriced.is_empty(), "{estimate:#?}");
    assert_eq!(estimate.free.len(), free.len());
    assert!(estimate.free.iter().all(|free| free.source.starts_with("https://")));
}

#[test]
fn every_saving_of_the_library_can_be_read() {
    let book = PriceBook::new(&Library::embedded());
    let inputs = EstimateInputs { book: &book, day: Some(DAY) };
    let mut told = BTreeSet::new();
    for (name, text) in cases() {
        let model = model(&name, &text);
        assert_eq!(cost::saving_problems(&model, &inputs), [], "{name}");
        told.extend(cost::savings(&model, &inputs).into_iter().map(|saving| saving.name));
    }
    for expected in ["arm", "smaller_nodes", "smaller_brokers", "valkey", "smaller_floor"] {
        assert!(told.contains(expected), "{expected} is not among {told:?}");
    }
}

/// The steps of a program are limited: facts that read every other resource of their type would exceed the limit.
#[test]
fn facts_cost_no_more_the_more_resources_there_are() {
    let (_, one) = cases().into_iter().find(|(name, _)| name == "nat_idle.gpb").unwrap();
    let many = one.replace("    resource aws", "    for n in range(4000) {\n    resource aws").replacen(
        "    }\n  }\n}",
        "    }\n    }\n  }\n}",
        1,
    );
    let book = PriceBook::new(&Library::embedded());
    let estimate = cost::estimate(&model("many.gpb", &many), &EstimateInputs { book: &book, day: None });
    assert_eq!(cents(estimate.total.expected), Decimal::from(4_000 * 73) * Decimal::new(45, 2));
}

/// Evaluates `730 * (0.04048 + 2 * 0.004445)`.
struct Sum<'a> {
    left: &'a str,
}

impl<'a> Sum<'a> {
    fn of(text: &'a str) -> Decimal {
        let mut sum = Sum { left: text };
        let value = sum.terms();
        assert!(sum.left.trim().is_empty(), "`{}` is left of `{text}`", sum.left);
        value
    }

    fn take(&mut self, sign: char) -> bool {
        self.left = self.left.trim_start();
        let rest = self.left.strip_prefix(sign);
        self.left = rest.unwrap_or(self.left);
        rest.is_some()
    }

    fn terms(&mut self) -> Decimal {
        let mut value = self.factors();
        loop {
            if self.take('+') {
                value += self.factors();
            } else if self.take('-') {
                value -= self.factors();
            } else {
                return value;
            }
        }
    }

    fn factors(&mut self) -> Decimal {
        let mut value = self.atom();
        loop {
            if self.take('*') {
                value *= self.atom();
            } else if self.take('/') {
                value /= self.atom();
            } else {
                return value;
            }
        }
    }

    fn atom(&mut self) -> Decimal {
        if self.take('(') {
            let value = self.terms();
            assert!(self.take(')'));
            return value;
        }
        let end = self.left.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(self.left.len());
        let (number, rest) = self.left.split_at(end);
        self.left = rest;
        number.parse().unwrap_or_else(|_| panic!("`{number}` is no number"))
    }
}

/// Edits that break the budget, the proposal of the diagnostic, and the edit that makes it.
type ProposalCase = (&'static [(&'static str, &'static str)], &'static str, (&'static str, &'static str));

/// Changes that break the sandbox's budget, and the proposals that fix it when made by hand.
#[test]
fn what_a_budget_proposes_fixes_it() {
    let cases: [ProposalCase; 5] = [
        (
            &[("\"cache.t3.micro\"", "\"cache.r6g.large\"")],
            "cache nodes of type cache.m6g.large",
            ("cache.r6g.large", "cache.m6g.large"),
        ),
        (
            &[("\"kafka.t3.small\"", "\"kafka.m5.large\"")],
            "brokers of type kafka.t3.small",
            ("kafka.m5.large", "kafka.t3.small"),
        ),
        (
            &[("nat   = one", "nat   = per_zone"), ("$500", "$310")],
            "let this zone use another zone's NAT gateway",
            ("nat   = per_zone", "nat   = one"),
        ),
        (&[("0.5..2 ACU", "2..2 ACU")], "let the instances scale down to 0.5 ACU", ("2..2 ACU", "0.5..2 ACU")),
        (
            &[("database_readers = 1", "database_readers = 6")],
            "one reader fewer",
            ("database_readers = 6", "database_readers = 5"),
        ),
    ];
    for (breaks, proposal, (from, to)) in cases {
        let folder = Folder::with_specs();
        let plan = ["plan", "specs/sandbox.gpb", "--cloud", "sim"];
        for (from, to) in breaks {
            folder.edit("specs/sandbox.gpb", from, to);
        }
        let refused = folder.expect(3, &plan);
        // Lines are broken where the terminal ends.
        let told = refused.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("GPB5001") && told.contains(proposal), "{}", refused.err);
        folder.edit("specs/sandbox.gpb", from, to);
        folder.expect(0, &plan);
    }
}

#[test]
fn every_row_of_the_budget_is_met() {
    for (spec, budgets) in [("specs/sandbox.gpb", 1), ("specs/live.gpb", 3)] {
        let folder = Folder::with_specs();
        let cost = folder.expect(0, &["cost", spec, "--json"]).json();
        let rows = cost["budgets"].as_array().unwrap();
        assert_eq!(rows.len(), budgets, "{spec}");
        for row in rows {
            assert_eq!((&row["fits"], &row["unpriced"]), (&true.into(), &0.into()), "{row}");
            let figure = |value: &serde_json::Value| value.as_str().unwrap().parse::<Decimal>().unwrap();
            assert!(figure(&row["cost"]["expected"]) >= figure(&row["low"]), "{row}");
        }
    }
}
