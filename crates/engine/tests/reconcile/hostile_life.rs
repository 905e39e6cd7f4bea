//! Replacements, deletions and second lives on the cloud that behaves as AWS does.

use super::hostile::{service, world};
use super::scripted_cloud::ScriptedCloud;
use super::*;
use gpb_engine::cloud::{CloudErrorKind, CreateRequest, ResourceKey};
use gpb_engine::state::{NewIntent, OperationKind};
use std::time::Duration;

fn network(zone: &str) -> DesiredMap {
    vec![
        ("vpc", "ec2.vpc", json!({"CidrBlock": "10.0.0.0/16"})),
        ("gateway", "ec2.internet_gateway", json!({})),
        (
            "attached",
            "ec2.vpc_gateway_attachment",
            json!({"VpcId": to("vpc", ""), "InternetGatewayId": to("gateway", "")}),
        ),
        ("subnet", "ec2.subnet", json!({"VpcId": to("vpc", ""), "CidrBlock": "10.0.0.0/20", "AvailabilityZone": zone})),
        ("address", "ec2.eip", json!({"Domain": "vpc"})),
        (
            "egress",
            "ec2.nat_gateway",
            json!({"SubnetId": to("subnet", "SubnetId"), "AllocationId": to("address", "AllocationId")}),
        ),
    ]
}

/// Both hold what only one may hold: the block of the subnet, the address of the gateway in it.
#[test]
fn a_subnet_moves_to_another_zone_with_its_gateway_and_its_address() {
    let world = world();
    assert_eq!(world.live(&network("us-east-1a")).failed, []);
    let before = ids(&world.snapshot());
    assert_eq!(world.live(&network("us-east-1b")).failed, []);
    let after = ids(&world.snapshot());
    let moved: Vec<&str> =
        after.iter().filter(|(name, id)| before[*name] != **id).map(|(name, _)| name.as_str()).collect();
    assert_eq!(moved, ["egress", "subnet"]);
    world.assert_settled(&network("us-east-1b"), "moved");
}

/// The address stays, and is of one gateway at a time.
#[test]
fn a_gateway_moves_to_another_subnet_with_its_address() {
    let world = world();
    let in_subnet = |name: &str| {
        let mut all = network("us-east-1a");
        let other =
            json!({"VpcId": to("attached", "VpcId"), "CidrBlock": "10.0.16.0/20", "AvailabilityZone": "us-east-1b"});
        all.insert(4, ("other", "ec2.subnet", other));
        all[6].2["SubnetId"] = to(name, "SubnetId");
        all
    };
    assert_eq!(world.live(&in_subnet("subnet")).failed, []);
    let cloud = ScriptedCloud::new(&world);
    assert_eq!(cloud.live(&in_subnet("other")).failed, []);
    assert_eq!(cloud.made(&["create", "delete"]), ["delete aws.ec2.nat_gateway", "create aws.ec2.nat_gateway"]);
    world.assert_settled(&in_subnet("other"), "moved");
}

fn balanced(port: u16) -> DesiredMap {
    let mut all = network("us-east-1a");
    all.truncate(4);
    all.extend([
        (
            "other",
            "ec2.subnet",
            json!({"VpcId": to("attached", "VpcId"), "CidrBlock": "10.0.16.0/20", "AvailabilityZone": "us-east-1b"}),
        ),
        (
            "balancer",
            "elasticloadbalancingv2.load_balancer",
            json!({"Name": "front", "Subnets": [to("subnet", ""), to("other", "")]}),
        ),
        (
            "targets",
            "elasticloadbalancingv2.target_group",
            json!({"VpcId": to("vpc", ""), "Protocol": "HTTP", "Port": port, "TargetType": "ip"}),
        ),
        (
            "listener",
            "elasticloadbalancingv2.listener",
            json!({
                "LoadBalancerArn": to("balancer", ""), "Port": 80, "Protocol": "HTTP",
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": to("targets", "")}],
            }),
        ),
    ]);
    all
}

#[test]
fn a_target_group_without_a_name_changes_its_port_while_a_listener_uses_it() {
    let world = world();
    assert_eq!(world.live(&balanced(8080)).failed, []);
    let cloud = ScriptedCloud::new(&world);
    assert_eq!(cloud.live(&balanced(9090)).failed, []);
    assert_eq!(cloud.made(&["delete"]), ["delete aws.elasticloadbalancingv2.target_group"]);
    world.assert_settled(&balanced(9090), "another port");
}

fn scaled(strategy: &str) -> DesiredMap {
    let mut all = service("repository/web:1");
    all[2].2["SchedulingStrategy"] = json!(strategy);
    let scaling = |more: Json| {
        let mut all = json!({
            "ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount",
            "ResourceId": "service/main/web",
        });
        all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        all
    };
    all.push((
        "capacity",
        "applicationautoscaling.scalable_target",
        // The name says whose it is, and the tag that it comes after it.
        scaling(json!({"MinCapacity": 2, "MaxCapacity": 6, "Tags": [{"Key": "of", "Value": to("web", "")}]})),
    ));
    let steps = json!({"AdjustmentType": "ChangeInCapacity", "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}]});
    let mut policy =
        scaling(json!({"PolicyName": "add", "PolicyType": "StepScaling", "StepScalingPolicyConfiguration": steps}));
    policy["ResourceId"] = to("capacity", "ResourceId");
    all.push(("add", "applicationautoscaling.scaling_policy", policy));
    all
}

/// AWS deletes the target and its policies with the service.
#[test]
fn a_service_that_is_made_anew_keeps_its_scaling() {
    let world = world();
    assert_eq!(world.live(&scaled("REPLICA")).failed, []);
    let cloud = ScriptedCloud::new(&world);
    assert_eq!(cloud.live(&scaled("DAEMON")).failed, []);
    let anew =
        ["aws.ecs.service", "aws.applicationautoscaling.scalable_target", "aws.applicationautoscaling.scaling_policy"];
    // The name is held for a while, so that the service is tried more than once.
    let mut made = cloud.made(&["create"]);
    made.dedup();
    assert_eq!(made, anew.map(|ty| format!("create {ty}")));
    world.assert_settled(&scaled("DAEMON"), "made anew");
}

fn cluster(version: &str, protected: bool) -> DesiredMap {
    let cluster = json!({
        "DBClusterIdentifier": "main", "Engine": "aurora-postgresql", "EngineVersion": version, "MasterUsername": "root",
        "ManageMasterUserPassword": true, "DeletionProtection": protected,
    });
    let writer = json!({
        "DBInstanceIdentifier": "writer", "DBClusterIdentifier": to("cluster", ""), "Engine": "aurora-postgresql",
        "DBInstanceClass": "db.serverless",
    });
    vec![("cluster", "rds.db_cluster", cluster), ("writer", "rds.db_instance", writer)]
}

#[test]
fn a_version_that_aws_raised_by_itself_stays() {
    let world = world();
    assert_eq!(world.live(&cluster("15.17", false)).failed, []);
    world.clock.run(gpb_engine::cloud::clock::Clock::sleep(&world.clock, Duration::from_hours(192)));
    let everything = world.sim.everything().unwrap();
    let raised = everything.iter().any(|(key, seen, ..)| {
        key.ty == "aws.rds.db_cluster" && serde_json::to_string(seen).unwrap().contains("15.18")
    });
    assert!(raised, "AWS has raised it: {everything:?}");
    world.assert_settled(&cluster("15.17", false), "raised");
}

fn with_password(name: &str, secret: &str) -> DesiredMap {
    let mut all = cluster("15.17", false);
    all.truncate(1);
    let properties = all[0].2.as_object_mut().unwrap();
    properties.remove("ManageMasterUserPassword");
    properties.insert("MasterUserPassword".into(), json!({"$secret": {"from": "store", "name": name}}));
    properties.insert("Tags".into(), json!([{"Key": "password", "Value": to("password", "")}]));
    let kept = json!({"Name": secret, "SecretString": "correct horse battery"});
    all.insert(0, ("password", "secretsmanager.secret", kept));
    all
}

/// The secret is made in the same run, and is not found at once.
#[test]
fn a_password_that_was_kept_a_moment_ago_is_waited_for() {
    let world = world();
    let cloud = ScriptedCloud::new(&world);
    let desired = with_password("shop/password", "shop/password");
    assert_eq!(cloud.live(&desired).failed, []);
    assert!(cloud.made(&["secret"]).len() > 1, "it was not found before: {:?}", cloud.calls.lock());
    world.assert_settled(&desired, "with its password");
}

/// One that nobody made is missed at once, and one of another name once that of this run would be found.
#[test]
fn a_password_that_nobody_keeps_is_missed() {
    let mut alone = with_password("shop/other", "shop/password").split_off(1);
    alone[0].2.as_object_mut().unwrap().remove("Tags");
    for (desired, seconds) in [(alone, 0..2), (with_password("shop/other", "shop/password"), 120..150)] {
        let world = world();
        let failed = world.live(&desired).failed;
        assert_eq!((failed[0].cause, failed[0].error.kind), (FailureCause::Secret, CloudErrorKind::NotFound));
        let took = world.clock.now().as_secs();
        assert!(seconds.contains(&took), "{took} s");
    }
}

#[test]
fn a_protected_cluster_keeps_its_instances() {
    let world = world();
    assert_eq!(world.live(&cluster("15.17", true)).failed, []);
    let cloud = ScriptedCloud::new(&world);
    let (_, refused) = cloud.plan(&vec![], &ProtectionOverride::default());
    let told: Vec<&str> = refused.iter().map(|one| one.message.as_str()).collect();
    assert!(
        told.iter().any(|message| message.contains("`cluster`") && message.ends_with("protection is on")),
        "{told:?}"
    );
    // Named, it is turned off before the first instance goes.
    let (plan, refused) = cloud.plan(&vec![], &ProtectionOverride::All);
    assert_eq!(refused, []);
    assert_eq!(cloud.apply(&plan).failed, []);
    world.assert_settled(&vec![], "destroyed");
}

/// AWS holds the name of a deleted secret for 30 days: what gpb deleted is brought back instead of waited for.
#[test]
fn a_secret_that_was_deleted_lives_again_under_its_name() {
    let world = world();
    let secret = vec![("secret", "secretsmanager.secret", json!({"Name": "shop/key", "SecretString": "a"}))];
    assert_eq!(world.live(&secret).failed, []);
    assert_eq!(world.live(&vec![]).failed, []);
    let start = world.clock.now();
    assert_eq!(world.live(&secret).failed, []);
    assert!(world.since(start) < Duration::from_mins(3), "{:?}", world.since(start));
    world.assert_settled(&secret, "brought back");
}

/// The names of secrets are held in the account, not in a stack: what another state deleted stays as it is.
#[test]
fn a_secret_that_another_state_deleted_is_left_alone() {
    let world = world();
    let (ty, place) = ("aws.secretsmanager.secret", place());
    let desired = json!({"Name": "shop/key", "SecretString": "a"}).as_object().cloned().unwrap();
    let create = CreateRequest { ty, place: &place, desired: &desired, label: "other", token: "another's" };
    let sink = gpb_sim::testing::RecordingSink::default();
    let theirs = world.clock.run(world.sim.create(create, &sink)).unwrap();
    let key = ResourceKey { ty: ty.into(), place: place.clone(), id: theirs.id };
    world.clock.run(world.sim.delete(&key, "d", &sink)).unwrap();
    let secret = vec![("secret", "secretsmanager.secret", json!({"Name": "shop/key", "SecretString": "b"}))];
    let outcome = world.live(&secret);
    assert_eq!(outcome.failed[0].error.kind, CloudErrorKind::AlreadyExists, "{:?}", outcome.failed);
    assert!(world.snapshot().resources.is_empty());
}

/// A kill in the creating call, and the next run at once: ListSecrets shows nothing for five minutes.
#[test]
fn a_secret_whose_creation_was_cut_short_is_found_at_once() {
    for properties in [json!({"Name": "shop/key", "SecretString": "a"}), json!({"SecretString": "a"})] {
        let world = world();
        let (ty, place, address) = ("aws.secretsmanager.secret", place(), Address::new("secret"));
        let desired = properties.as_object().cloned().unwrap();
        let intent = NewIntent {
            address: address.clone(),
            ty: ty.into(),
            place: place.clone(),
            operation: OperationKind::Create,
            id: None,
            desired: desired.clone(),
            depends_on: vec![],
            layer: None,
            keep: false,
            started_ms: 0,
        };
        let token = futures::executor::block_on(world.writer().begin(intent)).unwrap().token;
        let label = EngineFixture::scope().label(&address);
        let create = CreateRequest { ty, place: &place, desired: &desired, label: &label, token: &token };
        world.clock.run(world.sim.create(create, &gpb_sim::testing::RecordingSink::default())).unwrap();
        let secret = vec![("secret", "secretsmanager.secret", properties)];
        assert_eq!(world.live(&secret).failed, []);
        world.assert_settled(&secret, "found");
    }
}

/// AWS keeps a route under the canonical form of its destination.
#[test]
fn a_route_is_found_under_the_range_that_aws_makes_of_it() {
    let world = world();
    let mut desired = network("us-east-1a");
    desired.truncate(3);
    desired.push(("table", "ec2.route_table", json!({"VpcId": to("attached", "VpcId")})));
    desired.push((
        "route",
        "ec2.route",
        json!({"RouteTableId": to("table", ""), "DestinationCidrBlock": "10.9.0.5/16", "GatewayId": to("gateway", "")}),
    ));
    let start = world.clock.now();
    assert_eq!(world.live(&desired).failed, []);
    assert!(world.since(start) < Duration::from_mins(5), "{:?}", world.since(start));
    world.assert_settled(&desired, "routed");
}

fn brokers(settings: &str) -> DesiredMap {
    let nodes = json!({"ClientSubnets": ["subnet-0a", "subnet-0b"], "InstanceType": "kafka.m7g.large"});
    let revision = json!({"Arn": to("settings", ""), "Revision": to("settings", "LatestRevision/Revision")});
    vec![
        ("settings", "msk.configuration", json!({"Name": "shop", "ServerProperties": settings})),
        (
            "brokers",
            "msk.cluster",
            json!({
                "ClusterName": "shop", "KafkaVersion": "3.8.x", "NumberOfBrokerNodes": 2, "BrokerNodeGroupInfo": nodes,
                "ConfigurationInfo": revision,
            }),
        ),
    ]
}

/// A change of the settings is a new revision, which the brokers have to be given.
#[test]
fn another_revision_reaches_its_brokers_in_the_same_run() {
    let world = world();
    assert_eq!(world.live(&brokers("a=1")).failed, []);
    let cloud = ScriptedCloud::new(&world);
    assert_eq!(cloud.live(&brokers("a=2")).failed, []);
    assert_eq!(cloud.made(&["update"]), ["update ServerProperties", "update ConfigurationInfo/Revision"]);
    world.assert_settled(&brokers("a=2"), "another revision");
}

#[test]
fn a_role_that_a_database_does_not_know_yet_is_waited_for() {
    let world = world();
    let trust = json!({"Version": "2012-10-17", "Statement": []});
    let instance = json!({
        "DBInstanceIdentifier": "data", "Engine": "postgres", "DBInstanceClass": "db.t4g.micro", "AllocatedStorage": "20",
        "MasterUsername": "root", "ManageMasterUserPassword": true, "MonitoringInterval": 60,
        "MonitoringRoleArn": to("role", "Arn"),
    });
    let desired = vec![
        ("role", "iam.role", json!({"RoleName": "monitor", "AssumeRolePolicyDocument": trust})),
        ("data", "rds.db_instance", instance),
    ];
    let cloud = ScriptedCloud::new(&world);
    assert_eq!(cloud.live(&desired).failed, []);
    assert!(cloud.made(&["create"]).len() > 2, "it was refused before: {:?}", cloud.calls.lock());
    world.assert_settled(&desired, "monitored");
}

/// The private name of a service leads to one endpoint; without it a network may have several.
#[test]
fn two_endpoints_of_a_service_exclude_each_other_by_their_private_name() {
    for (kind, private, fail) in [("Gateway", json!({}), 0), ("Interface", json!({"PrivateDnsEnabled": true}), 1)] {
        let world = world();
        let endpoint = || {
            let mut endpoint = json!({
                "VpcId": to("vpc", ""), "VpcEndpointType": kind, "ServiceName": "com.amazonaws.us-east-1.s3",
            });
            endpoint.as_object_mut().unwrap().extend(private.as_object().unwrap().clone());
            endpoint
        };
        let desired = vec![
            ("vpc", "ec2.vpc", json!({"CidrBlock": "10.0.0.0/16"})),
            ("one", "ec2.vpc_endpoint", endpoint()),
            ("two", "ec2.vpc_endpoint", endpoint()),
        ];
        assert_eq!(world.live(&desired).failed.len(), fail, "{kind}");
    }
}

/// Lambda keeps network interfaces for minutes after a function is gone.
#[test]
fn what_a_function_lay_in_goes_when_lambda_has_let_go_of_it() {
    let world = world();
    let lies_in = json!({"SubnetIds": [to("subnet", "")], "SecurityGroupIds": [to("group", "GroupId")]});
    let desired = vec![
        ("vpc", "ec2.vpc", json!({"CidrBlock": "10.0.0.0/16"})),
        ("subnet", "ec2.subnet", json!({"VpcId": to("vpc", ""), "CidrBlock": "10.0.1.0/24"})),
        ("group", "ec2.security_group", json!({"VpcId": to("vpc", ""), "GroupDescription": "function"})),
        (
            "function",
            "lambda.function",
            json!({
                "Role": "arn:aws:iam::123456789012:role/function", "Runtime": "python3.13", "Handler": "index.main",
                "Code": {"ZipFile": "x"}, "VpcConfig": lies_in,
            }),
        ),
    ];
    assert_eq!(world.live(&desired).failed, []);
    let start = world.clock.now();
    assert_eq!(world.live(&vec![]).failed, []);
    let took = world.since(start);
    assert!((Duration::from_mins(20)..Duration::from_mins(25)).contains(&took), "{took:?}");
    world.assert_settled(&vec![], "destroyed");
}
