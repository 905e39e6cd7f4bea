//! The server loop: requests and notifications of one editor.

use crate::calendar::today;
use crate::lsp::documents::Documents;
use crate::lsp::features::diagnostics::{self, FileDiagnostic};
use crate::lsp::features::{fixes, format, hover};
use crate::lsp::position::LineIndex;
use crate::lsp::protocol;
use gen_lsp_types as lsp;
use gpb_base::diag;
use gpb_base::stdlib::Library;
use gpb_lang::{Compilation, CompileInputs, ProgramInputs};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response, ResponseError};
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// The stage of the session, by the life cycle of LSP 3.17.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SessionStage {
    /// Only `initialize` may come.
    Greeting,
    /// Any request may come.
    Talking,
    /// After `shutdown` only `exit` may come.
    Leaving,
}

/// The state of the server.
struct Server<'c> {
    connection: &'c Connection,
    library: Library,
    /// The environment variables that programs are given.
    given: ProgramInputs,
    documents: Documents,
    stage: SessionStage,
    /// A document changed and the programs have not been checked since.
    stale: bool,
    /// The program of each open document.
    programs: BTreeMap<String, Compilation>,
    notes: BTreeMap<String, Vec<FileDiagnostic>>,
    /// The files whose diagnostics the editor shows.
    ///
    /// They have to be cleared when there are none any more.
    shown: BTreeSet<String>,
}

/// The error of a request: its code and a message.
type Refusal = (ErrorCode, String);

/// Answers the editor until it sends `exit`.
///
/// # Errors
/// When it is gone without `exit`, or sends that before `shutdown`.
pub fn run(connection: &Connection, library: Library, given: ProgramInputs) -> Result<(), String> {
    let mut server = Server {
        connection,
        library,
        given,
        documents: Documents::default(),
        stage: SessionStage::Greeting,
        stale: false,
        programs: BTreeMap::new(),
        notes: BTreeMap::new(),
        shown: BTreeSet::new(),
    };
    let gone = || "the editor is gone without `exit`".to_owned();
    loop {
        // While messages wait, nothing is checked: typing may be faster than checking.
        let message = if let Ok(message) = connection.receiver.try_recv() {
            message
        } else {
            server.refresh();
            connection.receiver.recv().map_err(|_| gone())?
        };
        match message {
            Message::Request(request) => server.request(request),
            Message::Notification(notice) if notice.method == "exit" => {
                let asked = server.stage == SessionStage::Leaving;
                return if asked { Ok(()) } else { Err("`exit` came without `shutdown`".to_owned()) };
            }
            Message::Notification(notice) => server.notice(notice),
            Message::Response(_) => {}
        }
    }
}

impl Server<'_> {
    /// Answers a request.
    fn request(&mut self, request: Request) {
        let answer = self.answer(&request.method, request.params);
        let response_result =
            answer.map_err(|(code, message)| ResponseError { code: code as i32, message, data: None });
        self.send(Message::Response(Response { id: request.id, response_result }));
    }

    /// Returns the result of a request, where its method is allowed at this stage.
    fn answer(&mut self, method: &str, params: Json) -> Result<Json, Refusal> {
        match (self.stage, method) {
            (SessionStage::Greeting, "initialize") => {
                self.stage = SessionStage::Talking;
                let server = json!({ "name": "gpb", "version": env!("CARGO_PKG_VERSION") });
                Ok(json!({ "capabilities": json(protocol::capabilities())?, "serverInfo": server }))
            }
            (SessionStage::Greeting, _) => {
                Err((ErrorCode::ServerNotInitialized, format!("`{method}` came before `initialize`")))
            }
            (SessionStage::Leaving, _) => Err((ErrorCode::InvalidRequest, format!("`{method}` came after `shutdown`"))),
            (SessionStage::Talking, "shutdown") => {
                self.stage = SessionStage::Leaving;
                Ok(Json::Null)
            }
            (SessionStage::Talking, "initialize") => Err((ErrorCode::InvalidRequest, "`initialize` came twice".into())),
            (SessionStage::Talking, "textDocument/formatting") => self.format(&read(params)?),
            (SessionStage::Talking, "textDocument/codeAction") => self.actions(&read(params)?),
            (SessionStage::Talking, "textDocument/hover") => self.hover(&read(params)?),
            (SessionStage::Talking, _) => Err((ErrorCode::MethodNotFound, format!("`{method}` is not supported"))),
        }
    }

    /// Takes a notification.
    fn notice(&mut self, notice: Notification) {
        if self.stage != SessionStage::Talking {
            return;
        }
        let Notification { method, params } = notice;
        // A notification has no answer, so one that cannot be read is ignored.
        let understood = match method.as_str() {
            "textDocument/didOpen" => read(params).map(|it| self.opened(it)),
            "textDocument/didChange" => read(params).map(|it| self.changed(it)),
            "textDocument/didClose" => {
                read(params).map(|it: lsp::DidCloseTextDocumentParams| self.documents.remove(&it.text_document.uri.0))
            }
            // A saved file may be one that an open one imports.
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => Ok(()),
            _ => return,
        };
        self.stale |= understood.is_ok();
    }

    fn opened(&mut self, params: lsp::DidOpenTextDocumentParams) {
        let document = params.text_document;
        self.documents.put(&document.uri.0, Some(document.version), document.text);
    }

    fn changed(&mut self, params: lsp::DidChangeTextDocumentParams) {
        let id = params.text_document;
        // A change holds the whole text; of several the last is the text in the editor.
        let whole = params.content_changes.into_iter().rev().find_map(|change| match change {
            lsp::TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => Some(whole.text),
            lsp::TextDocumentContentChangeEvent::TextDocumentContentChangePartial(_) => None,
        });
        if let Some(text) = whole {
            self.documents.put(&id.text_document_identifier.uri.0, Some(id.version), text);
        }
    }

    /// Checks the open programs, when a document has changed, and publishes diagnostics.
    fn refresh(&mut self) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        let inputs = CompileInputs { given: &self.given, ..CompileInputs::embedded(&self.documents, &self.library) };
        let day = today();
        let programs = self.documents.paths().into_iter().map(|path| {
            let compilation = diagnostics::check(&path, &inputs, &day);
            (path, compilation)
        });
        self.programs = programs.collect();
        self.notes.clear();
        for (path, notes) in self.programs.values().flat_map(diagnostics::notes) {
            // A file may belong to several programs, and most of its diagnostics occur in all of them.
            let known = self.notes.entry(path).or_default();
            for note in notes {
                if !known.contains(&note) {
                    known.push(note);
                }
            }
        }
        let shown: BTreeSet<String> = self.documents.paths().into_iter().chain(self.notes.keys().cloned()).collect();
        for path in self.shown.union(&shown) {
            self.publish(path);
        }
        self.shown = shown;
    }

    /// Sends the diagnostics of one file.
    fn publish(&self, path: &str) {
        let notes = self.notes.get(path).map(Vec::as_slice).unwrap_or_default();
        let params = lsp::PublishDiagnosticsParams {
            uri: lsp::Uri(self.documents.uri(path)),
            version: self.documents.get(path).and_then(|document| document.version),
            diagnostics: notes.iter().map(|note| protocol::diagnostic(note, &self.documents)).collect(),
        };
        if let Ok(params) = serde_json::to_value(params) {
            let method = "textDocument/publishDiagnostics".to_owned();
            self.send(Message::Notification(Notification { method, params }));
        }
    }

    /// Answers `textDocument/formatting`.
    fn format(&self, params: &lsp::DocumentFormattingParams) -> Result<Json, Refusal> {
        let (_, document) = self.documents.named(&params.text_document.uri.0).ok_or_else(not_open)?;
        let edit = format::format(&document.text);
        json(edit.map(|(extent, new_text)| vec![lsp::TextEdit { range: protocol::range(extent), new_text }]))
    }

    /// Answers `textDocument/codeAction`.
    fn actions(&mut self, params: &lsp::CodeActionParams) -> Result<Json, Refusal> {
        self.refresh();
        let (path, _) = self.documents.named(&params.text_document.uri.0).ok_or_else(not_open)?;
        let notes = self.notes.get(path).map(Vec::as_slice).unwrap_or_default();
        let fixable = fixes::fixes(notes, protocol::extent(params.range));
        let actions = fixable.filter_map(|note| Some(protocol::action(note, note.fix.as_ref()?, &self.documents)));
        json(actions.collect::<Vec<_>>())
    }

    /// Answers `textDocument/hover`.
    fn hover(&mut self, params: &lsp::HoverParams) -> Result<Json, Refusal> {
        self.refresh();
        let at = &params.text_document_position_params;
        let (path, document) = self.documents.named(&at.text_document.uri.0).ok_or_else(not_open)?;
        let position = protocol::position(at.position);
        let offset = LineIndex::new(&document.text).offset(position);
        let known = self.programs.get(path).and_then(|program| hover::hover(program, path, offset));
        let notes = self.notes.get(path).map(Vec::as_slice).unwrap_or_default();
        let wrong = notes.iter().find(|note| note.place.extent.start <= position && position < note.place.extent.end);
        let explained = wrong.and_then(|note| diag::page(note.code)).map(|page| page.text.to_owned());
        json(explained.or(known).map(protocol::markdown))
    }

    /// Sends a message; where the editor is gone, the next receive ends the session.
    fn send(&self, message: Message) {
        let _ = self.connection.sender.send(message);
    }
}

fn not_open() -> Refusal {
    (ErrorCode::InvalidParams, "the document is not open".to_owned())
}

fn read<T: DeserializeOwned>(params: Json) -> Result<T, Refusal> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}

fn json(value: impl serde::Serialize) -> Result<Json, Refusal> {
    serde_json::to_value(value).map_err(|error| (ErrorCode::InternalError, error.to_string()))
}
