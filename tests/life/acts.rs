//! The acts of the sandbox's life: changes of its text, in the order in which they are played.

/// A change of the text.
pub struct Act {
    /// The reason, as a person would tell it.
    pub title: &'static str,
    /// The parameter of the stack that it changes, where it is one.
    pub param: Option<&'static str>,
    /// Set where a week passes afterwards, in which AWS does things by itself.
    pub waits: bool,
    /// The texts that are replaced, each there once.
    pub edits: &'static [(&'static str, &'static str)],
}

const fn param(name: &'static str, title: &'static str, edits: &'static [(&'static str, &'static str)]) -> Act {
    Act { title, param: Some(name), waits: false, edits }
}

const fn text(title: &'static str, edits: &'static [(&'static str, &'static str)]) -> Act {
    Act { title, param: None, waits: false, edits }
}

const fn week(act: Act) -> Act {
    Act { waits: true, ..act }
}

/// The line before which a parameter is put that the sandbox leaves at its default.
const USERS: &str = "  usage { users = 50 }";

/// What the platform cannot have on AWS yet: the plan says so before anything is done.
pub const SECOND_REGION: Act =
    param("recovery", "a second region", &[(USERS, "  recovery = us-west-2\n  usage { users = 50 }")]);

/// Other addresses of a network that everything stands in: refused while it stands, and done when all is made again.
pub const ADDRESSES: Act =
    param("address_space", "other addresses", &[(USERS, "  address_space = \"10.9.0.0/16\"\n  usage { users = 50 }")]);

pub const ACTS: &[Act] = &[
    param("log_retention", "logs are kept for longer", &[("log_retention = 7d", "log_retention = 14d")]),
    param(
        "on_call",
        "somebody is on call",
        &[(USERS, "  on_call = [\"ops@gpubroker.example\"]\n  usage { users = 50 }")],
    ),
    param("on_call", "somebody else is on call", &[("ops@gpubroker", "night@gpubroker")]),
    param("image", "a release", &[(USERS, "  image = \"gpubroker/api:1.5.0\"\n  usage { users = 50 }")]),
    param("tasks", "more tasks", &[("tasks       = 2..4", "tasks       = 3..6")]),
    param("tasks", "fewer tasks", &[("tasks       = 3..6", "tasks       = 1..2")]),
    param(
        "task_cpu",
        "larger tasks",
        &[("= 0.25 vcpu", "= 0.5 vcpu"), ("task_memory = 512 MiB", "task_memory = 1024 MiB")],
    ),
    param("task_memory", "more memory", &[("task_memory = 1024 MiB", "task_memory = 2048 MiB")]),
    param("certificate", "a new certificate", &[("certificate/4f1c2b7a", "certificate/5f1c2b7a")]),
    param("domain", "another domain", &[("\"sandbox.gpubroker.example\"", "\"box.gpubroker.example\"")]),
    param("database", "more capacity", &[("database         = 0.5..2 ACU", "database         = 1..4 ACU")]),
    param("database_readers", "another reader", &[("database_readers = 1", "database_readers = 2")]),
    param("database_readers", "no reader", &[("database_readers = 2", "database_readers = 0")]),
    param(
        "database_reader_scaling",
        "readers by load",
        &[("database_readers = 0", "database_readers = 1\n  database_reader_scaling = 1..3")],
    ),
    text(
        "a minor upgrade of the database",
        &[("engine         = postgresql \"15.17\"", "engine         = postgresql \"15.18\"")],
    ),
    week(text(
        "a major upgrade of the database",
        &[("engine         = postgresql \"15.18\"", "engine         = postgresql \"16.8\"")],
    )),
    text("a minor upgrade of the cache", &[("else { valkey \"8.1\" }", "else { valkey \"8.2\" }")]),
    text("a major upgrade of the cache", &[("else { valkey \"8.2\" }", "else { valkey \"9.0\" }")]),
    param("cache_node", "larger cache nodes", &[("\"cache.t3.micro\"", "\"cache.t3.medium\"")]),
    param("cache_replicas", "more replicas", &[("cache_replicas = 1", "cache_replicas = 2")]),
    param("cache_replicas", "fewer replicas", &[("cache_replicas = 2", "cache_replicas = 1")]),
    text(
        "an upgrade of the brokers",
        &[("broker_type   = kafka_broker", "version       = \"4.0.x.kraft\"\n      broker_type   = kafka_broker")],
    ),
    param("kafka_storage", "more storage for the brokers", &[("kafka_storage = 10 GiB", "kafka_storage = 20 GiB")]),
    param("kafka_broker", "larger brokers", &[("\"kafka.t3.small\"", "\"kafka.m5.large\"")]),
    param("kafka_brokers", "more brokers", &[("kafka_brokers = 2", "kafka_brokers = 4")]),
    param(
        "kafka_storage_limit",
        "storage that grows by itself",
        &[("kafka_storage = 20 GiB", "kafka_storage = 20 GiB\n  kafka_storage_limit = 100 GiB")],
    ),
    param("zones", "a third zone", &[("  zones = 2", "  zones = 3")]),
    param("nat", "a NAT gateway in each zone", &[("nat   = one", "nat   = per_zone")]),
    param("nat", "no way out", &[("nat   = per_zone", "nat   = none")]),
    param("nat", "one NAT gateway again", &[("nat   = none", "nat   = one")]),
    param(
        "kafka_zones",
        "brokers in three zones",
        &[("kafka_zones   = 2", "kafka_zones   = 3"), ("kafka_brokers = 4", "kafka_brokers = 6")],
    ),
    param("kafka_zones", "brokers in two zones again", &[("kafka_zones   = 3", "kafka_zones   = 2")]),
    param("zones", "two zones again", &[("  zones = 3", "  zones = 2")]),
    text("another port of the application", &[("port = 8000\n        health", "port = 8080\n        health")]),
    text("keys stay as they are", &[("\"Data of ${prefix}\"", "\"Data of ${prefix}\"\n      rotation    = false")]),
    text("keys are rotated again", &[("rotation    = false", "rotation    = true")]),
    param(
        "cache_shards",
        "a cache of two shards",
        &[("cache_replicas = 1", "cache_replicas = 1\n  cache_shards   = 2")],
    ),
    param("cache_shards", "three shards", &[("cache_shards   = 2", "cache_shards   = 3")]),
    param("cache_shards", "two shards again", &[("cache_shards   = 3", "cache_shards   = 2")]),
    param(
        "cache_shard_scaling",
        "shards by load",
        &[("\"cache.t3.medium\"", "\"cache.r6g.large\"\n  cache_shard_scaling = 2..4")],
    ),
    param("mode", "real money", &[("  mode    = sandbox", "  mode    = live")]),
];
