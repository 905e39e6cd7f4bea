//! `gpb vendor`: copies the packages that specs use, and locks them.

use crate::cli::session::Session;
use crate::cli::{exit::Exit, file_loader, terminal};
use crate::packages::{self, PackageChange, VendorRequest};
use std::path::Path;

/// Runs `gpb vendor`.
pub fn run(session: &Session, root: &Path, check: bool, update: bool) -> Exit {
    let specs = match file_loader::below(root, &["gpb"]) {
        Ok(specs) => specs,
        Err(why) => return session.fail(&why),
    };
    let result = match packages::vendor(VendorRequest { root, specs: &specs, check, update }) {
        Ok(result) => result,
        Err(why) => return session.fail(&why),
    };
    let exit = if check && !result.changes.is_empty() { Exit::Error } else { Exit::Done };
    if session.common.json {
        let change = |one: &PackageChange| serde_json::json!({ "source": one.source, "what": one.what });
        let changes: Vec<_> = result.changes.iter().map(change).collect();
        session.document(
            &serde_json::json!({ "packages": result.packages, "changes": changes, "ok": exit == Exit::Done }),
        );
        return exit;
    }
    for PackageChange { source, what } in &result.changes {
        terminal::print(&format!("{source}: {what}\n"));
    }
    if exit == Exit::Error {
        terminal::warn("error: the packages are not as they are locked; run `gpb vendor`\n");
    }
    exit
}
