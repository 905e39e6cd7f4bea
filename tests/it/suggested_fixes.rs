//! A change that breaks a target or a scaling rule makes the plan end with 3, and the suggested fix, made by hand, makes it
//! pass. Budgets have their cases in `cost.rs`.

use crate::support::{Folder, root};

/// An edit of a file: one text for another.
type FixEdit = (&'static str, &'static str, &'static str);

/// A program, the edit that breaks it, the code, and the fix that the diagnostic suggests.
struct Case {
    /// A spec of the repository, or a program below `tests/` that is broken as it is.
    program: &'static str,
    breaks: Option<FixEdit>,
    code: &'static str,
    suggests: &'static str,
    mends: &'static [FixEdit],
}

const LIVE: &str = "specs/live.gpb";
const SANDBOX: &str = "specs/sandbox.gpb";
const PLATFORM: &str = "specs/platform.gpb";
const OWN: &str = "program.gpb";

const CASES: &[Case] = &[
    Case {
        program: LIVE,
        breaks: Some((LIVE, "database_readers        = 2", "database_readers = 0")),
        code: "GPB4002",
        suggests: "a change that meets it: add an instance in another zone ($700.80 a month more)",
        mends: &[(LIVE, "database_readers = 0", "database_readers = 1")],
    },
    Case {
        program: LIVE,
        breaks: Some((LIVE, "cache_replicas      = 1", "cache_replicas = 0")),
        code: "GPB4001",
        suggests: "a replica for each shard, TLS ($240.61 a month more)",
        mends: &[(LIVE, "cache_replicas = 0", "cache_replicas = 1")],
    },
    Case {
        program: LIVE,
        breaks: Some((LIVE, "kafka_zones         = 3", "kafka_zones = 2")),
        code: "GPB4001",
        suggests: "a change that meets it: three zones, replication factor 3",
        mends: &[(LIVE, "kafka_zones = 2", "kafka_zones = 3")],
    },
    Case {
        program: LIVE,
        breaks: Some((PLATFORM, "          decide 5min\n", "")),
        code: "GPB4003",
        suggests: "add `decide 5min` (what your people need, from the loss to the decision) to the target",
        mends: &[(PLATFORM, "rto 15min", "rto 15min, decide 5min")],
    },
    Case {
        program: LIVE,
        breaks: Some((LIVE, "granted_fargate_vcpu = 200", "granted_fargate_vcpu = 100")),
        code: "GPB6011",
        suggests: "write `usage { granted_fargate_vcpu = 200 }` in the environment",
        mends: &[(LIVE, "granted_fargate_vcpu = 100", "granted_fargate_vcpu = 200")],
    },
    Case {
        program: SANDBOX,
        breaks: Some((PLATFORM, "needs 10 connections of data.main", "needs 100 connections of data.main")),
        code: "GPB6012",
        suggests: "let each of `compute.django` take 18 at most",
        mends: &[(PLATFORM, "needs 100 connections of data.main", "needs 18 connections of data.main")],
    },
    Case {
        program: "tests/recovery/stores/rds_without_backups.gpb",
        breaks: None,
        code: "GPB4001",
        suggests: "set `backup_retention_period` above 0",
        mends: &[(OWN, "backup_retention_period = 0", "backup_retention_period = 1")],
    },
    Case {
        program: "tests/recovery/stores/broker_single_block.gpb",
        breaks: None,
        code: "GPB4001",
        suggests: "a change that meets it: set `deployment_mode = ACTIVE_STANDBY_MULTI_AZ` ($212.24 a month more)",
        mends: &[(OWN, "\"SINGLE_INSTANCE\"", "\"ACTIVE_STANDBY_MULTI_AZ\"")],
    },
    Case {
        program: "tests/recovery/traffic/dns_failover_slow.gpb",
        breaks: None,
        code: "GPB4002",
        suggests: "what would make it better: ask every ten seconds: `request_interval = 10` ($1.00 a month more)",
        mends: &[(OWN, "request_interval            = 30", "request_interval = 10")],
    },
    Case {
        program: "tests/recovery/compute/service_slow_check.gpb",
        breaks: None,
        code: "GPB4002",
        suggests: "let the load balancer ask every ten seconds: `health_check_interval_seconds = 10`",
        mends: &[(OWN, "health_check_interval_seconds = 30", "health_check_interval_seconds = 10")],
    },
    Case {
        program: "tests/recovery/contradictions/unclean_election.gpb",
        breaks: None,
        code: "GPB4007",
        suggests: "set `unclean.leader.election.enable=false` in the cluster's configuration",
        mends: &[(
            OWN,
            "\"min.insync.replicas=2\"",
            "\"min.insync.replicas=2\", \"unclean.leader.election.enable=false\"",
        )],
    },
    Case {
        program: "tests/recovery/contradictions/managed_password_and_global.gpb",
        breaks: None,
        code: "GPB4007",
        suggests: "set `manage_master_user_password = false`",
        mends: &[(OWN, "manage_master_user_password = true", "manage_master_user_password = false")],
    },
    Case {
        program: "tests/scaling/component/flap_refused.gpb",
        breaks: None,
        code: "GPB6007",
        suggests: "remove only below 64 (now 80)",
        mends: &[(OWN, "remove_below = 80%", "remove_below = 63%")],
    },
    Case {
        program: "tests/scaling/range/upside_down_refused.gpb",
        breaks: None,
        code: "GPB6002",
        suggests: "the maximum must be 10 or more",
        mends: &[(OWN, "max_capacity       = 4", "max_capacity = 10")],
    },
    Case {
        program: "tests/scaling/cooldown/track_refused.gpb",
        breaks: None,
        code: "GPB6008",
        suggests: "the cooldown must be 1min or more",
        mends: &[(OWN, "scale_out_cooldown = 20", "scale_out_cooldown = 60")],
    },
    Case {
        program: "tests/scaling/zones/one_task_refused.gpb",
        breaks: None,
        code: "GPB6014",
        suggests: "make the minimum 2 tasks, and start with 2",
        mends: &[(OWN, "min_capacity       = 1", "min_capacity = 2"), (OWN, "desired_count = 1", "desired_count = 2")],
    },
];

#[test]
fn suggested_fixes_correct_what_was_broken() {
    for case in CASES {
        let folder = Folder::with_specs();
        let spec = if case.program.starts_with("specs/") {
            case.program
        } else {
            folder.write(OWN, &std::fs::read_to_string(root().join(case.program)).unwrap());
            OWN
        };
        if let Some((file, from, to)) = case.breaks {
            folder.expect(0, &["plan", spec, "--cloud", "sim"]);
            folder.edit(file, from, to);
        }
        let refused = folder.expect(3, &["plan", spec, "--cloud", "sim"]);
        // Lines are broken where the terminal ends.
        let told = refused.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(case.code) && told.contains(case.suggests), "{}:\n{}", case.program, refused.err);
        for (file, from, to) in case.mends {
            folder.edit(file, from, to);
        }
        folder.expect(0, &["plan", spec, "--cloud", "sim"]);
    }
}
