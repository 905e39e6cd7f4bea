//! A service that gives back what it was sent: over the bindings, too, no secret comes back in words.

use super::super::{AwsCloud, Bindings, Invoke, InvokeError, InvokeErrorKind};
use super::*;
use async_trait::async_trait;
use gpb_engine::secrets::{ScrubbedCloud, SecretScrubber};
use gpb_engine::state::{SecretKey, StateScope, StateSnapshot};
use std::collections::BTreeMap;

const SECRET: &str = "p/w & \"hunter\" <2>\\ é+=%";

/// A transport that refuses every change in words that give back its input, and has one secret.
struct Echo;

#[async_trait]
impl Invoke for Echo {
    async fn invoke(&self, _: &Place, _: &str, operation: &str, input: Json) -> Result<Json, InvokeError> {
        let (code, told) = match operation {
            "GetSecretValue" if input["SecretId"] == "stripe" => return Ok(json!({ "SecretString": SECRET })),
            operation if operation.starts_with("Create") || operation.starts_with("Update") => {
                ("InvalidParameterException", object(input))
            }
            _ => ("ResourceNotFoundException", object(input)),
        };
        Err(InvokeError::new(InvokeErrorKind::Service, code, gpb_sim::echo::refused(&told).message))
    }
}

fn unwritten() -> StateSnapshot {
    StateSnapshot {
        scope: StateScope { cloud: "aws".into(), stack: "shop".into(), environment: "test".into() },
        lineage: String::new(),
        serial: 0,
        resources: BTreeMap::new(),
        pending: vec![],
        outputs: BTreeMap::new(),
    }
}

#[tokio::test]
async fn a_secret_that_a_service_echoes_does_not_come_back() {
    let scrubber = Arc::new(SecretScrubber::new(SecretKey::new([7; 32]), &unwritten()));
    let aws = AwsCloud::new(Arc::new(Echo), Arc::new(Bindings::embedded()));
    let cloud = ScrubbedCloud::new(Arc::new(aws), scrubber);
    let (place, ty) = (place(), "aws.secretsmanager.secret");
    let secret = cloud.secret(&place, "stripe").await.unwrap();
    assert_eq!(secret, SECRET);
    let desired = object(json!({ "Name": "token", "SecretString": secret }));
    let created = cloud.create(create(ty, &place, &desired), &Quiet::default()).await.unwrap_err();
    let key = key(ty, "arn:token");
    let changed = [PropPath("SecretString".into())];
    let update = UpdateRequest {
        key: &key,
        before: &Properties::new(),
        desired: &desired,
        changed: &changed,
        reasserted: &[],
        token: "a",
    };
    let updated = cloud.update(update, &Quiet::default()).await.unwrap_err();
    for (error, told) in [(created, "'token'"), (updated, "'arn:token'")] {
        assert!(error.message.contains("'(secret stripe)'") && error.message.contains(told), "{error}");
        for spelling in gpb_sim::echo::spellings(SECRET) {
            let core = spelling.trim_matches(|c: char| "'\"{}<>?&=.".contains(c));
            assert!(!error.message.contains(core), "{core} in {error}");
        }
    }
}
