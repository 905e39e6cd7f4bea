//! Prints the edges as they are, in the forms of `audit.toml` and of `ARCHITECTURE.md`.

use crate::Audit;
use crate::layers::{crates, folders};
use crate::rules::EdgeTable;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Returns the tables of `audit.toml` and the rows of `ARCHITECTURE.md`; what each crate does is left to fill in.
pub fn tables(audit: &Audit) -> String {
    let edges = crates::edges(&audit.crates);
    let mut text = toml_table("crates", &edges);
    for imports in &audit.imports {
        let (table, _) = folders::edges(imports, audit.rules.folders.get(&imports.name));
        if !table.is_empty() {
            text.push('\n');
            text.push_str(&toml_table(&format!("folders.{}", imports.name), &table));
        }
    }
    text.push_str("\n| crate | does | may depend on |\n|---|---|---|\n");
    for (name, targets) in &edges {
        let listed = if targets.is_empty() { "–".to_string() } else { quoted(targets, '`') };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| `{name}` | | {listed} |");
    }
    text
}

fn toml_table(name: &str, edges: &EdgeTable) -> String {
    let rows = edges.iter().map(|(from, targets)| format!("{from} = [{}]\n", quoted(targets, '"')));
    format!("[{name}]\n{}", rows.collect::<String>())
}

fn quoted(names: &BTreeSet<String>, quote: char) -> String {
    names.iter().map(|name| format!("{quote}{name}{quote}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::tables;
    use crate::Audit;
    use crate::imports::CrateImports;
    use crate::rules::AuditRules;
    use crate::source::testing::crate_of;

    #[test]
    fn the_printed_tables_hold() {
        let files =
            [("src/lib.rs", "mod a; mod b;"), ("src/a/mod.rs", "use crate::b::B;"), ("src/b/mod.rs", "pub struct B;")];
        let own = crate_of("gpb", &files);
        let imports = vec![CrateImports::of(&own)];
        let mut audit = Audit { crates: vec![own], imports, rules: AuditRules::default(), architecture: String::new() };
        let text = tables(&audit);
        let (rules, page) = text.split_once("\n|").unwrap();
        audit.rules = AuditRules::parse(rules).unwrap();
        audit.architecture = format!("|{page}");
        let layers: Vec<_> = audit.measure().into_iter().rev().take(3).collect();
        assert!(layers.iter().all(|layer| !layer.broken), "{layers:?}");
    }
}
