//! Both emulators, a folder whose commands talk to them, and boto3 to read what is there.

use crate::support::{Folder, root};
use gpb_base::stdlib::Library;
use gpb_testkit::Emulator;
use serde_json::{Value as Json, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Both emulators, and a folder whose commands talk to them.
pub struct WireFixture {
    pub folder: Folder,
    reader: Reader,
    /// The certificates that the texts name, and those that the emulator has made for them.
    certificates: RefCell<BTreeMap<String, String>>,
    _emulators: (Emulator, Emulator),
}

/// boto3, in a process of its own.
struct Reader {
    child: RefCell<Child>,
    answers: RefCell<BufReader<std::process::ChildStdout>>,
}

impl Reader {
    fn new(variables: &[(String, String)]) -> Self {
        let mut child = Command::new(gpb_testkit::python().unwrap())
            .arg(root().join("tests/emulators/reader.py"))
            .arg("serve")
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = RefCell::new(BufReader::new(child.stdout.take().unwrap()));
        Self { child: RefCell::new(child), answers }
    }

    fn ask(&self, words: &[&str]) -> Json {
        let mut child = self.child.borrow_mut();
        writeln!(child.stdin.as_mut().unwrap(), "{}", json!(words)).unwrap();
        let mut line = String::new();
        self.answers.borrow_mut().read_line(&mut line).unwrap();
        let told: Json = serde_json::from_str(&line).unwrap();
        assert_eq!(told["error"], Json::Null, "{words:?}");
        told["answer"].clone()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let child = self.child.get_mut();
        // It ends when nobody can ask any more.
        drop(child.stdin.take());
        let _ = child.wait();
    }
}

/// The account of the emulators.
pub const ACCOUNT: &str = "123456789012";

impl WireFixture {
    pub fn new() -> Self {
        let moto = Emulator::moto().unwrap();
        let ministack = Emulator::ministack().unwrap();
        let mut variables: Vec<(String, String)> =
            moto.environment().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        variables.retain(|(name, _)| !name.starts_with("AWS_ACCESS") && !name.starts_with("AWS_SECRET"));
        let mut set = |name: &str, value: &str| variables.push((name.to_owned(), value.to_owned()));
        // ministack takes an access key of twelve digits for the account.
        set("AWS_ACCESS_KEY_ID", ACCOUNT);
        set("AWS_SECRET_ACCESS_KEY", "test");
        for service in ["KAFKA", "ELASTICACHE", "CLOUDWATCH", "CLOUDCONTROL", "LAMBDA", "DYNAMODB"] {
            set(&format!("AWS_ENDPOINT_URL_{service}"), &ministack.endpoint());
        }
        let mut folder = Folder::with_specs();
        for (name, value) in &variables {
            folder.set(name, value);
        }
        write_hasty_library(&folder.path("stdlib"));
        folder.set("GPB_STDLIB", &folder.path("stdlib").display().to_string());
        let reader = Reader::new(&variables);
        let certificates = RefCell::default();
        let world = WireFixture { folder, reader, certificates, _emulators: (moto, ministack) };
        let spec = std::fs::read_to_string(world.folder.path("specs/sandbox.gpb")).unwrap();
        world.folder.write("specs/sandbox.gpb", &world.with_certificates(&spec));
        world
    }

    /// Returns a text with certificates that are in the account in the place of those that it expects to be there.
    pub fn with_certificates(&self, text: &str) -> String {
        const BEGIN: &str = ":certificate/";
        let mut parts = text.split(BEGIN);
        let mut whole = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_at(part.find('"').unwrap_or(part.len()));
            let mut known = self.certificates.borrow_mut();
            let made = known.entry(name.to_owned()).or_insert_with(|| self.request_certificate());
            whole = whole + BEGIN + made + rest;
        }
        whole
    }

    fn request_certificate(&self) -> String {
        let made = self.boto("acm", "request_certificate", &json!({ "DomainName": "sandbox.gpubroker.example" }));
        let arn = made["CertificateArn"].as_str().unwrap();
        arn.rsplit_once('/').unwrap().1.to_owned()
    }

    /// Returns every resource that the sandbox could create, by layer.
    pub fn inventory(&self) -> Json {
        self.reader.ask(&["inventory"])
    }

    pub fn layer(&self, name: &str) -> Json {
        self.reader.ask(&["inventory", name])[name].clone()
    }

    pub fn boto(&self, service: &str, operation: &str, arguments: &Json) -> Json {
        self.reader.ask(&["get", service, operation, &arguments.to_string()])
    }

    pub fn boto_in(&self, region: &str, service: &str, operation: &str, arguments: &Json) -> Json {
        self.reader.ask(&["get", service, operation, &arguments.to_string(), region])
    }
}

/// Writes the standard library without the waits that an emulator, which changes at once, does not need.
fn write_hasty_library(to: &Path) {
    for (name, text) in Library::embedded().below("", "") {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text =
            if name.starts_with("aws/") { hasten(&hasten(text, "settle"), "poll_interval") } else { text.to_string() };
        std::fs::write(path, text).unwrap();
    }
}

/// Sets a span of time to a second wherever it is given.
fn hasten(text: &str, key: &str) -> String {
    let mut parts = text.split(key);
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let given = part.trim_start().strip_prefix("= \"").and_then(|span| span.split_once('"'));
        whole.push_str(key);
        match given {
            Some((_, rest)) => whole.extend([" = \"1s\"", rest]),
            None => whole.push_str(part),
        }
    }
    whole
}
