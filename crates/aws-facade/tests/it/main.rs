//! The façade against an emulator, against a server that misbehaves, and against its own list.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

// A build without the SDKs has no clients.
#[cfg(all(
    feature = "applicationautoscaling",
    feature = "cloudwatch",
    feature = "cloudwatchlogs",
    feature = "ec2",
    feature = "ecs",
    feature = "elasticache",
    feature = "elasticloadbalancingv2",
    feature = "iam",
    feature = "kafka",
    feature = "kms",
    feature = "rds",
    feature = "route53",
    feature = "s3",
    feature = "secretsmanager",
    feature = "sns",
    feature = "sqs",
    feature = "sts"
))]
mod clients;
#[cfg(all(feature = "ecs", feature = "iam", feature = "kms", feature = "sqs"))]
mod errors;
mod fresh;
mod input;
mod support;
