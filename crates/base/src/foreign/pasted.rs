//! Recognizes whole texts of other tools.

/// A text of another tool, as it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastedText {
    /// The tool, with the kind of text: `a template of CloudFormation`.
    pub what: &'static str,
    /// The way to write it in gpb, as an imperative.
    pub own: &'static str,
    /// The offset of what tells it, in bytes.
    pub at: usize,
    /// The number of bytes of what tells it.
    pub length: usize,
}

const RESOURCES: &str = "write each resource as `resource aws.service.type name { … }`, in a `stack`";
const TEMPLATE: &str = "a template of CloudFormation";
const TERRAFORM: &str = "a configuration of Terraform";
const PROGRAM: &str = "a program";

/// The marks of each kind of text: all stand in it, the first at the beginning of a line or behind a quote.
const MARKS: &[(&[&str], &str, &str)] = &[
    (&["AWSTemplateFormatVersion"], TEMPLATE, RESOURCES),
    (&["Transform", "::Serverless"], TEMPLATE, RESOURCES),
    (&["Resources", "Type", "::"], TEMPLATE, RESOURCES),
    (&["Resources:"], TEMPLATE, RESOURCES),
    (&["targetScope"], "a file of Bicep", RESOURCES),
    (&["@description("], "a file of Bicep", RESOURCES),
    (&["resource ", "'Microsoft."], "a file of Bicep", RESOURCES),
    (&["param ", "= '"], "a file of Bicep", RESOURCES),
    (&["import ", "aws-cdk-lib"], "a program of the CDK", RESOURCES),
    (&["from aws_cdk"], "a program of the CDK", RESOURCES),
    (&["import aws_cdk"], "a program of the CDK", RESOURCES),
    (&["import ", "@pulumi/"], "a program of Pulumi", RESOURCES),
    (&["import pulumi"], "a program of Pulumi", RESOURCES),
    (&["runtime: ", "resources:"], "a program of Pulumi", RESOURCES),
    (&["apiVersion", "kind"], "a manifest of Kubernetes", RESOURCES),
    (&["services:", "image:"], "a file of Docker Compose", RESOURCES),
    (&["service:", "provider:"], "a file of the Serverless Framework", RESOURCES),
    (&["terraform {"], TERRAFORM, RESOURCES),
    (&["provider \""], TERRAFORM, RESOURCES),
    (&["provider\": {"], TERRAFORM, RESOURCES),
    (&["resource\": {"], TERRAFORM, RESOURCES),
    (&["import ", "from "], PROGRAM, RESOURCES),
    (&["package main"], PROGRAM, RESOURCES),
    (&["#include"], PROGRAM, RESOURCES),
];

/// Returns the tool that a text belongs to, where it shows.
///
/// It is asked of a text that holds no stack, component or environment.
pub fn pasted(text: &str) -> Option<PastedText> {
    MARKS.iter().find_map(|(marks, what, own)| {
        let (first, others) = marks.split_first()?;
        let at = begins(text, first)?;
        let rest = others.iter().all(|mark| text.contains(mark));
        rest.then_some(PastedText { what, own, at, length: first.trim_end().len() })
    })
}

/// Returns where a line, or a text in quotes, begins with a mark.
fn begins(text: &str, mark: &str) -> Option<usize> {
    text.match_indices(mark).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let indented = line.trim_start_matches(['{', ' ', '\t', '"']);
        indented.is_empty() && (line.is_empty() || line.contains('"') || line.contains('{'))
    })
}
