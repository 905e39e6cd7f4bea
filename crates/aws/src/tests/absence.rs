//! Answers that are not the service's: nothing is taken for gone because of them.

use super::*;
use crate::{AwsCloud, Invoke, InvokeError, InvokeErrorKind};
use async_trait::async_trait;

/// An API that gives every request the same answer.
struct Same(Result<Json, InvokeError>);

#[async_trait]
impl Invoke for Same {
    async fn invoke(&self, _: &Place, _: &str, _: &str, _: Json) -> Result<Json, InvokeError> {
        self.0.clone()
    }
}

/// A page of a proxy with status 404, as the SDK gives it; bodies without a member; another program's JSON; and a code
/// that says "not found" but is none of the service's.
fn foreign() -> Vec<(&'static str, Result<Json, InvokeError>)> {
    let failed = |code: &str| InvokeError {
        status: Some(404),
        ..InvokeError::new(InvokeErrorKind::Service, code, "<html><h1>404 Not Found</h1></html>")
    };
    vec![
        ("a page", Err(failed("Http404"))),
        ("an unknown code", Err(failed("RouteNotFound"))),
        ("an empty body", Ok(json!({}))),
        ("other JSON", Ok(json!({ "no route": true, "took_ms": 3 }))),
        ("no JSON object", Ok(json!("ok"))),
    ]
}

async fn reads(ty: &str, parts: usize, answer: &Result<Json, InvokeError>) -> Vec<Option<bool>> {
    let cloud = AwsCloud::new(Arc::new(Same(answer.clone())), Arc::new(Bindings::embedded()));
    let id = |text: &str| vec![format!("{text},{text}"); parts].join("|");
    let keys = [key(ty, &id("a")), key(ty, &id("b"))];
    let mut found = vec![cloud.read(&keys[0]).await];
    found.extend(cloud.read_many(&keys).await);
    found.into_iter().map(|read| read.ok().map(|seen| seen.is_some())).collect()
}

#[tokio::test]
async fn a_foreign_answer_is_never_an_absence() {
    let bindings = Bindings::embedded();
    let mut believed = Vec::new();
    for name in bindings.names().into_iter().flatten() {
        let bound = bindings.get(&name).unwrap();
        for (what, answer) in foreign() {
            for read in reads(&name, bound.def.primary_identifier.len(), &answer).await {
                let may_be_empty = what == "an empty body" && bound.binding.read.iter().any(|read| read.may_be_empty);
                if read.is_some_and(|found| !found || !may_be_empty) {
                    believed.push(format!("{name}: {what}: {read:?}"));
                }
            }
        }
    }
    believed.dedup();
    assert!(believed.is_empty(), "{} believed:\n{}", believed.len(), believed.join("\n"));
}

#[tokio::test]
async fn a_foreign_answer_is_no_empty_list() {
    let bindings = Bindings::embedded();
    let mut believed = Vec::new();
    for name in bindings.names().into_iter().flatten() {
        let bound = bindings.get(&name).unwrap();
        for (what, answer) in foreign() {
            let may_be_empty = what == "an empty body" && bound.binding.list.iter().any(|list| list.may_be_empty);
            let cloud = AwsCloud::new(Arc::new(Same(answer)), Arc::new(Bindings::embedded()));
            let (here, matching) = (place(), Properties::new());
            let find =
                FindRequest { ty: &name, place: &here, matching: &matching, token: Some("a"), label: None, sent: true };
            if cloud.find(find).await.is_ok() && !may_be_empty {
                believed.push(format!("{name}: {what}"));
            }
        }
    }
    assert!(believed.is_empty(), "{} believed:\n{}", believed.len(), believed.join("\n"));
}

#[tokio::test]
async fn a_bucket_is_gone_when_an_answer_with_a_body_says_so() {
    let (head, confirm) = (json!({ "Bucket": "b" }), json!({ "Bucket": "b" }));
    let script = Script::new(vec![
        error("s3:HeadBucket", head.clone(), "NotFound"),
        error("s3:GetBucketVersioning", confirm.clone(), "NotFound"),
        error("s3:HeadBucket", head, "NotFound"),
        error("s3:GetBucketVersioning", confirm, "NoSuchBucket"),
    ]);
    let cloud = cloud(&script);
    let bucket = key("aws.s3.bucket", "b");
    assert_eq!(cloud.read(&bucket).await.unwrap_err().kind, CloudErrorKind::Unavailable);
    assert_eq!(cloud.read(&bucket).await.unwrap(), None);
    script.done();
}

#[tokio::test]
async fn what_a_batch_leaves_out_is_looked_for_by_itself() {
    let filter = |ids: Json| json!({ "Filters": [{ "Name": "vpc-id", "Values": ids }] });
    let script = Script::new(vec![
        ok("ec2:DescribeVpcs", filter(json!(["vpc-1", "vpc-2"])), json!({ "Vpcs": [] })),
        ok("ec2:DescribeVpcs", filter(json!(["vpc-1"])), json!({ "Vpcs": [] })),
        error("ec2:DescribeVpcs", filter(json!(["vpc-2"])), "ServiceUnavailable"),
    ]);
    let found = cloud(&script).read_many(&["vpc-1", "vpc-2"].map(|id| key("aws.ec2.vpc", id))).await;
    assert_eq!(found[0].as_ref().unwrap(), &None);
    assert_eq!(found[1].as_ref().unwrap_err().kind, CloudErrorKind::Unavailable);
    script.done();
}

#[tokio::test]
async fn a_creation_with_a_foreign_answer_may_have_been_made() {
    for (answer, expected) in [
        (json!({ "no route": true }), CloudErrorKind::Ambiguous),
        (json!({ "Vpc": { "CidrBlock": "10.0.0.0/16" } }), CloudErrorKind::Internal),
    ] {
        let cloud = AwsCloud::new(Arc::new(Same(Ok(answer))), Arc::new(Bindings::embedded()));
        let desired = object(json!({ "CidrBlock": "10.0.0.0/16" }));
        let failed = cloud.create(create("aws.ec2.vpc", &place(), &desired), &Quiet::default()).await.unwrap_err();
        assert_eq!(failed.kind, expected, "{failed}");
    }
}

/// An endpoint whose deletion comes upon a route that is not there.
struct LostRoute;

#[async_trait]
impl Invoke for LostRoute {
    async fn invoke(&self, _: &Place, _: &str, operation: &str, _: Json) -> Result<Json, InvokeError> {
        if operation == "DeleteVpcEndpoints" {
            return Err(InvokeError::new(InvokeErrorKind::Service, "InvalidRoute.NotFound", "no such route"));
        }
        Ok(json!({ "VpcEndpoints": [{ "VpcEndpointId": "vpce-1", "State": "available" }] }))
    }
}

#[test]
fn a_deletion_that_misses_something_else_is_not_done() {
    let clock = gpb_engine::cloud::clock::VirtualClock::default();
    let cloud = AwsCloud::with_clock(Arc::new(LostRoute), Arc::new(Bindings::embedded()), Arc::new(clock.clone()));
    let key = key("aws.ec2.vpc_endpoint", "vpce-1");
    let error = clock.run(cloud.delete(&key, "t", &Quiet::default())).unwrap_err();
    assert_eq!(error.kind, CloudErrorKind::TimedOut);
    assert!(error.message.contains("still there") && error.message.contains("no such route"), "{error}");
}
