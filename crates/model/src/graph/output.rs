//! The graph as text: for Graphviz, for Mermaid and for machines, with a cluster a layer.

use super::dependency_graph::Graph;
use crate::address::Address;
use crate::model::Model;
use crate::resource::Resource;
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Returns the graph in the language of Graphviz, for `dot`.
pub fn dot(model: &Model, graph: &Graph) -> String {
    let quote = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"));
    let mut out = String::from("digraph gpb {\n  rankdir = LR;\n  node [shape = box];\n");
    for (layer, resources) in clusters(model) {
        let indent = if layer.is_some() { "    " } else { "  " };
        if let Some(layer) = layer {
            let (id, label) = (quote(&format!("cluster_{layer}")), quote(layer));
            let _ = writeln!(out, "  subgraph {id} {{\n    label = {label};");
        }
        for resource in resources {
            let style = if resource.existing { ", style = dashed" } else { "" };
            let label = quote(&format!("{}\n{}", resource.address, resource.ty));
            let _ = writeln!(out, "{indent}{} [label = {label}{style}];", quote(resource.address.as_str()));
        }
        if layer.is_some() {
            out.push_str("  }\n");
        }
    }
    for (from, to, edge) in graph.edges() {
        let style = if edge.property.is_none() { " [style = dashed]" } else { "" };
        let _ = writeln!(out, "  {} -> {}{style};", quote(from.as_str()), quote(to.as_str()));
    }
    out.push_str("}\n");
    out
}

/// Returns the graph in the language of Mermaid, for a Markdown page.
pub fn mermaid(model: &Model, graph: &Graph) -> String {
    let quote = |text: &str| format!("\"{}\"", text.replace('#', "#35;").replace('"', "#quot;").replace('\n', " "));
    // Addresses hold characters that Mermaid's identifiers may not.
    let numbers: BTreeMap<&Address, usize> = model.resources.iter().map(|r| &r.address).zip(0..).collect();
    let mut out = String::from("flowchart LR\n");
    for (number, (layer, resources)) in clusters(model).into_iter().enumerate() {
        let indent = if layer.is_some() { "    " } else { "  " };
        if let Some(layer) = layer {
            let _ = writeln!(out, "  subgraph layer{number}[{}]", quote(layer));
        }
        for resource in resources {
            let id = numbers.get(&resource.address).copied().unwrap_or_default();
            let (open, close) = if resource.existing { ("([", "])") } else { ("[", "]") };
            let _ = writeln!(out, "{indent}n{id}{open}{}{close}", quote(resource.address.as_str()));
        }
        if layer.is_some() {
            out.push_str("  end\n");
        }
    }
    for (from, to, edge) in graph.edges() {
        let (Some(from), Some(to)) = (numbers.get(from), numbers.get(to)) else { continue };
        let arrow = if edge.property.is_none() { "-.->" } else { "-->" };
        let _ = writeln!(out, "  n{from} {arrow} n{to}");
    }
    out
}

/// Returns the graph as JSON: `layers` with their resources, and `edges`.
///
/// The layer named `null` holds the resources outside any. An edge goes from the resource that needs to the one that is
/// needed, with the property (AWS's spelling) that makes it.
pub fn json(model: &Model, graph: &Graph) -> serde_json::Value {
    let uses: BTreeMap<&str, &[String]> = model.layers.iter().map(|l| (l.name.as_str(), l.uses.as_slice())).collect();
    let layers: Vec<_> = clusters(model)
        .into_iter()
        .map(|(layer, resources)| {
            let resources: Vec<_> = resources
                .into_iter()
                .map(|r| json!({ "address": r.address, "type": r.ty, "existing": r.existing, "place": *r.place }))
                .collect();
            let uses = layer.and_then(|layer| uses.get(layer)).copied().unwrap_or_default();
            json!({ "name": layer, "uses": uses, "resources": resources })
        })
        .collect();
    let edges: Vec<_> =
        graph.edges().map(|(from, to, edge)| json!({ "from": from, "to": to, "property": edge.property })).collect();
    json!({ "format": 1, "layers": layers, "edges": edges })
}

/// Returns the resources of each layer, in order of declaration.
///
/// Those that are in none are last.
fn clusters(model: &Model) -> Vec<(Option<&str>, Vec<&Resource>)> {
    let mut by_layer: BTreeMap<Option<&str>, Vec<&Resource>> = BTreeMap::new();
    for resource in &model.resources {
        by_layer.entry(resource.layer.as_deref()).or_default().push(resource);
    }
    let outside = by_layer.remove(&None);
    let declared = model.layers.iter().map(|layer| layer.name.as_str());
    let mut clusters: Vec<_> = declared.filter_map(|name| Some((Some(name), by_layer.remove(&Some(name))?))).collect();
    clusters.extend(by_layer);
    clusters.extend(outside.map(|resources| (None, resources)));
    clusters
}
