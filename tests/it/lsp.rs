//! `gpb lsp` as an editor uses it: a process that reads requests from a pipe and answers on another.

use crate::support::Folder;
use serde_json::{Value as Json, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdout, Stdio};

/// An editor and the server it has started.
pub struct Editor {
    server: Child,
    answers: BufReader<ChildStdout>,
    asked: u64,
}

impl Editor {
    pub fn open(folder: &Folder) -> Self {
        let mut server = folder
            .command(&["lsp"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = BufReader::new(server.stdout.take().unwrap());
        Self { server, answers, asked: 0 }
    }

    fn send(&mut self, message: &Json) {
        let text = message.to_string();
        let stdin = self.server.stdin.as_mut().unwrap();
        write!(stdin, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        stdin.flush().unwrap();
    }

    pub fn tell(&mut self, method: &str, params: &Json) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn next(&mut self) -> Json {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.answers.read_line(&mut line).unwrap() > 0, "the server has ended");
            if let Some(value) = line.strip_prefix("Content-Length: ") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        self.answers.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    /// Sends a request and returns the answer; notifications meanwhile are ignored.
    pub fn ask(&mut self, method: &str, params: &Json) -> Json {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.next();
            if message["id"] == id {
                assert_eq!(message["error"], Json::Null, "{method}");
                return message["result"].clone();
            }
        }
    }

    /// Returns the next diagnostics of a document.
    pub fn diagnostics(&mut self, uri: &str) -> Vec<Json> {
        loop {
            let message = self.next();
            if message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri {
                return message["params"]["diagnostics"].as_array().unwrap().clone();
            }
        }
    }

    /// Closes the pipe and returns how the server ends: the exit code and standard error.
    pub fn end(mut self) -> (Option<i32>, String) {
        drop(self.server.stdin.take());
        let mut said = String::new();
        self.server.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (self.server.wait().unwrap().code(), said)
    }
}

#[test]
fn an_editor_is_told_of_mistakes_and_given_the_text_in_order() {
    let folder = Folder::new();
    let uri = format!("file://{}", folder.path("shop.gpb").display());
    let document = json!({ "uri": uri });
    let mut editor = Editor::open(&folder);
    let hello = json!({ "processId": null, "rootUri": null, "capabilities": {} });
    assert_eq!(editor.ask("initialize", &hello)["serverInfo"]["name"], "gpb");
    editor.tell("initialized", &json!({}));

    // Columns are counted in UTF-16, where the crab is two.
    let text = "const  x=[\"🦀\", lwer(\"A\")]\n";
    let opened = json!({ "textDocument": { "uri": uri, "languageId": "gpb", "version": 1, "text": text } });
    editor.tell("textDocument/didOpen", &opened);
    let told = editor.diagnostics(&uri);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["code"], "GPB1201");
    let at = |line: u32, character: u32| json!({ "line": line, "character": character });
    assert_eq!(told[0]["range"], json!({ "start": at(0, 16), "end": at(0, 20) }));

    let fixed = text.replace("lwer", "lower");
    let changes = json!({ "textDocument": { "uri": uri, "version": 2 }, "contentChanges": [{ "text": fixed }] });
    editor.tell("textDocument/didChange", &changes);
    assert_eq!(editor.diagnostics(&uri), Vec::<Json>::new());

    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let edits = editor.ask("textDocument/formatting", &json!({ "textDocument": document, "options": options }));
    let edits = edits.as_array().unwrap();
    assert_eq!(edits.len(), 1, "{edits:?}");
    assert_eq!(edits[0]["newText"], "const x = [\"🦀\", lower(\"A\")]\n");
    assert_eq!(edits[0]["range"], json!({ "start": at(0, 0), "end": at(1, 0) }));

    assert_eq!(editor.ask("shutdown", &Json::Null), Json::Null);
    editor.tell("exit", &Json::Null);
    assert_eq!(editor.end(), (Some(0), String::new()));
}

#[test]
fn a_server_whose_editor_is_gone_ends_and_says_so() {
    let folder = Folder::new();
    let mut editor = Editor::open(&folder);
    editor.ask("initialize", &json!({ "processId": null, "rootUri": null, "capabilities": {} }));
    let (code, said) = editor.end();
    assert_eq!(code, Some(1));
    assert!(said.contains("the editor is gone without `exit`"), "{said}");
}
