//! Size: time and memory grow with the program and no faster.

use super::{Files, check, model, stack};
use crate::{CompileInputs, compile};
use gpb_base::stdlib::Library;
use gpb_model::FactEvaluator;
use std::fmt::Write as _;

fn queues(count: usize) -> String {
    let mut body = String::from("  layer one {\n    resource aws.sqs.queue first { queue_name = \"first\" }\n");
    for number in 0..count {
        let before = if number == 0 { "first".to_owned() } else { format!("q{}", number - 1) };
        let _ = writeln!(
            body,
            "    resource aws.sqs.queue q{number} {{\n      queue_name = \"q{number}-${{region}}\"\n      visibility_timeout = 30\n      tags {{ Before = {before}.arn }}\n    }}"
        );
    }
    body.push_str("  }\n");
    stack(&body)
}

#[test]
fn a_thousand_resources_of_a_layer_and_a_thousand_of_a_for() {
    let text = model(&queues(1_000));
    assert_eq!(text.lines().filter(|line| line.contains("aws.sqs.queue")).count(), 1_001, "{text:.2000}");
    let text = model(&stack("  for n in range(1000) { resource aws.sqs.queue q { queue_name = \"q-${n}\" } }"));
    assert_eq!(text.lines().filter(|line| line.contains("aws.sqs.queue")).count(), 1_000, "{text:.2000}");
}

/// `GPB_RESOURCES=10000 cargo test --release -- --ignored --nocapture how_long`
#[test]
#[ignore = "a measurement"]
#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock and the environment")]
fn how_long() {
    let count = std::env::var("GPB_RESOURCES").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let source = queues(count);
    let start = std::time::Instant::now();
    let parsed = gpb_syntax::parse(gpb_base::source::FileId(0), &source);
    println!("parse: {:?} ({} bytes)", start.elapsed(), source.len());
    drop(parsed);
    let start = std::time::Instant::now();
    let wrong = check(&source);
    println!("check: {:?}", start.elapsed());
    assert!(wrong.is_empty(), "{wrong:.500}");
    facts_of_other_resources(&source);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or(""));
}

/// Prints how long the facts of the whole library take about as many resources again, beside the compilation.
#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock and the environment")]
fn facts_of_other_resources(source: &str) {
    let (loader, library) = (Files([("main.gpb".to_owned(), source.to_owned())].into()), Library::embedded());
    let start = std::time::Instant::now();
    let compilation = compile("main.gpb", &CompileInputs::embedded(&loader, &library), None);
    println!("compile with facts: {:?}", start.elapsed());
    let model = compilation.model().unwrap();
    let others = [model.resources.clone()];
    let start = std::time::Instant::now();
    let facts = compilation.facts.facts(model, &others);
    println!("facts of as many others: {:?}", start.elapsed());
    assert_eq!(facts.iter().map(Vec::len).collect::<Vec<_>>(), [model.facts.len()]);
}
