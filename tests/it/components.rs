//! The knowledge of AWS beyond its schemas in the components of the standard library.

use crate::support::InMemoryLoader;
use gpb_base::stdlib::Library;
use gpb_lang::{self as lang, CompileInputs};
use gpb_model::{Model, PropPath, Resource};

/// Compiles a stack of components.
fn model(body: &str) -> Model {
    let text = format!(
        "stack shop {{\n{body}\n}}\n\
         environment test of shop {{\n  account = \"123456789012\"\n  region = us-east-1\n}}\n"
    );
    let (loader, library) = (InMemoryLoader(text.clone()), Library::embedded());
    let compiled = lang::compile("a.gpb", &CompileInputs::embedded(&loader, &library), None);
    compiled.model().unwrap_or_else(|| panic!("{:?}\n{text}", compiled.diagnostics)).clone()
}

fn resource<'a>(model: &'a Model, address: &str) -> &'a Resource {
    model.resources.iter().find(|one| one.address.as_str() == address).unwrap_or_else(|| panic!("no {address}"))
}

/// Checks that one resource comes after others that it does not refer to.
fn comes_after(model: &Model, address: &str, others: &[&str]) {
    let after: Vec<&str> = resource(model, address).after.iter().map(gpb_model::Address::as_str).collect();
    for other in others {
        assert!(after.contains(other), "{address} comes after {after:?}");
    }
}

const SERVICE: &str = r#"
  network main { name = "shop", zone_count = 2, nat = one }
  load_balancer front {
    name        = "shop"
    vpc         = main.vpc_id
    subnets     = main.public_subnets
    certificate = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
    target web { port = 8080 }
  }
  cluster workers { name = "shop" }
"#;

fn service(more: &str) -> Model {
    model(&format!(
        r#"{SERVICE}
  service web {{
    name    = "web"
    cluster = workers.name
    image   = "shop/web:1"
    cpu     = 0.25 vcpu
    memory  = 512 MiB
    port    = 8080
    subnets = main.private_subnets
    groups  = [main.workload_group]
    {more}
  }}
"#
    ))
}

#[test]
fn a_balancer_comes_after_the_gateway_and_tasks_after_their_way_out() {
    let model = service("tasks = 2..2, target_group = front.target_groups.web");
    comes_after(&model, "front.balancer", &["main.attachment", "main.internet", r#"main.public_routes["us-east-1a"]"#]);
    let outbound = [r#"main.outbound["us-east-1a"]"#, r#"main.outbound["us-east-1b"]"#];
    comes_after(&model, "web.service", &outbound);
    comes_after(&model, "web.service", &["front.https"]);
}

#[test]
fn only_what_scales_leaves_its_number_of_tasks_alone() {
    let ignored = |tasks: &str| resource(&service(tasks), "web.service").lifecycle.ignore.clone();
    assert_eq!(ignored("tasks = 2..2"), []);
    assert_eq!(ignored("tasks = 2..6"), [PropPath("DesiredCount".into())]);
}

/// ECS: "Health check grace period is only valid for services configured to use load balancers".
#[test]
fn a_service_without_a_balancer_has_no_grace_period() {
    let graced =
        |more: &str| resource(&service(more), "web.service").properties.contains_key("HealthCheckGracePeriodSeconds");
    assert!(!graced("tasks = 2..2"));
    assert!(graced("tasks = 2..2, target_group = front.target_groups.web"));
}

/// AWS gives accounts different zones, and refuses a subnet in another: openshift/installer #1209.
#[test]
fn a_network_has_the_zones_that_are_named() {
    let model = model(r#"network main { name = "shop", zone_list = ["us-east-1d", "us-east-1f"], nat = one }"#);
    let zone = |address: &str| match resource(&model, address).properties.get("AvailabilityZone") {
        Some(value) => serde_json::Value::from(value.clone()),
        None => panic!("{address} has no zone"),
    };
    assert_eq!(zone(r#"main.private["us-east-1d"]"#), "us-east-1d");
    assert_eq!(zone(r#"main.data["us-east-1f"]"#), "us-east-1f");
    assert!(!model.resources.iter().any(|one| one.address.as_str().contains("us-east-1a")));
}

const DATABASE: &str = r#"
  network main { name = "shop", zone_count = 2, nat = none }
  key data { alias = "shop", description = "Data" }
  app_secret password { name = "shop/password", description = "The master password", key = data.arn }
  aurora orders {
    name     = "orders"
    engine   = postgresql "15.17"
    capacity = 1..4 ACU
    readers  = 2
    database = "orders"
    vpc      = main.vpc_id
    subnets  = main.data_subnets
    clients  = [main.workload_group]
    key      = data.arn
    password = { name = password.name, arn = password.arn }
  }
  resource aws.ssm.parameter address { type = "String", value = orders.endpoint }
"#;

#[test]
fn the_first_instance_of_a_cluster_is_its_writer() {
    let model = model(DATABASE);
    let writer = r#"orders.instance["writer"]"#;
    for reader in ["reader-1", "reader-2"] {
        comes_after(&model, &format!("orders.instance[\"{reader}\"]"), &[writer]);
    }
    assert_eq!(resource(&model, writer).after, []);
    comes_after(&model, "address", &[writer]);
}

#[test]
fn a_database_comes_after_the_secret_with_its_password() {
    comes_after(&model(DATABASE), "orders.cluster", &["password.secret"]);
}

/// CreateDBCluster: MasterUserPassword "must contain from 8 to 41 characters" for some engines.
#[test]
fn a_generated_password_is_one_that_every_database_takes() {
    let model = model(DATABASE);
    let secret = resource(&model, "password.secret").properties.get("SecretString").unwrap();
    let length = serde_json::Value::from(secret.clone())["$secret"]["length"].as_u64().unwrap();
    assert!((8..=41).contains(&length), "{length}");
}

/// Returns the comparison of an alarm, as CloudWatch names it.
fn comparison(model: &Model, address: &str) -> String {
    let alarm = resource(model, address);
    let operator = alarm.properties.get("ComparisonOperator");
    operator.and_then(|value| value.as_text().map(str::to_owned)).unwrap_or_default()
}

#[test]
fn an_operator_in_when_is_the_alarms() {
    for (operator, aws) in [
        (">", "GreaterThanThreshold"),
        (">=", "GreaterThanOrEqualToThreshold"),
        ("<", "LessThanThreshold"),
        ("<=", "LessThanOrEqualToThreshold"),
    ] {
        let model = model(&format!(
            r#"
  alarm busy {{
    name      = "busy"
    namespace = "AWS/SQS"
    metric    = "ApproximateNumberOfMessagesVisible"
    notify    = []
    when messages {operator} 100
  }}
"#
        ));
        assert_eq!(comparison(&model, "busy.alarm"), aws, "{operator}");
    }
}

#[test]
fn an_operator_of_a_scaling_rule_is_that_of_its_alarm() {
    for (operator, aws) in [(">", "GreaterThanThreshold"), (">=", "GreaterThanOrEqualToThreshold")] {
        let model = service(&format!("tasks = 2..8\n    scale tasks {{ when cpu {operator} 70% add 2 remove 1 }}"));
        assert_eq!(comparison(&model, "web.high[\"cpu\"].alarm"), aws, "{operator}");
    }
}
