//! The clients of one place: an account, a region, and the credentials used there.

use aws_config::SdkConfig;

use crate::generated::cells::Cells;

/// Holds one client a service, made when it is first asked for.
///
/// All share one connection pool and one cache of credentials.
#[derive(Debug)]
pub struct Clients {
    #[allow(dead_code, reason = "a build without services reads neither")]
    pub(crate) config: SdkConfig,
    #[allow(dead_code, reason = "a build without services reads neither")]
    pub(crate) cells: Cells,
}

impl Clients {
    /// Makes clients over a configuration, best one that [`crate::config::load`] made.
    pub fn new(config: SdkConfig) -> Self {
        Self { config, cells: Cells::default() }
    }
}

/// Makes the client of S3.
///
/// With an endpoint of one's own the bucket is in the path: `bucket.localhost` is a name that few machines resolve.
#[cfg(feature = "s3")]
pub(crate) fn s3_client(config: &SdkConfig) -> aws_sdk_s3::Client {
    use aws_types::service_config::ServiceConfigKey;

    let key = ServiceConfigKey::builder().service_id("S3").env("AWS_ENDPOINT_URL").profile("endpoint_url").build().ok();
    let of_service = key.and_then(|key| config.service_config().and_then(|settings| settings.load_config(key)));
    let elsewhere = of_service.is_some() || config.endpoint_url().is_some();
    let built = aws_sdk_s3::config::Builder::from(config).force_path_style(elsewhere).build();
    aws_sdk_s3::Client::from_conf(built)
}
