//! The features one by one, and a whole session with an editor.

use crate::lsp::documents::Documents;
use crate::lsp::features::{diagnostics, fixes, format, hover};
use crate::lsp::position::{LineIndex, Position, TextRange};
use crate::lsp::server;
use gpb_base::source::FileId;
use gpb_base::stdlib::Library;
use gpb_lang::{CompileInputs, ProgramInputs};
use lsp_server::{Connection, Message, Notification, Request, RequestId};
use serde_json::{Value as Json, json};
use std::fmt::Write as _;
use std::sync::Arc;
use std::thread;

/// Prices of this day.
const DAY: &str = "2026-11-23";

fn library() -> Library {
    let queue = "/// A queue.\npub component queue {\n  /// Unique in the account.\n  param name: string\n  param keep: duration = 4d\n}\n";
    [("messaging/queue.gpb".to_owned(), Arc::from(queue))].into_iter().collect()
}

fn documents(files: &[(&str, &str)]) -> Documents {
    let mut documents = Documents::default();
    for (path, text) in files {
        documents.put(&format!("file://{path}"), Some(1), (*text).to_owned());
    }
    documents
}

/// Prints the diagnostics of the program of the first file, with places and fixes.
fn wrong(files: &[(&str, &str)]) -> String {
    let (documents, library) = (documents(files), library());
    let entry = files.first().map_or("", |(path, _)| path);
    let compilation = diagnostics::check(entry, &CompileInputs::embedded(&documents, &library), DAY);
    let mut out = String::new();
    let place = |place: &diagnostics::Location| format!("{}:{}", place.path, shown(place.extent));
    for note in diagnostics::notes(&compilation).into_values().flatten() {
        let _ = writeln!(out, "{} {} {}", place(&note.place), note.code, note.message);
        for (at, text) in &note.related {
            let _ = writeln!(out, "  {} {text}", place(at));
        }
        if let Some(fix) = &note.fix {
            let _ = writeln!(out, "  fix {} {}: {:?}", place(&fix.place), fix.title, fix.replacement);
        }
    }
    out
}

fn shown(extent: TextRange) -> String {
    let TextRange { start, end } = extent;
    format!("{}:{}-{}:{}", start.line, start.column, end.line, end.column)
}

#[test]
fn a_mistake_has_its_place_in_utf16() {
    insta::assert_snapshot!(wrong(&[("/a.gpb", "const x = \"🦀é\"\r\nconst y = join([\"🦀\", lwer(x)], \"\")\r\n")]), @r#"
    /a.gpb:1:22-1:26 GPB1201 there is no function `lwer`
    no function of this name
    help: did you mean `lower`?
      fix /a.gpb:1:22-1:26 change to `lower`: "lower"
    "#);
}

#[test]
fn mistakes_of_imported_files_are_reported_there() {
    let files = [("/a.gpb", "use \"b.gpb\"\nconst x = y\n"), ("/b.gpb", "pub const y = uper(\"a\")\nconst y = 2\n")];
    insta::assert_snapshot!(wrong(&files), @r#"
    /b.gpb:0:14-0:18 GPB1201 there is no function `uper`
    no function of this name
    help: did you mean `upper`?
      fix /b.gpb:0:14-0:18 change to `upper`: "upper"
    /b.gpb:1:6-1:7 GPB1002 the constant `y` is defined twice
    defined again here
    help: give one of them another name
      /b.gpb:0:10-0:11 first defined here
    "#);
}

#[test]
fn a_private_item_is_made_public_where_it_stands() {
    let files = [("/a.gpb", "use \"b.gpb\"\nconst x = y\n"), ("/b.gpb", "const y = 1\n")];
    insta::assert_snapshot!(wrong(&files), @r#"
    /a.gpb:1:10-1:11 GPB1020 the constant `y` is private to `/b.gpb`
    used in another file
    help: write `pub` before the constant, so that other files may use it
      /b.gpb:0:6-0:7 declared here without `pub`
      fix /b.gpb:0:0-0:0 make `y` public: "pub "
    "#);
}

#[test]
fn a_file_that_is_not_there() {
    insta::assert_snapshot!(wrong(&[("/a.gpb", "use \"absent.gpb\"\n")]), @r#"
    /a.gpb:0:0-0:16 GPB1001 cannot read `absent.gpb`: no such file or directory
    used here
    help: the path is relative to the file that uses it
    "#);
}

#[test]
fn a_target_that_is_missed_is_shown_where_it_is_demanded() {
    let text = "stack shop {\n  resource aws.rds.db_instance main {\n    engine = \"postgres\", master_username = \"shop\", manage_master_user_password = true\n    \
        db_instance_class = \"db.t4g.medium\"\n    allocated_storage = \"20\"\n    backup_retention_period = 0\n    \
        recover from software { rpo 5min }\n  }\n}\n\nenvironment live of shop {\n  account = \"123456789012\"\n  \
        region = us-east-1\n  mode = sandbox\n}\n";
    let documents = documents(&[("/a.gpb", text)]);
    let library = Library::embedded();
    let notes = diagnostics::notes(&diagnostics::check("/a.gpb", &CompileInputs::embedded(&documents, &library), DAY));
    let note = &notes.get("/a.gpb").unwrap()[0];
    assert_eq!((note.code, shown(note.place.extent).as_str()), ("GPB4001", "6:32-6:36"));
}

#[test]
fn fixes_are_offered_where_the_mistake_is() {
    let (documents, library) = (documents(&[("/a.gpb", "const a = uper(\"x\")\nconst b = lwer(\"x\")\n")]), library());
    let notes = diagnostics::notes(&diagnostics::check("/a.gpb", &CompileInputs::embedded(&documents, &library), DAY));
    let notes = notes.get("/a.gpb").unwrap();
    let at = |line, column| {
        let place = Position { line, column };
        let offered = fixes::fixes(notes, TextRange { start: place, end: place });
        offered.filter_map(|note| note.fix.as_ref()).map(|fix| fix.replacement.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(at(0, 12), ["upper"]);
    assert_eq!(at(1, 14), ["lower"]);
    assert!(at(0, 2).is_empty());
}

#[test]
fn formatting_writes_only_what_differs() {
    let text = "const a = 1\nconst   b   =  2\nconst c = \"🦀\"\n";
    let (extent, replacement) = format::format(text).unwrap();
    assert_eq!(shown(extent), "1:0-2:0");
    assert_eq!(replacement, "const b = 2\n");
    assert_eq!(format::format("const a = 1\n"), None);
    assert_eq!(format::format("const = {\n"), None, "a text with mistakes stays");
}

#[test]
fn formatting_edits_come_to_the_formatted_text() {
    let broken = [
        "const a=1",
        "\n\n\nconst a = 1\n\n\n",
        "stack s {\n param a : count\n}\n",
        "const a = 1\r\nconst b = 2\r\n",
        "",
    ];
    for text in broken {
        let expected = gpb_syntax::format(text).unwrap();
        let mut edited = text.to_owned();
        if let Some((extent, replacement)) = format::format(text) {
            let lines = LineIndex::new(text);
            edited.replace_range(lines.offset(extent.start)..lines.offset(extent.end), &replacement);
        }
        assert_eq!(edited, expected, "{text:?}");
    }
}

/// Returns the hover at `‸`.
fn about(text: &str) -> String {
    about_in(&[("/a.gpb", text)])
}

/// Returns the hover at `‸` in the first of some files.
fn about_in(files: &[(&str, &str)]) -> String {
    let offset = files[0].1.find('‸').unwrap();
    let texts: Vec<(&str, String)> = files.iter().map(|(path, text)| (*path, text.replace('‸', ""))).collect();
    let texts: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let (documents, library) = (documents(&texts), library());
    let compilation = diagnostics::check("/a.gpb", &CompileInputs::embedded(&documents, &library), DAY);
    hover::hover(&compilation, "/a.gpb", offset).unwrap_or_else(|| "nothing".to_owned())
}

#[test]
fn a_waiver_shows_its_policy() {
    let text = "/// Queues have names.\npolicy named {\n  help = \"set `queue_name`\"\n  each aws.sqs.queue as q require is_set(q.queue_name) \
                else \"it has no name\"\n}\nstack s {\n  waive nam‸ed until \"2999-01-01\" because \"later\"\n}\n";
    insta::assert_snapshot!(about(text), @r#"
    ```gpb
    policy named
    each aws.sqs.queue as q require is_set(q.queue_name) else "it has no name"
    ```

    Queues have names.

    help: set `queue_name`
    "#);
}

#[test]
fn what_names_mean() {
    insta::assert_snapshot!(about("stack s {\n  layer l {\n    qu‸eue jobs { name = \"a\" }\n  }\n}\n"), @r#"
    ```gpb
    component queue
    ```

    A queue.

    - `name: string`: Unique in the account.
    - `keep: duration` (optional)
    "#);
    insta::assert_snapshot!(about("const x = cidr_spl‸it(\"10.0.0.0/16\", 2)\n"), @r#"
    ```gpb
    cidr_split(block: cidr, n: count) -> list<cidr>
    ```

    The first n of the equal parts a network splits into; of a power of two, all parts.
    "#);
    insta::assert_snapshot!(about("stack s {\n  layer l {\n    resource aws.sqs.que‸ue q { }\n  }\n}\n"), @r#"
    `aws.sqs.queue`

    AWS::SQS::Queue
    "#);
    insta::assert_snapshot!(about("/// One of three.\ntype tier = low | high\nstack s {\n  param t: ti‸er\n}\n"), @r#"
    ```gpb
    type tier
    ```

    One of three.
    "#);
    let files = [
        ("/a.gpb", "use \"b.gpb\" as net\nuse \"c.gpb\"\nconst x = net.si‸ze\n"),
        ("/c.gpb", "/// Of c.\npub const size = 1\n"),
        ("/b.gpb", "/// Of b.\npub const size = 2\n"),
    ];
    assert!(about_in(&files).contains("Of b."), "the file that `net` is");
    assert_eq!(about("const é‸ = 1\n"), "nothing");
    assert_eq!(about("‸"), "nothing");
}

/// An editor that talks with a server in this process.
struct Editor {
    connection: Connection,
    server: thread::JoinHandle<Result<(), String>>,
    next: i32,
}

impl Editor {
    fn new() -> Self {
        let (ours, theirs) = Connection::memory();
        let server = thread::spawn(move || server::run(&theirs, library(), ProgramInputs::NONE));
        Self { connection: ours, server, next: 0 }
    }

    fn started() -> Self {
        let mut editor = Self::new();
        editor.ask("initialize", json!({ "capabilities": {} })).unwrap();
        editor.tell("initialized", json!({}));
        editor
    }

    fn tell(&self, method: &str, params: Json) {
        let message = Message::Notification(Notification { method: method.to_owned(), params });
        self.connection.sender.send(message).unwrap();
    }

    /// Returns the result, or the code of the error; notifications are ignored.
    fn ask(&mut self, method: &str, params: Json) -> Result<Json, i32> {
        self.next += 1;
        let id = RequestId::from(self.next);
        self.connection.sender.send(Request { id: id.clone(), method: method.to_owned(), params }.into()).unwrap();
        loop {
            if let Message::Response(response) = self.connection.receiver.recv().unwrap() {
                assert_eq!(response.id, id);
                return response.response_result.map_err(|error| error.code);
            }
        }
    }

    /// The next diagnostics of a file.
    fn published(&self, uri: &str) -> Json {
        loop {
            if let Message::Notification(notice) = self.connection.receiver.recv().unwrap() {
                assert_eq!(notice.method, "textDocument/publishDiagnostics");
                if notice.params["uri"] == uri {
                    return notice.params;
                }
            }
        }
    }

    fn leave(self) -> Result<(), String> {
        drop(self.connection);
        self.server.join().unwrap()
    }
}

const URI: &str = "file:///work%20dir/a.gpb";

fn open(text: &str) -> Json {
    json!({ "textDocument": { "uri": URI, "languageId": "gpb", "version": 1, "text": text } })
}

#[test]
fn a_whole_conversation() {
    let mut editor = Editor::new();
    assert_eq!(editor.ask("textDocument/hover", json!({})), Err(-32002));
    let hello = editor.ask("initialize", json!({ "capabilities": {} })).unwrap();
    assert_eq!(hello["capabilities"]["textDocumentSync"]["change"], 1);
    assert_eq!(hello["capabilities"]["documentFormattingProvider"], true);
    editor.tell("initialized", json!({}));

    editor.tell("textDocument/didOpen", open("const a = \"🦀\"\nconst  b = lwer(a)\n"));
    let wrong = editor.published(URI);
    insta::assert_json_snapshot!(wrong["diagnostics"], @r#"
    [
      {
        "code": "GPB1201",
        "message": "there is no function `lwer`\nno function of this name\nhelp: did you mean `lower`?",
        "range": {
          "end": {
            "character": 15,
            "line": 1
          },
          "start": {
            "character": 11,
            "line": 1
          }
        },
        "severity": 1,
        "source": "gpb"
      }
    ]
    "#);

    let document = json!({ "uri": URI });
    let at = json!({ "line": 1, "character": 12 });
    let range = json!({ "start": at, "end": at });
    let params = json!({ "textDocument": document, "range": range, "context": { "diagnostics": [] } });
    let actions = editor.ask("textDocument/codeAction", params).unwrap();
    assert_eq!(actions[0]["kind"], "quickfix");
    assert_eq!(actions[0]["edit"]["changes"][URI][0]["newText"], "lower");

    let change = json!({ "textDocument": { "uri": URI, "version": 2 }, "contentChanges": [{ "text": "const  b = lower(\"A\")\n" }] });
    editor.tell("textDocument/didChange", change);
    let right = editor.published(URI);
    assert_eq!((&right["diagnostics"], &right["version"]), (&json!([]), &json!(2)));

    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let edits = editor.ask("textDocument/formatting", json!({ "textDocument": document, "options": options })).unwrap();
    assert_eq!(edits[0]["newText"], "const b = lower(\"A\")\n");
    let hover = editor
        .ask("textDocument/hover", json!({ "textDocument": document, "position": { "line": 0, "character": 13 } }));
    assert!(hover.unwrap()["contents"]["value"].as_str().unwrap().contains("lower("));

    assert_eq!(editor.ask("textDocument/rename", json!({})), Err(-32601));
    assert_eq!(editor.ask("shutdown", Json::Null), Ok(Json::Null));
    assert_eq!(editor.ask("textDocument/hover", json!({})), Err(-32600));
    editor.tell("exit", Json::Null);
    assert_eq!(editor.leave(), Ok(()));
}

#[test]
fn what_is_deprecated_is_struck_out_and_says_so_on_hover() {
    let text = "@deprecated(\"use `name`\")\nfn label(a: string) -> string = \"${a}-x\"\nconst b = la‸bel(\"a\")\n";
    assert!(about(text).contains("**Deprecated:** use `name`"), "{}", about(text));
    let editor = Editor::started();
    editor.tell("textDocument/didOpen", open(&text.replace('‸', "")));
    let told = editor.published(URI);
    assert_eq!(told["diagnostics"][0]["code"], "GPB1230", "{told}");
    assert_eq!(told["diagnostics"][0]["tags"], json!([2]), "the tag of what is deprecated");
}

#[test]
fn a_keyword_says_what_it_is() {
    let told = about("stack s {\n  resource aws.sqs.queue q { kee‸p true }\n}\n");
    assert!(told.contains("`keep true") && told.contains("language.md#"), "{told}");
}

#[test]
fn diagnostics_are_taken_back_from_files_that_are_closed() {
    let editor = Editor::started();
    editor.tell("textDocument/didOpen", open("const a = uper(\"a\")\n"));
    assert_eq!(editor.published(URI)["diagnostics"].as_array().map(Vec::len), Some(1));
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": URI } }));
    assert_eq!(editor.published(URI)["diagnostics"], json!([]));
}

#[test]
fn what_is_malformed_is_refused_and_the_conversation_goes_on() {
    let mut editor = Editor::started();
    for method in ["textDocument/formatting", "textDocument/codeAction", "textDocument/hover"] {
        for params in [Json::Null, json!([]), json!({}), json!({ "textDocument": 3 })] {
            assert_eq!(editor.ask(method, params), Err(-32602), "{method}");
        }
    }
    for method in ["textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "$/unheard"] {
        editor.tell(method, json!({ "textDocument": [] }));
    }
    let far = json!({ "textDocument": { "uri": URI }, "position": { "line": u32::MAX, "character": u32::MAX } });
    assert_eq!(editor.ask("textDocument/hover", far.clone()), Err(-32602), "not open");
    editor.tell("textDocument/didOpen", open("\u{feff}stack {\r\n\"${\u{0}\r🦀"));
    assert_eq!(editor.ask("textDocument/hover", far), Ok(Json::Null));
    assert_eq!(editor.ask("initialize", json!({})), Err(-32600));
    assert!(editor.leave().is_err_and(|why| why.contains("gone")));
}

#[test]
fn a_byte_order_mark_counts_as_a_character() {
    let parsed = gpb_syntax::parse(FileId::default(), "\u{feff}const a = \n");
    let span = parsed.diagnostics[0].span().unwrap();
    let lines = LineIndex::new("\u{feff}const a = \n");
    assert_eq!(lines.offset(lines.position(span.start as usize)), span.start as usize);
}
