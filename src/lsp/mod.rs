//! The language server (LSP): diagnostics, fixes, hovers and formatting.
//!
//! Features are plain functions over the compiler's values, which return plain data; only `server` and its translation
//! know the protocol.

mod documents;
mod features;
mod position;
mod protocol;
mod server;

#[cfg(test)]
mod tests;

use gpb_base::stdlib::Library;
use gpb_lang::ProgramInputs;
use lsp_server::Connection;

/// Serves one editor over standard input and output, until it sends `exit`.
///
/// # Errors
/// When a message is not one of the protocol, or the editor is gone without `exit`.
pub fn serve(library: Library, given: ProgramInputs) -> Result<(), String> {
    let (connection, threads) = Connection::stdio();
    let served = server::run(&connection, library, given);
    // The writing thread ends when nobody can send any more.
    drop(connection);
    let joined = threads.join().map_err(|error| format!("the editor's messages cannot be read: {error}"));
    joined.and(served)
}
