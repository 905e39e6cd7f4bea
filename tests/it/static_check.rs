//! Mistakes in copies of `specs/platform.gpb` that no environment is needed for: each is found from the types that are
//! declared, wherever it stands, by `gpb check` and by the language server with only that file open.

use crate::lsp::Editor;
use crate::support::{Folder, InMemoryLoader, root};
use gpb_base::diag::Diagnostic;
use gpb_base::stdlib::Library;
use gpb_lang as lang;
use gpb_lang::CompileInputs;
use serde_json::{Value as Json, json};

/// One mistake: the text it takes the place of, with the mistaken part marked, and the code it is told by.
struct Mistake {
    /// A text of the platform that occurs once.
    right: &'static str,
    /// The text that stands there instead; the reported part is between `«` and `»`.
    wrong: &'static str,
    code: &'static str,
}

const fn mistake(right: &'static str, wrong: &'static str, code: &'static str) -> Mistake {
    Mistake { right, wrong, code }
}

const MISTAKES: [Mistake; 40] = [
    // Functions and types.
    mistake("PROVIDER_API_MODE = modes[mode].provider_api", "PROVIDER_API_MODE = modes[mode].«provider_ap»", "GPB1122"),
    mistake("GPUBROKER_MODE    = mode\n", "GPUBROKER_MODE    = «length(mode)»\n", "GPB1101"),
    mistake("LOG_LEVEL         = modes[mode].log_level", "LOG_LEVEL         = «[modes[mode].log_level]»", "GPB1101"),
    mistake("traffic  = 220 MiB", "traffic  = «220s»", "GPB1102"),
    mistake("jobs     = 30\n}", "«job»     = 30\n}", "GPB1108"),
    // The stack: its parameters, values and outputs.
    mistake("param kafka_storage: bytes = 100 GiB", "param kafka_storage: bytes = «100min»", "GPB1102"),
    mistake("param nat: none | one | per_zone = per_zone", "param nat: none | one | per_zone = «per_zones»", "GPB1106"),
    mistake("let copied = is_set(recovery)", "let copied = is_set(recovery) && «zones + 30s» > 3", "GPB1102"),
    mistake("output database = data.main.endpoint", "output database: duration = «data.main.endpoint»", "GPB1101"),
    mistake("output jobs_queue = streaming.jobs.url", "output jobs_queue = streaming.jobs.«uri»", "GPB1701"),
    // Components that are used.
    mistake(
        "      name       = prefix\n      cidr       = address_space",
        "      «nam»        = prefix\n      cidr       = address_space",
        "GPB1502",
    ),
    mistake("cidr       = address_space", "cidr       = «zones»", "GPB1101"),
    mistake("zone_count = zones\n      nat ", "zone_count = «\"${zones}\"»\n      nat ", "GPB1101"),
    mistake("processed = users * per_user.outbound\n", "processed = «per_user.outbound * log_retention»\n", "GPB1102"),
    mistake("egress    = users * per_user.outbound / 2", "egress    = «per_user.outbound + log_retention»", "GPB1102"),
    mistake("emails = on_call", "emails = «on_call[0]»", "GPB1101"),
    mistake("capacity       = database\n", "capacity       = «database_readers»\n", "GPB1101"),
    mistake("reader_scaling = database_reader_scaling", "reader_scaling = «database»", "GPB1101"),
    mistake("readers        = database_readers", "readers        = «database_reader_scaling»", "GPB1101"),
    // Branches: taken in live, not in the sandbox, and the other way round.
    mistake(
        "backups        = if mode == live { 35d } else { 1d }",
        "backups        = if mode == live { 35d } else { «1 GiB» }",
        "GPB1102",
    ),
    mistake("engine        = if mode == live {", "engine        = if mode == «lives» {", "GPB1106"),
    mistake(
        "{ name = security.database_password.name, arn = security.database_password.arn }",
        "{ name = security.database_password.name, «arm» = security.database_password.arn }",
        "GPB1108",
    ),
    mistake("acks = if kafka_zones > 2 {", "acks = if «kafka_zones > log_retention» {", "GPB1102"),
    mistake("cidr       = \"10.1.0.0/16\"", "cidr       = «10»", "GPB1101"),
    mistake("nat        = none", "nat        = «nothing»", "GPB1106"),
    mistake("reads       = \"replica\"\n", "reads       = «true»\n", "GPB1101"),
    mistake("recover from software { rpo 5min }", "recover from software { rpo «5 MiB» }", "GPB1102"),
    mistake(
        "capacity   = low(database) / 2..high(database)",
        "capacity   = «low(database) / 2..database_readers * 1s»",
        "GPB1102",
    ),
    mistake(
        "name    = \"${prefix}-static\"\n        regions = [{ bucket = static.name }",
        "«nam»     = \"${prefix}-static\"\n        regions = [{ bucket = static.name }",
        "GPB2001",
    ),
    mistake("{ bucket = static_copy.name }]", "{ «bukket» = static_copy.name }]", "GPB2001"),
    // Optional, compared, reached into and repeated.
    mistake(
        "bucket static_copy {\n          name = \"${prefix}-static-${account}-copy\"",
        "bucket static_copy {\n          name = \"${prefix}-${«kafka_storage_limit»}-copy\"",
        "GPB1110",
    ),
    mistake(
        "bucket logs {\n      name   = \"${prefix}-logs-${account}\"",
        "bucket logs {\n      name   = \"${prefix}-logs-${«recovery»}\"",
        "GPB1110",
    ),
    mistake("log_group     = broker_logs.name", "log_group     = «broker_logs»", "GPB1101"),
    mistake(
        "subnets       = [for i in range(kafka_zones): network.main.data_subnets[i]]",
        "subnets       = [for i in «kafka_zones»: network.main.data_subnets[i]]",
        "GPB1406",
    ),
    mistake("usage { shards = 2 + floor(users / 100_000) }", "usage { shards = 2 + floor(«cache_node») }", "GPB1101"),
    mistake("health { path \"/ws/health\" every 30s }", "health { path \"/ws/health\" every «30» }", "GPB1104"),
    mistake("to_port                  = 8001\n", "to_port                  = «log_retention»\n", "GPB2008"),
    mistake(
        "let variables = merge(app_env(mode, account), {",
        "let variables = merge(app_env(mode, «task_cpu»), {",
        "GPB1101",
    ),
    mistake("image   = image\n      command", "image   = «tasks»\n      command", "GPB1101"),
    mistake(
        "when memory > 80% add 2 remove 1\n        when requests",
        "when memory > 80% add «2s» remove 1\n        when requests",
        "GPB1102",
    ),
];

fn platform() -> String {
    std::fs::read_to_string(root().join("specs/platform.gpb")).unwrap()
}

/// Returns the platform with a mistake in it, and the bytes that are mistaken.
fn planted(mistake: &Mistake) -> (String, std::ops::Range<usize>) {
    let text = platform();
    assert_eq!(text.matches(mistake.right).count(), 1, "`{}` stands once", mistake.right);
    let at = text.find(mistake.right).unwrap();
    let (before, rest) = mistake.wrong.split_once('«').unwrap();
    let (marked, after) = rest.split_once('»').unwrap();
    let start = at + before.len();
    let wrong = format!("{before}{marked}{after}");
    (text.replace(mistake.right, &wrong), start..start + marked.len())
}

#[test]
fn forty_mistakes_of_forty_are_found_without_an_environment() {
    let library = Library::embedded();
    let mut wrong = Vec::new();
    for mistake in &MISTAKES {
        let (text, marked) = planted(mistake);
        let shown = text[marked.clone()].to_owned();
        let compiled = lang::check("platform.gpb", &CompileInputs::embedded(&InMemoryLoader(text), &library), None);
        let found: Vec<_> = compiled.diagnostics.iter().filter(|one| one.is_error()).collect();
        let told = |one: &&Diagnostic| (one.code, one.span().map(gpb_base::source::Span::range));
        match found.as_slice() {
            [only] if told(only) == (mistake.code, Some(marked)) => {}
            others => {
                let others: Vec<_> = others.iter().map(|one| (one.code, one.message.clone(), one.span())).collect();
                wrong.push(format!("«{shown}» of `{}`: {others:?}", mistake.wrong));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of 40:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_language_server_finds_the_same_forty() {
    let folder = Folder::new();
    let uri = format!("file://{}", folder.path("platform.gpb").display());
    let mut editor = Editor::open(&folder);
    editor.ask("initialize", &json!({ "processId": null, "rootUri": null, "capabilities": {} }));
    editor.tell("initialized", &json!({}));
    let opened = json!({ "uri": uri, "languageId": "gpb", "version": 1, "text": platform() });
    editor.tell("textDocument/didOpen", &json!({ "textDocument": opened }));
    assert_eq!(editor.diagnostics(&uri), Vec::<Json>::new());
    let mut wrong = Vec::new();
    for (mistake, version) in MISTAKES.iter().zip(2..) {
        let (text, marked) = planted(mistake);
        let line = text[..marked.start].matches('\n').count();
        let changes =
            json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": [{ "text": text }] });
        editor.tell("textDocument/didChange", &changes);
        let found = editor.diagnostics(&uri);
        let told = |one: &Json| (one["code"].clone(), one["range"]["start"]["line"].clone());
        let errors: Vec<_> = found.iter().filter(|one| one["severity"] == 1).map(told).collect();
        if errors != [(json!(mistake.code), json!(line))] {
            wrong.push(format!("`{}`: {errors:?}", mistake.wrong));
        }
    }
    editor.ask("shutdown", &Json::Null);
    editor.tell("exit", &Json::Null);
    assert_eq!(editor.end(), (Some(0), String::new()));
    assert!(wrong.is_empty(), "{} of 40:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_check_without_an_environment_says_what_it_leaves_open() {
    let said = "No environment: values that depend on parameters were not checked.";
    let folder = Folder::with_specs();
    let alone = folder.expect(0, &["check", "specs/platform.gpb"]);
    assert!(alone.out.ends_with(&format!("{said}\n")), "{}", alone.text());
    assert_eq!(folder.expect(0, &["check", "specs/platform.gpb", "--json"]).json()["unchecked"], said);
    let used = folder.expect(0, &["check", "specs/live.gpb"]);
    assert!(!used.out.contains(said), "{}", used.text());
    assert_eq!(folder.expect(0, &["check", "specs/live.gpb", "--json"]).json()["unchecked"], Json::Null);
    // What has no parameters has nothing left to check.
    folder.write("names.gpb", "const zones = 3\n");
    assert!(!folder.expect(0, &["check", "names.gpb"]).out.contains(said));
}
