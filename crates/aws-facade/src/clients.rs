//! The clients of one place: an account, a region, and the credentials used there.

use aws_config::SdkConfig;

use crate::generated::Cells;

/// One client a service, made when first asked for. All share one connection pool and one cache of credentials.
#[derive(Debug)]
pub struct Clients {
    pub(crate) config: SdkConfig,
    pub(crate) cells: Cells,
}

impl Clients {
    /// Clients over a configuration, best one made by [`crate::config::load`].
    pub fn new(config: SdkConfig) -> Self {
        Self { config, cells: Cells::default() }
    }
}

/// S3 with the bucket in the path when an endpoint of one's own is set: `bucket.localhost` is a name few machines resolve.
#[cfg(feature = "s3")]
pub(crate) fn s3(config: &SdkConfig) -> aws_sdk_s3::Client {
    use aws_types::service_config::ServiceConfigKey;

    let key = ServiceConfigKey::builder().service_id("S3").env("AWS_ENDPOINT_URL").profile("endpoint_url").build().ok();
    let of_service = key.and_then(|key| config.service_config().and_then(|settings| settings.load_config(key)));
    let elsewhere = of_service.is_some() || config.endpoint_url().is_some();
    let built = aws_sdk_s3::config::Builder::from(config).force_path_style(elsewhere).build();
    aws_sdk_s3::Client::from_conf(built)
}
