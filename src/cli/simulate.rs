//! `gpb simulate`: runs a load against the scaling rules of a resource.
#![expect(clippy::disallowed_methods, reason = "the command reads the load and writes the chart")]

use crate::calendar::today;
use crate::cli::{Session, args::SimulateArgs, exit::Exit, terminal};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::{SourceMap, Span};
use gpb_check::cost;
use gpb_check::cost::CostFigure;
use gpb_check::cost::book::PriceBook;
use gpb_check::scaling;
use gpb_check::scaling::Scaling;
use gpb_check::simulate;
use gpb_check::simulate::{LoadCurve, SimulationOptions, SimulationRun};
use gpb_model::{Model, below};
use rust_decimal::prelude::ToPrimitive;
use std::path::Path;

/// The load where none is given: a day.
const USUAL: &str = "day peak=5000/min base=500/min";

/// Runs `gpb simulate`.
pub fn run(session: &Session, spec: &Path, args: &SimulateArgs) -> Exit {
    match simulated(session, spec, args) {
        Ok(run) => shown(session, &run, args),
        Err(exit) => exit,
    }
}

/// Compiles the spec and runs the simulation.
fn simulated(session: &Session, spec: &Path, args: &SimulateArgs) -> Result<SimulationRun, Exit> {
    let curve = curve(session, args)?;
    let noise = noise(&args.noise).map_err(|why| session.fail(&why))?;
    let compiled = session.compile(spec)?;
    let scalings = scaling::scalings(&compiled.model);
    let chosen = choose(&scalings, args.of.as_deref()).map_err(|why| session.fail(&why))?;
    let options = SimulationOptions {
        seed: args.seed,
        noise: noise.into(),
        price: price(session, &compiled.model, chosen, &scalings),
    };
    Ok(simulate::run(chosen, &curve, &options))
}

/// Estimates the cost of one more unit, in US dollars an hour.
///
/// It is the difference between the largest and the smallest bill for each unit between them. It is unknown where a part
/// of the bill has no price, or another quantity of the same resource scales too.
fn price(session: &Session, model: &Model, scaling: &Scaling, all: &[Scaling]) -> Option<f64> {
    if all.iter().filter(|other| other.of == scaling.of).count() > 1 {
        return None;
    }
    let book = PriceBook::new(&session.library);
    let day = today();
    let estimate = cost::estimate(model, &cost::EstimateInputs { book: &book, day: Some(&day) });
    if estimate.unpriced.iter().any(|one| one.address == scaling.of) {
        return None;
    }
    let cost = &estimate.resource(&scaling.of)?.total;
    let (low, high) = (cost.get(CostFigure::Minimum).to_f64()?, cost.get(CostFigure::Maximum).to_f64()?);
    let units = scaling.maximum - scaling.minimum;
    (units > 0.0 && high > low).then(|| (high - low) / units / f64::from(cost::HOURS))
}

/// Prints a run, and writes its chart.
fn shown(session: &Session, run: &SimulationRun, args: &SimulateArgs) -> Exit {
    if let Some(path) = &args.svg
        && let Err(error) = std::fs::write(path, simulate::svg(run))
    {
        return session.fail(&format!("{} cannot be written: {error}", path.display()));
    }
    if session.common.json {
        match serde_json::to_value(run) {
            Ok(document) => session.document(&document),
            Err(error) => return session.fail(&error.to_string()),
        }
    } else {
        terminal::print(&simulate::table(run));
        if let Some(path) = &args.svg {
            terminal::print(&format!("drawn in {}\n", path.display()));
        }
    }
    Exit::Done
}

/// Reads the load: a table from a file, or a described curve.
fn curve(session: &Session, args: &SimulateArgs) -> Result<LoadCurve, Exit> {
    let Some(path) = &args.load else {
        return LoadCurve::described(args.curve.as_deref().unwrap_or(USUAL)).map_err(|why| session.fail(&why));
    };
    let name = path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|error| session.fail(&format!("{name} cannot be read: {error}")))?;
    LoadCurve::table(&name, &text).map_err(|bad| {
        let mut sources = SourceMap::default();
        let start: usize = text.split_inclusive('\n').take(bad.line.saturating_sub(1)).map(str::len).sum();
        let length = text.lines().nth(bad.line.saturating_sub(1)).map_or(0, str::len);
        let file = sources.add(name, text.as_str());
        let diagnostic = Diagnostic::error("GPB6020", format!("the load cannot be read: {}", bad.why))
            .with_label(Span::new(file, start, start + length), "in this row")
            .help("a row is a time and the load from then on: `8:00,3000/min`");
        session.diagnostics(&[diagnostic], &sources);
        Exit::Refused
    })
}

/// Parses the relative noise: `5%`, or `0.05`.
fn noise(text: &str) -> Result<f64, String> {
    let (number, size) = text.strip_suffix('%').map_or((text, 1.0), |number| (number, 100.0));
    let value = number.trim().parse::<f64>().ok().map(|number| number / size);
    value
        .filter(|value| (0.0..=1.0).contains(value))
        .ok_or_else(|| format!("`{text}` is not a valid noise: write `0%` to `100%`"))
}

/// Chooses the resource that gets the load.
///
/// It is the one of `--of`, or the only one that is scaled by requests.
fn choose<'a>(scalings: &'a [Scaling], of: Option<&str>) -> Result<&'a Scaling, String> {
    let ruled: Vec<&Scaling> =
        scalings.iter().filter(|scaling| scaling.is_ruled() && !scaling.rules.is_empty()).collect();
    let names: Vec<String> = ruled.iter().map(|scaling| name(scaling, &ruled)).collect();
    let listed = || names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if ruled.is_empty() {
        return Err("nothing in this environment is scaled by rules".to_owned());
    }
    if let Some(of) = of {
        let is_below = |name: &String| below(of, name).is_some();
        let meant = names.iter().position(|name| name == of).or_else(|| names.iter().position(is_below));
        return meant.and_then(|at| ruled.get(at)).copied().ok_or_else(|| {
            let near = nearest(of, names.iter().map(String::as_str));
            match near {
                Some(near) => format!("nothing at `{of}` is scaled by rules: did you mean `{near}`?"),
                None => format!("nothing at `{of}` is scaled by rules; these are: {}", listed()),
            }
        });
    }
    let able: Vec<&&Scaling> = ruled.iter().filter(|scaling| scaling.full_at.is_some()).collect();
    let by_requests: Vec<&&&Scaling> = able.iter().filter(|scaling| watches_requests(scaling)).collect();
    match (able.as_slice(), by_requests.as_slice()) {
        ([only], _) => Ok(only),
        (_, [only]) => Ok(only),
        _ => Err(format!("choose what the load is for with `--of`: {}", listed())),
    }
}

/// Returns the name for `--of`: an address.
///
/// It ends with the scaled quantity where a resource has several.
fn name(scaling: &Scaling, all: &[&Scaling]) -> String {
    if all.iter().filter(|other| other.of == scaling.of).count() > 1 {
        format!("{}.{}", scaling.of, scaling.name)
    } else {
        scaling.of.to_string()
    }
}

/// Checks that a rule watches the requests that fill the units.
fn watches_requests(scaling: &Scaling) -> bool {
    let is_requests = |watch: &scaling::MetricTerm| {
        scaling.demands.get(&watch.name).is_some_and(|demand| scaling.full_at == Some(demand.full))
    };
    scaling.rules.iter().any(|rule| match &rule.action {
        scaling::PolicyKind::Step(step) => step.alarms.iter().flat_map(|alarm| &alarm.watches).any(is_requests),
        scaling::PolicyKind::Track(track) => is_requests(&track.watch),
    })
}
