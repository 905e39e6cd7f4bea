//! Words of the binding format, each on a small binding.

use super::*;
use crate::AwsCloud;
use gpb_engine::cloud::{CloudError, ObservedResource};
use script::{Step, cloud_of};

/// A library of one file over the real API.
fn library(service: &str, text: &str) -> Library {
    let generated = format!("aws/generated/{service}.json");
    let api = Library::embedded().get(&generated).map(Arc::clone).unwrap();
    [(format!("aws/{service}.toml"), Arc::from(text)), (generated, api)].into_iter().collect()
}

fn bindings(service: &str, text: &str) -> Bindings {
    Bindings::new(library(service, text), Arc::new(Catalog::embedded()))
}

/// The mistakes in a binding of `aws.sqs.queue`.
fn mistakes(rest: &str) -> Vec<String> {
    let text = format!(
        "service = \"sqs\"\n[types.queue]\ncreate = {{ call = \"CreateQueue\" }}\n\
         read = {{ call = \"GetQueueAttributes\", at = \"Attributes\" }}\nattributes = \"Attributes\"\n{rest}"
    );
    bindings("sqs", &text).mistakes("aws.sqs.queue").iter().map(ToString::to_string).collect()
}

fn check(rest: &str, expected: &[&str]) {
    let found = mistakes(rest);
    assert_eq!(found.len(), expected.len(), "{rest}\n{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.contains(expected), "{rest}\n{found}\n{expected}");
    }
}

struct Update<'a> {
    service: &'a str,
    binding: &'a str,
    ty: &'a str,
    id: &'a str,
    before: Json,
    desired: Json,
    changed: &'a [&'a str],
}

async fn update(steps: Vec<Step>, update: Update<'_>) -> Result<ObservedResource, CloudError> {
    let script = Script::new(steps);
    let cloud: AwsCloud = cloud_of(&script, bindings(update.service, update.binding));
    let (before, desired, key) = (object(update.before), object(update.desired), key(update.ty, update.id));
    let changed: Vec<PropPath> = update.changed.iter().map(|path| PropPath((*path).into())).collect();
    let request =
        UpdateRequest { key: &key, before: &before, desired: &desired, changed: &changed, reasserted: &[], token: "b" };
    let answer = cloud.update(request, &Quiet::default()).await;
    script.done();
    answer
}

#[test]
fn a_mistake_has_its_line_and_a_suggestion() {
    check(
        "unsupported = [\"QueueNam\"]\ndelete = { call = \"DeleteQueue\", input = { QueueUrrl = 1 } }",
        &[
            "aws/sqs.toml:7: types.queue.delete: the input of `DeleteQueue` has no member `QueueUrrl`; did you mean `QueueUrl`?",
            "aws/sqs.toml:6: types.queue.unsupported: `aws.sqs.queue` has no property `QueueNam`; did you mean `QueueName`?",
        ],
    );
    check(
        "delete = { call = \"DeleteQueu\" }",
        &["aws/sqs.toml:6: types.queue.delete: the shapes of `sqs:DeleteQueu`"],
    );
    let unknown = bindings("sqs", "service = \"sqs\"\n[types.queue]\nupdte = []").mistakes("aws.sqs.queue");
    assert!(unknown[0].to_string().contains("line 3") && unknown[0].to_string().contains("did you mean `update`?"));
}

#[test]
fn paths_of_properties_have_one_spelling() {
    let slashed = "[types.queue.properties]\n\"RedrivePolicy/deadLetterTargetArn\" = \"x\"";
    check(slashed, &["did you mean `RedrivePolicy.deadLetterTargetArn`?"]);
    let condition = "update = { call = \"SetQueueAttributes\", when = { \"RedrivePolicy/maxReceiveCount\" = 1 } }";
    check(condition, &["did you mean `RedrivePolicy.maxReceiveCount`?"]);
}

#[test]
fn what_would_be_ignored_is_refused() {
    let subresource = |rest: &str| format!("[[types.queue.subresources]]\nproperties = [\"Tags\"]\n{rest}");
    let tag = "{ call = \"TagQueue\" }";
    check(
        &subresource(&format!("add = {tag}")),
        &["`add` has no effect: it is for the elements of a list: say `each`"],
    );
    check(
        &subresource(&format!("each = {{}}\nadd = {tag}\nput = {tag}")),
        &["`put` has no effect: with `each`, elements are added and removed one by one"],
    );
    check(
        &subresource(&format!("each = {{}}\nadd = {tag}\nchange = {tag}")),
        &["`change` has no effect: without a `key` a changed element is another one"],
    );
    check(
        &subresource("read = { call = \"ListQueueTags\", properties = { DelaySeconds = \"Tags\" } }"),
        &["`DelaySeconds` has no effect: it is not one of the `properties` of the subresource"],
    );
    check(
        &subresource("read = { call = \"ListQueueTags\", properties = { Tags = \"Tagz\" } }"),
        &["the output of `ListQueueTags` has no such place: `Tagz`"],
    );
    check(
        "delete = { call = \"DeleteQueue\", properties = [\"QueueName\"] }",
        &["`properties` has no effect: the call sends what `input` holds"],
    );
    check(
        "update = { call = \"SetQueueAttributes\", at = \"X\" }",
        &["no such place: `X`", "`at` has no effect: the identifier is looked for in the output of `create`"],
    );
    check("deleted_states = [\"GONE\"]", &["`deleted_states` has no effect: the state is that of `ready`"]);
    check("ready = { path = \"x\", settle = \"1s\" }", &["no state is `ready`, and none is not"]);
    check("[types.queue.properties]\n\"Tags.*\" = \"x\"", &["`*` of `Tags.*` has no effect"]);
    check(
        "[types.queue.properties]\nDelaySeconds = { key = \"x\", carried_by = [\"Nope\"] }",
        &["has no property `Nope`"],
    );
}

#[test]
fn words_and_paths_of_templates_are_checked_at_every_depth() {
    let delete =
        |template: &str| format!("delete = {{ call = \"DeleteQueue\", input = {{ QueueUrl = \"{template}\" }} }}");
    check(&delete("${before.QueueUrl}"), &[]);
    check(&delete("${before.QueueUr}"), &["has no property `QueueUr`; did you mean `QueueUrl`?"]);
    check(&delete("${added.QueueUrl}"), &["`QueueUrl` is no list, so that it has no elements"]);
    check(&delete("${read.Attribute}"), &["no read of the type answers with `Attribute`"]);
    check(&delete("${out.QueueUr}"), &["no call of the type answers with `QueueUr`"]);
    check(&delete("${itm}"), &["is neither a property of `aws.sqs.queue` nor a reserved word; did you mean `item`?"]);
    let create = "update = { call = \"SetQueueAttributes\", if_set = [\"changed.Nope\"] }";
    check(create, &["`changed.Nope`: `aws.sqs.queue` has no property `Nope`"]);
}

#[test]
fn what_goes_wrong_late_is_refused_early() {
    // A read is stale after a call.
    check(
        "update = [{ call = \"SetQueueAttributes\", properties = [\"DelaySeconds\"] }, { call = \"TagQueue\", input = { QueueUrl = \"${read.Attributes.X}\" } }]",
        &["`TagQueue` refers to `read` as it was before the calls above: say `wait = true` in the one before it"],
    );
    let unread = "update = { call = \"SetQueueAttributes\", properties = [\"DelaySeconds\"], if_increased = \"DelaySeconds\" }\n\
                  [types.queue.properties]\nDelaySeconds = { write = \"Attributes.DelaySeconds\", read = false, why = \"x\" }";
    check(unread, &["no read shows `DelaySeconds`, so that nobody knows whether it has grown or shrunk"]);
    check(
        "list = { call = \"ListQueues\", at = \"QueueUrls\", set = { QueueName = \"${out.QueueUrl}\" } }",
        &["`${out…}` is absent in a read"],
    );
    // What stands in place of a property is said to.
    check(
        "update = { call = \"TagQueue\", input = { Tags = { a = \"b\" } } }",
        &["`Tags` replaces what `Tags` writes there: name `${Tags}` in it"],
    );
    check(
        "[types.queue.tags]\ncreate = false\ntag = { call = \"TagQueue\" }",
        &["tags that come after the creation do not show what a creation that was cut off has made"],
    );
}

/// Bindings of a network, whose read AWS has a waiter for.
fn network(ready: &str) -> Vec<String> {
    let text = format!(
        "service = \"ec2\"\n[types.vpc]\ncreate = {{ call = \"CreateVpc\", at = \"Vpc\" }}\n\
         read = {{ call = \"DescribeVpcs\", at = \"Vpcs.0\" }}\n{ready}"
    );
    let all = bindings("ec2", &text);
    let mistakes = all.mistakes("aws.ec2.vpc");
    match all.get("aws.ec2.vpc") {
        Ok(bound) => {
            bound.binding.ready.iter().map(|rule| format!("{:?} {:?}", rule.path.steps(), rule.ready)).collect()
        }
        Err(_) => mistakes.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn waiters_of_aws_are_the_default_of_readiness() {
    let state = ["[Name(\"State\")] [String(\"available\")]"];
    assert_eq!(network(""), state, "from the object at `at`");
    assert_eq!(network("ready = { waiter = \"VpcAvailable\", failed = [\"failed\"] }"), state);
    let unknown = network("ready = { waiter = \"VpcAvailabel\" }");
    assert!(
        unknown[0].contains("aws/ec2.toml:5") && unknown[0].contains("did you mean `VpcAvailable`?"),
        "{unknown:?}"
    );
    let both = network("ready = { waiter = \"VpcAvailable\", path = \"State\" }");
    assert!(both[0].contains("have no effect: the waiter has its own"), "{both:?}");
}

const ROLE: &str = r#"
service = "iam"

[types.role]
create = { call = "CreateRole", at = "Role" }
read   = { call = "GetRole", at = "Role" }

[[types.role.subresources]]
properties = ["Policies"]
each   = { key = "PolicyName" }
add    = { call = "PutRolePolicy", input = { PolicyName = "${item.PolicyName}", PolicyDocument = "${item.PolicyDocument:json}" } }
change = { call = "PutRolePolicy", input = { PolicyName = "${raw.PolicyName}", PolicyDocument = "${item.PolicyDocument:json}" }, wait = true }
remove = { call = "DeleteRolePolicy", input = { PolicyName = "${item.PolicyName}" } }
read   = { call = "ListRolePolicies", list = "PolicyNames", detail = { call = "GetRolePolicy", input = { PolicyName = "${item}" } } }
"#;

#[tokio::test]
async fn a_changed_element_is_changed_and_waited_for() {
    let role = || ok("iam:GetRole", json!({ "RoleName": "r" }), json!({ "Role": { "RoleName": "r" } }));
    let policies = |sids: &[(&str, &str)]| {
        let names: Vec<&str> = sids.iter().map(|(name, _)| *name).collect();
        let list = ok("iam:ListRolePolicies", json!({ "RoleName": "r" }), json!({ "PolicyNames": names }));
        let one = |(name, sid): &(&str, &str)| {
            let document = json!({ "Statement": [{ "Sid": sid }] }).to_string();
            let answer = json!({ "RoleName": "r", "PolicyName": name, "PolicyDocument": document });
            ok("iam:GetRolePolicy", json!({ "RoleName": "r", "PolicyName": name }), answer)
        };
        std::iter::once(list).chain(sids.iter().map(one)).collect::<Vec<_>>()
    };
    let changed = json!({ "RoleName": "r", "PolicyName": "a", "PolicyDocument": r#"{"Statement":[{"Sid":"new"}]}"# });
    let mut steps = policies(&[("a", "old"), ("b", "b")]);
    steps.extend([ok("iam:PutRolePolicy", changed, json!({})), role(), role()]);
    steps.extend(policies(&[("a", "new"), ("b", "b")]));
    let policy =
        |name: &str, sid: &str| json!({ "PolicyName": name, "PolicyDocument": { "Statement": [{ "Sid": sid }] } });
    let request = Update {
        service: "iam",
        binding: ROLE,
        ty: "aws.iam.role",
        id: "r",
        before: json!({ "Policies": [policy("a", "old"), policy("b", "b")] }),
        desired: json!({ "Policies": [policy("a", "new"), policy("b", "b")] }),
        changed: &["Policies/0/PolicyDocument"],
    };
    let seen = update(steps, request).await.unwrap();
    assert_eq!(seen.properties["Policies"], json!([policy("a", "new"), policy("b", "b")]));
}

#[test]
fn what_is_added_to_a_structure_is_one_of_its_members() {
    let of_bucket = |rest: &str| {
        let text = format!(
            "service = \"s3\"\n[types.bucket]\ncreate = {{ call = \"CreateBucket\" }}\nread = {{ call = \"HeadBucket\" }}\n\
             [[types.bucket.subresources]]\nproperties = [\"LifecycleConfiguration\"]\n\
             put = {{ call = \"PutBucketLifecycleConfiguration\" }}\n[types.bucket.properties]\n{rest}\n"
        );
        let mistakes = bindings("s3", &text).mistakes("aws.s3.bucket");
        mistakes.iter().map(ToString::to_string).filter(|one| one.contains("has no effect")).collect::<Vec<_>>()
    };
    assert_eq!(of_bucket("\"LifecycleConfiguration.Rules\" = { otherwise = { Filter = {} } }"), [""; 0]);
    let found =
        of_bucket("\"LifecycleConfiguration.Rules\" = { otherwise = { Filtr = {} }, several = { Filter = \"And\" } }");
    assert!(found.len() == 1 && found[0].contains("`Filtr`") && found[0].contains(":9:"), "{found:?}");
    let found = of_bucket("\"LifecycleConfiguration.Rules\" = { write = false, otherwise = { Filter = {} } }");
    assert!(found.iter().any(|one| one.contains("it is not written")), "{found:?}");
}
