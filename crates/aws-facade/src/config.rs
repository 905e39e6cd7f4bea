//! Configuration: the region, the endpoint and the credentials of requests.

use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_types::sdk_config::SharedCredentialsProvider;

use crate::Clients;

/// The place and the credentials of a set of clients.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// The region, such as `eu-west-1`.
    pub region: String,
    /// A profile of the shared configuration files; without one, the usual chain.
    pub profile: Option<String>,
    /// The role to assume with those credentials, as an ARN.
    pub role: Option<String>,
}

/// The name of the assumed role's session, which is what CloudTrail shows.
const SESSION: &str = "gpb";

/// Makes the clients for a target.
///
/// Nothing is sent yet: credentials are sought with the first request.
pub async fn load(target: &Target) -> Clients {
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .region(Region::new(target.region.clone()))
        .identity_cache(IdentityCache::lazy().load_timeout(CREDENTIALS).build());
    if let Some(profile) = &target.profile {
        loader = loader.profile_name(profile);
    }
    let base = loader.load().await;
    let config = match &target.role {
        None => base,
        Some(role) => {
            let provider = AssumeRoleProvider::builder(role).session_name(SESSION).configure(&base).build().await;
            base.into_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build()
        }
    };
    Clients::new(limited(config))
}

/// The longest time for a sign-on tool or a chain of roles to give credentials.
const CREDENTIALS: Duration = Duration::from_secs(30);

/// Limits a request to one try and to a time.
///
/// Whether a failed change may be tried again depends on what it was and whether it can be read back, which only the
/// engine above knows; a second try underneath would hide that the first may have been carried out. The limits are set
/// last, so that the search for credentials keeps its own.
fn limited(config: SdkConfig) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .read_timeout(Duration::from_mins(1))
        .operation_timeout(Duration::from_mins(2))
        .build();
    config.into_builder().retry_config(RetryConfig::disabled()).timeout_config(timeouts).build()
}
