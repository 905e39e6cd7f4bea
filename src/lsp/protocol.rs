//! Converts plain data to the values of the protocol and back.

use crate::lsp::documents::Documents;
use crate::lsp::features::diagnostics::{FileDiagnostic, Location, QuickFix};
use crate::lsp::position::{Position, TextRange};
use gen_lsp_types as lsp;
use gpb_base::diag::Severity;
use std::collections::HashMap;

/// Returns the capabilities that the server announces when it starts.
pub fn capabilities() -> lsp::ServerCapabilities {
    let sync = lsp::TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(lsp::TextDocumentSyncKind::Full),
        save: Some(true.into()),
        ..Default::default()
    };
    let actions =
        lsp::CodeActionOptions { code_action_kinds: Some(vec![lsp::CodeActionKind::QuickFix]), ..Default::default() };
    lsp::ServerCapabilities {
        position_encoding: Some(lsp::PositionEncodingKind::UTF16),
        text_document_sync: Some(sync.into()),
        hover_provider: Some(true.into()),
        code_action_provider: Some(lsp::CodeActionProvider::CodeActionOptions(actions)),
        document_formatting_provider: Some(true.into()),
        ..Default::default()
    }
}

/// Converts a diagnostic.
pub fn diagnostic(note: &FileDiagnostic, documents: &Documents) -> lsp::Diagnostic {
    let related = note.related.iter().map(|(place, message)| lsp::DiagnosticRelatedInformation {
        location: location(place, documents),
        message: message.clone(),
    });
    lsp::Diagnostic {
        range: range(note.place.extent),
        severity: Some(match note.severity {
            Severity::Error => lsp::DiagnosticSeverity::Error,
            Severity::Warning => lsp::DiagnosticSeverity::Warning,
            Severity::Advice => lsp::DiagnosticSeverity::Information,
        }),
        code: Some(note.code.to_owned().into()),
        source: Some("gpb".to_owned()),
        message: note.message.clone().into(),
        tags: (note.code == "GPB1230").then(|| vec![lsp::DiagnosticTag::Deprecated]),
        related_information: (!note.related.is_empty()).then(|| related.collect()),
        ..Default::default()
    }
}

/// Converts the fix of a diagnostic to a code action.
pub fn action(note: &FileDiagnostic, fix: &QuickFix, documents: &Documents) -> lsp::CodeAction {
    let edit = lsp::TextEdit { range: range(fix.place.extent), new_text: fix.replacement.clone() };
    let changes = HashMap::from([(lsp::Uri(documents.uri(&fix.place.path)), vec![edit])]);
    lsp::CodeAction {
        title: fix.title.clone(),
        kind: Some(lsp::CodeActionKind::QuickFix),
        diagnostics: Some(vec![diagnostic(note, documents)]),
        is_preferred: Some(true),
        edit: Some(lsp::WorkspaceEdit { changes: Some(changes), ..Default::default() }),
        ..Default::default()
    }
}

/// Returns a hover with Markdown text.
pub fn markdown(value: String) -> lsp::Hover {
    lsp::Hover { contents: lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value }.into(), range: None }
}

/// Converts a location.
pub fn location(place: &Location, documents: &Documents) -> lsp::Location {
    lsp::Location { uri: lsp::Uri(documents.uri(&place.path)), range: range(place.extent) }
}

/// Converts a range for the editor.
pub fn range(extent: TextRange) -> lsp::Range {
    let position = |at: Position| lsp::Position { line: at.line, character: at.column };
    lsp::Range { start: position(extent.start), end: position(extent.end) }
}

/// Converts a range from the editor.
pub fn extent(range: lsp::Range) -> TextRange {
    TextRange { start: position(range.start), end: position(range.end) }
}

/// Converts a position from the editor.
pub fn position(position: lsp::Position) -> Position {
    Position { line: position.line, column: position.character }
}
