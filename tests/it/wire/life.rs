//! The lives that are played on the cloud that behaves as AWS does (`tests/life`), over the wire.

use super::acts::{Act, acts, spec};
use super::fixture::{ACCOUNT, WireFixture};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::read_to_string;

/// A spec whose acts are played.
pub(super) struct WireLife<'a> {
    world: &'a WireFixture,
    spec: &'a str,
    /// The files that an act may change, as they were first.
    files: BTreeMap<&'a str, String>,
}

impl<'a> WireLife<'a> {
    pub(super) fn new(world: &'a WireFixture, spec: &'a str, files: &[&'a str]) -> Self {
        let text = |file: &&'a str| (*file, read_to_string(world.folder.path(file)).unwrap());
        Self { world, spec, files: files.iter().map(text).collect() }
    }

    /// Puts the texts back as they were first.
    fn reset(&self) {
        self.write(&self.files);
    }

    /// Plays acts; those that go along are one step with the act before.
    pub(super) fn live(&self, acts: &[Act]) {
        for step in acts.chunk_by(|_, next| next.along) {
            let titles: Vec<_> = step.iter().map(|act| act.title.as_str()).collect();
            self.play(step).unwrap_or_else(|why| panic!("{}: {why}", titles.join(", ")));
        }
    }

    fn play(&self, step: &[Act]) -> Result<(), String> {
        let before = self.texts();
        for (from, to) in step.iter().flat_map(|act| &act.edits) {
            self.edit(from, to);
        }
        let replace: Vec<_> = step.iter().flat_map(|act| &act.replace).map(String::as_str).collect();
        if step.iter().all(|act| !act.refused) {
            return self.apply(&replace);
        }
        self.plan(3, &replace)?;
        self.write(&before);
        self.plan(0, &[])
    }

    /// Applies what the text says now, and makes anew what is asked for; a plan after it must be empty.
    pub(super) fn apply(&self, replace: &[&str]) -> Result<(), String> {
        let anew = replace.iter().flat_map(|address| ["--replace", *address]);
        let apply: Vec<_> = ["apply", self.spec, "--yes", "--unprotect", "all"].into_iter().chain(anew).collect();
        self.run(0, &apply)?;
        self.plan(0, &[])
    }

    fn plan(&self, code: i32, replace: &[&str]) -> Result<(), String> {
        let anew = replace.iter().flat_map(|address| ["--replace", *address]);
        let plan: Vec<_> = ["plan", self.spec, "--detailed-exitcode"].into_iter().chain(anew).collect();
        self.run(code, &plan)
    }

    pub(super) fn destroy(&self) {
        self.run(0, &["destroy", self.spec, "--yes", "--unprotect", "all"]).unwrap();
    }

    fn run(&self, code: i32, arguments: &[&str]) -> Result<(), String> {
        let ran = self.world.folder.gpb(arguments);
        if ran.code == code { Ok(()) } else { Err(format!("gpb {}\n{}", arguments.join(" "), ran.text())) }
    }

    /// Changes a text that one of the files has.
    fn edit(&self, from: &str, to: &str) {
        let [from, to] = [from, to].map(|text| self.world.with_certificates(text));
        let holders: Vec<_> = self.texts().into_iter().filter(|(_, text)| text.contains(&from)).collect();
        let [(file, _)] = <[_; 1]>::try_from(holders).unwrap_or_else(|all| panic!("{} files have `{from}`", all.len()));
        self.world.folder.edit(file, &from, &to);
    }

    fn texts(&self) -> BTreeMap<&'a str, String> {
        self.files.keys().map(|file| (*file, read_to_string(self.world.folder.path(file)).unwrap())).collect()
    }

    fn write(&self, texts: &BTreeMap<&str, String>) {
        for (file, text) in texts {
            self.world.folder.write(file, text);
        }
    }
}

#[test]
fn the_sandbox_lives_its_whole_life_over_the_wire() {
    let world = WireFixture::new();
    let life = WireLife::new(&world, "specs/sandbox.gpb", &["specs/platform.gpb", "specs/sandbox.gpb"]);
    let (acts, before) = (acts("sandbox"), world.inventory());

    // From text to resources.
    life.live(&acts[..1]);
    insta::assert_json_snapshot!("sandbox", world.inventory());
    life.live(&acts[1..]);

    // A change outside gpb is drift, shown and repaired.
    let name = "gpubroker-live-work";
    let url = world.boto("sqs", "get_queue_url", &json!({ "QueueName": name }))["QueueUrl"].clone();
    let attributes = json!({ "QueueUrl": url, "Attributes": { "VisibilityTimeout": "999" } });
    world.boto("sqs", "set_queue_attributes", &attributes);
    world.boto("logs", "delete_log_group", &json!({ "logGroupName": "/msk/gpubroker-live" }));
    let drift = world.folder.expect(2, &["plan", life.spec, "--detailed-exitcode"]);
    assert!(drift.out.contains("999") && drift.out.contains("visibility_timeout"), "{}", drift.text());
    assert!(drift.out.contains("1 to create, 1 to update"), "{}", drift.text());
    life.apply(&[]).unwrap();
    let repaired = world.layer("streaming");
    assert_eq!(repaired["queues"][name]["VisibilityTimeout"], "120");
    assert_eq!(repaired["log_groups"]["/msk/gpubroker-live"], 14);

    // The end leaves nothing, and all can be made again.
    life.destroy();
    assert_eq!(world.inventory(), before);
    let again: Vec<_> = acts.into_iter().filter(|act| act.again).collect();
    life.reset();
    life.live(&again);
    life.destroy();
    assert_eq!(world.inventory(), before);
}

/// The parts that AWS allows only one of, and the key under an alias.
#[test]
fn a_network_and_a_key_live_twice_over_the_wire() {
    let world = WireFixture::new();
    let before = world.inventory();
    for name in ["network", "keys"] {
        let file = format!("{name}.gpb");
        world.folder.write(&file, &spec(name));
        let life = WireLife::new(&world, &file, &[&file]);
        for _ in 0..2 {
            life.reset();
            life.live(&acts(name));
            life.destroy();
            assert_eq!(world.inventory(), before);
        }
    }
}

/// The types of the live platform that AWS's own handlers drive, with the number of resources of each.
const BY_HANDLERS: [(&str, usize); 4] = [
    ("AWS::ElastiCache::ParameterGroup", 1),
    ("AWS::KMS::ReplicaKey", 1),
    ("AWS::RDS::GlobalCluster", 1),
    ("AWS::S3::MultiRegionAccessPoint", 1),
];

/// Production as it is written: all of its resources, in two regions, changed in every layer and taken away.
#[test]
fn the_live_platform_lives_over_the_wire() {
    let world = WireFixture::new();
    let text = read_to_string(world.folder.path("specs/live.gpb")).unwrap();
    let text = text.replace("210987654321", ACCOUNT);
    world.folder.write("specs/live.gpb", &world.with_certificates(&text));
    let life = WireLife::new(&world, "specs/live.gpb", &["specs/platform.gpb", "specs/live.gpb"]);
    let by_handlers = || {
        let listed = BY_HANDLERS.map(|(ty, _)| {
            // A replica lies in the other region.
            let region = if ty == "AWS::KMS::ReplicaKey" { "us-west-2" } else { "us-east-1" };
            let found = world.boto_in(region, "cloudcontrol", "list_resources", &json!({ "TypeName": ty }));
            (ty, found["ResourceDescriptions"].as_array().map_or(0, Vec::len))
        });
        listed
    };
    let (acts, before) = (acts("live"), world.inventory());

    life.live(&acts[..1]);
    // The emulator makes up the end of a cluster's ARN.
    insta::with_settings!({ filters => [(r"cluster/gpubroker-live/[0-9a-f]{8}", "cluster/gpubroker-live/…")] }, {
        insta::assert_json_snapshot!("live", world.inventory());
    });
    assert_eq!(by_handlers(), BY_HANDLERS);
    life.live(&acts[1..]);

    life.destroy();
    assert_eq!(world.inventory(), before);
    assert_eq!(by_handlers(), BY_HANDLERS.map(|(ty, _)| (ty, 0)));
}
