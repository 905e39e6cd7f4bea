//! The rates of services: token buckets, filled by the clock.

use super::rules::RuleCall;
use super::{Behaviour, service_of};
use gpb_engine::cloud::CloudError;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The buckets of a cloud, as calls come in.
#[derive(Debug, Default)]
pub(crate) struct RateLimits {
    buckets: Mutex<BTreeMap<RateBucketKey, TokenBucket>>,
}

/// A bucket's service, rule, account and region.
type RateBucketKey = (String, usize, String, String);

/// The tokens left, and the moment they were counted, in milliseconds since the epoch.
type TokenBucket = (f64, i64);

impl RateLimits {
    /// Takes a token of each bucket that a call falls under.
    ///
    /// # Errors
    /// The service's refusal when one of them is empty.
    pub fn take(
        &self,
        behaviour: &Behaviour,
        call: RuleCall,
        ty: &str,
        (account, region): (&str, &str),
        now: i64,
    ) -> Result<(), CloudError> {
        let scale = behaviour.scale();
        if scale <= 0.0 {
            return Ok(());
        }
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        for (index, rule) in behaviour.rates(ty).iter().enumerate() {
            let name = ty.rsplit('.').next().unwrap_or_default();
            let counts = rule.types.is_empty() || rule.types.iter().any(|one| one == name);
            if !counts || (!rule.on.is_empty() && !rule.on.contains(&call)) {
                continue;
            }
            let region = if rule.global { "" } else { region };
            let key = (service_of(ty).to_owned(), index, account.to_owned(), region.to_owned());
            let (tokens, at) = buckets.entry(key).or_insert((rule.burst, now));
            let passed = u32::try_from(now.saturating_sub(*at).max(0)).unwrap_or(u32::MAX);
            *tokens = (*tokens + f64::from(passed) / 1000.0 / scale * rule.per_second).min(rule.burst);
            *at = now;
            if *tokens < 1.0 {
                let refusal = &rule.refuses;
                return Err(CloudError::new(refusal.kind, refusal.code.clone(), refusal.message.clone()));
            }
            *tokens -= 1.0;
        }
        Ok(())
    }
}
