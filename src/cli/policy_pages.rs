//! The policies of the library, as `gpb explain` shows them: one, a pack, or all packs.

use gpb_base::source::FileId;
use gpb_base::stdlib::Library;
use gpb_syntax::ast::{Body, Item};
use std::fmt::Write as _;

/// The folder of the library that holds the packs.
const FOLDER: &str = "policies/";

/// The name of all packs together.
const STANDARD: &str = "standard";

/// Policies of the library that a word names.
pub enum PolicyPages {
    /// One policy.
    One(PolicyPage),
    /// The policies of a pack, or of all packs.
    Several(Vec<PolicyPage>),
}

/// One policy of the library.
pub struct PolicyPage {
    /// The name.
    name: String,
    /// The pack that it is in.
    pack: String,
    /// The lines above it.
    doc: String,
    /// The policy as it is written.
    text: String,
}

/// Returns the policies that a word names: a policy, a pack, or `standard`.
pub fn find(library: &Library, word: &str) -> Option<PolicyPages> {
    let mut all: Vec<PolicyPage> =
        library.below(FOLDER, ".gpb").flat_map(|(path, text)| policies(path, text)).collect();
    if let Some(at) = all.iter().position(|page| page.name == word) {
        return Some(PolicyPages::One(all.swap_remove(at)));
    }
    all.retain(|page| word == STANDARD || page.pack == word);
    (!all.is_empty()).then_some(PolicyPages::Several(all))
}

fn policies(path: &str, text: &str) -> Vec<PolicyPage> {
    let pack = path.trim_start_matches(FOLDER).trim_end_matches(".gpb");
    let page = |body: &Body| PolicyPage {
        name: body.name.text.to_string(),
        pack: pack.to_owned(),
        doc: body.doc.as_deref().unwrap_or_default().to_owned(),
        text: text.get(body.span.range()).unwrap_or_default().to_owned(),
    };
    let module = gpb_syntax::parse(FileId::default(), text).module;
    let items = module.items.iter().filter_map(|item| match item {
        Item::Policy(body) => Some(page(body)),
        _ => None,
    });
    items.collect()
}

impl PolicyPages {
    /// Returns them for people.
    pub fn human(&self) -> String {
        let mut out = String::new();
        match self {
            PolicyPages::One(page) => {
                let _ = writeln!(out, "policy {} (asked for with `policies = {}`)\n", page.name, page.pack);
                let _ = writeln!(out, "{}\n\n{}", page.doc, page.text);
            }
            PolicyPages::Several(pages) => {
                let width = pages.iter().map(|page| page.name.len()).max().unwrap_or_default();
                let mut pack = "";
                for page in pages {
                    if page.pack != pack {
                        let _ = writeln!(out, "{}{}", if pack.is_empty() { "" } else { "\n" }, page.pack);
                        pack = &page.pack;
                    }
                    let first = page.doc.lines().next().unwrap_or_default();
                    let _ = writeln!(out, "  {:width$}  {first}", page.name);
                }
            }
        }
        out
    }

    /// Returns them for machines.
    pub fn json(&self) -> serde_json::Value {
        let page = |page: &PolicyPage| serde_json::json!({ "policy": page.name, "pack": page.pack, "doc": page.doc, "text": page.text });
        match self {
            PolicyPages::One(one) => page(one),
            PolicyPages::Several(pages) => pages.iter().map(page).collect(),
        }
    }
}
