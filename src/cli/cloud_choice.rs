//! The choice of the cloud, and the check of the credentials' account.

use crate::cli::args::{CloudName, SimBehaviour};
use crate::cli::{Session, file_loader, state_folder};
use async_trait::async_trait;
use gpb_base::diag::Diagnostic;
use gpb_catalog::Catalog;
use gpb_engine::cloud::clock::{Clock, SystemClock};
use gpb_engine::cloud::{Cloud, CloudError, CloudErrorKind};
use gpb_engine::secrets::{ScrubbedCloud, SecretScrubber};
use gpb_engine::state::StateSnapshot;
use gpb_model::{Model, Place};
use gpb_sim::{Behaviour, Faults, Latency, OutputForms, SimCloud, SimOptions};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A cloud as the command uses it: what it says is scrubbed of secrets.
pub type SafeCloud = ScrubbedCloud<Arc<dyn Cloud>>;

impl Session {
    /// Returns the cloud that `--cloud` names.
    ///
    /// # Errors
    /// When it cannot be made: a sentence that says why.
    pub fn cloud(&self, scrubber: &Arc<SecretScrubber>) -> Result<Arc<SafeCloud>, String> {
        let cloud = match self.common.cloud {
            CloudName::Sim => self.sim(),
            CloudName::Aws => self.aws(),
        };
        Ok(Arc::new(SafeCloud::new(cloud?, Arc::clone(scrubber))))
    }

    /// Returns the clock that the engine waits by.
    ///
    /// For the simulated cloud it runs at the pace of the simulated latencies, so that faults pass as fast as they do.
    pub fn clock(&self) -> Box<dyn Clock> {
        let options = || sim_options(self.common.sim.as_deref().unwrap_or("")).ok();
        match self.common.cloud {
            CloudName::Aws => Box::new(SystemClock::default()),
            CloudName::Sim => {
                let pace = options().map_or(SIM_PACE, |(_, pace)| pace).min(1.0);
                Box::new(PacedClock { clock: SystemClock::default(), pace, ahead: Mutex::default() })
            }
        }
    }

    /// Returns a simulated cloud that nothing is in, and that nothing outlives.
    pub fn empty_sim(&self) -> Result<SimCloud, String> {
        SimCloud::in_memory(self.sim_options()?).map_err(|error| error.to_string())
    }

    /// Returns the options of the simulated cloud, from those of the command line.
    fn sim_options(&self) -> Result<SimOptions, String> {
        let (faults, scale) = sim_options(self.common.sim.as_deref().unwrap_or(""))?;
        let table = self.library.get("sim/latency.toml").ok_or("the standard library has no sim/latency.toml")?;
        let behaviour = match self.common.sim_behaviour {
            SimBehaviour::Friendly => Behaviour::friendly(),
            // Its times pass at the pace of the latencies, as those of the engine's own waits do.
            SimBehaviour::Aws => Behaviour::aws(&self.library)?.scaled(scale),
        };
        Ok(SimOptions {
            types: Arc::new(Catalog::embedded()),
            clock: Arc::new(SystemClock::default()),
            faults,
            latency: Latency::parse(table, scale)?,
            forms: self
                .library
                .get("sim/forms.toml")
                .map_or_else(|| Ok(OutputForms::none()), |text| OutputForms::parse(text))?,
            behaviour,
            hook: None,
        })
    }

    /// Opens the simulated cloud in the state folder.
    fn sim(&self) -> Result<Arc<dyn Cloud>, String> {
        let options = self.sim_options()?;
        state_folder::private_folder(&self.common.state).map_err(|error| {
            format!("`{}` cannot be made: {}", self.common.state.display(), file_loader::io_message(&error))
        })?;
        let sim = SimCloud::open(&self.common.state.join("sim.db"), options).map_err(|error| error.to_string())?;
        Ok(Arc::new(sim))
    }

    /// Returns the way to call AWS operations, where this build has the SDKs.
    #[expect(clippy::unused_self, reason = "the same call with the SDKs and without")]
    pub fn invoke(&self) -> Option<Box<dyn gpb_aws::Invoke>> {
        #[cfg(feature = "_sdk")]
        return Some(Box::new(gpb_aws::Sdk::default()));
        #[cfg(not(feature = "_sdk"))]
        None
    }

    #[cfg(feature = "_sdk")]
    fn aws(&self) -> Result<Arc<dyn Cloud>, String> {
        Ok(self.bound(Arc::new(gpb_aws::Sdk::default())))
    }

    #[cfg(not(feature = "_sdk"))]
    #[expect(clippy::unused_self, reason = "the same call as with the SDKs")]
    fn aws(&self) -> Result<Arc<dyn Cloud>, String> {
        Err("this gpb was built without the AWS SDKs: build it with its default features, or use `--cloud sim`".into())
    }

    /// Returns the cloud that `--cloud` names, for what is known of it without a call: it may be out of reach.
    pub fn known_cloud(&self, cloud: &Result<Arc<SafeCloud>, String>) -> Arc<dyn Cloud> {
        match cloud {
            Ok(cloud) => Arc::clone(cloud) as Arc<dyn Cloud>,
            Err(_) => self.bound(Arc::new(gpb_aws::NoSdk)),
        }
    }

    fn bound(&self, invoke: Arc<dyn gpb_aws::Invoke>) -> Arc<dyn Cloud> {
        let bindings = gpb_aws::Bindings::new(self.library.clone(), Arc::new(Catalog::embedded()));
        Arc::new(gpb_aws::AwsCloud::new(invoke, Arc::new(bindings)))
    }
}

/// A clock on which waiting takes a share of the time.
///
/// Afterwards it reads as if the wait had taken all of it.
struct PacedClock {
    clock: SystemClock,
    pace: f64,
    /// The time by which this clock is ahead of the system's.
    ahead: Mutex<Duration>,
}

impl PacedClock {
    fn ahead(&self) -> MutexGuard<'_, Duration> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for PacedClock {
    fn now(&self) -> Duration {
        self.clock.now().saturating_add(*self.ahead())
    }

    fn epoch_ms(&self) -> u64 {
        self.clock.epoch_ms()
    }

    async fn sleep(&self, duration: Duration) {
        let end = self.now().saturating_add(duration);
        self.clock.sleep(duration.mul_f64(self.pace)).await;
        // Waits at the same time pass together: the latest end counts, not the sum.
        let mut ahead = self.ahead();
        *ahead = end.saturating_sub(self.clock.now()).max(*ahead);
    }
}

/// The usual scale of simulated latencies, as a factor.
///
/// Real ones are minutes; a thousandth is enough to see the order of steps.
const SIM_PACE: f64 = 0.001;

/// Splits the options of the simulated cloud into faults and the scale of latencies.
///
/// `latency=N` is the scale; the rest are faults.
fn sim_options(text: &str) -> Result<(Faults, f64), String> {
    let (latency, faults): (Vec<&str>, Vec<&str>) =
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).partition(|part| part.starts_with("latency="));
    let scale = match latency.last().and_then(|part| part.strip_prefix("latency=")) {
        None => SIM_PACE,
        Some(scale) => {
            scale.parse().ok().filter(|scale: &f64| scale.is_finite() && *scale >= 0.0).ok_or_else(|| {
                format!("`latency={scale}` is not a valid factor: write a number such as 0, 0.001 or 1")
            })?
        }
    };
    let faults = faults.join(",").parse::<Faults>().map_err(|error| error.to_string())?;
    Ok((faults, scale))
}

/// The result of the check of the account.
pub enum AccountCheck {
    /// The credentials belong to the declared account in every place.
    ///
    /// Holds the account of the environment's own place.
    Right(Option<String>),
    /// The cloud cannot be asked: no credentials.
    Unknown(CloudError),
    /// The credentials belong to another account, or the cloud fails.
    Wrong(Vec<Diagnostic>),
}

/// Checks whose credentials these are in every place of the model and the state.
///
/// Nothing else is asked or changed in a place before.
pub async fn account(cloud: &dyn Cloud, model: &Model, snapshot: &StateSnapshot) -> AccountCheck {
    let mut places: BTreeSet<&Place> = model.resources.iter().map(|resource| &*resource.place).collect();
    places.insert(&model.environment.place);
    places.extend(snapshot.resources.values().map(|record| &record.place));
    let mut wrong = Vec::new();
    let mut own = None;
    for place in places {
        match cloud.identity(place).await {
            Ok(identity) => {
                if place.account.as_ref().is_some_and(|declared| *declared != identity.account) {
                    wrong.push(another(model, place, &identity.account, &identity.arn));
                } else if *place == model.environment.place {
                    own = Some(identity.account);
                }
            }
            Err(error) if error.code == NO_CREDENTIALS => return AccountCheck::Unknown(error),
            Err(error) => wrong.push(unreachable(place, &error)),
        }
    }
    if wrong.is_empty() { AccountCheck::Right(own) } else { AccountCheck::Wrong(wrong) }
}

/// The code of the error of a cloud without credentials.
const NO_CREDENTIALS: &str = "NoCredentials";

fn another(model: &Model, place: &Place, account: &str, arn: &str) -> Diagnostic {
    let declared = place.account.as_deref().unwrap_or_default();
    Diagnostic::error("GPB8020", format!("the credentials belong to account {account}, and {declared} is declared"))
        .with_label(model.environment.span, format!("{declared} is declared here; the credentials are {arn}"))
        .help("use the profile or the role of the declared account; nothing was read or changed")
}

fn unreachable(place: &Place, error: &CloudError) -> Diagnostic {
    let help = match error.kind {
        CloudErrorKind::Denied => "log in again, or check the profile and the role",
        _ => "check the network and AWS_ENDPOINT_URL, then try again",
    };
    let message = format!("{} cannot be asked whose credentials these are: {error}", place.region);
    Diagnostic::error("GPB8021", message).help(help)
}
