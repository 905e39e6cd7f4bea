//! Which cloud, and whether it is the right one.

use crate::catalog::Catalog;
use crate::cli::{Session, store};
use crate::cli::args::CloudName;
use crate::cloud::clock::SystemClock;
use crate::cloud::sim::{Faults, Latency, Options, Sim};
use crate::cloud::{Cloud, CloudError, ErrorKind};
use crate::diag::Diagnostic;
use crate::model::{Model, Place};
use crate::state::Snapshot;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Session {
    /// The cloud that was asked for.
    ///
    /// # Errors
    /// When it cannot be made: a sentence that says why.
    pub fn cloud(&self) -> Result<Arc<dyn Cloud>, String> {
        match self.common.cloud {
            CloudName::Sim => self.sim(),
            CloudName::Aws => self.aws(),
        }
    }

    fn sim(&self) -> Result<Arc<dyn Cloud>, String> {
        let (faults, scale) = sim_options(self.common.sim.as_deref().unwrap_or(""))?;
        let table = self.library.get("sim/latency.toml").ok_or("the standard library has no sim/latency.toml")?;
        let options = Options {
            types: Arc::new(Catalog::embedded()),
            clock: Arc::new(SystemClock::default()),
            faults,
            latency: Latency::parse(table, scale)?,
            hook: None,
        };
        store::private_folder(&self.common.state).map_err(|error| format!("`{}`: {error}", self.common.state.display()))?;
        let sim = Sim::open(&self.common.state.join("sim.db"), options).map_err(|error| error.to_string())?;
        Ok(Arc::new(sim))
    }

    #[cfg(feature = "_sdk")]
    fn aws(&self) -> Result<Arc<dyn Cloud>, String> {
        use crate::cloud::aws::{AwsCloud, Bindings, Sdk};
        let bindings = Bindings::new(self.library.clone(), Arc::new(Catalog::embedded()));
        Ok(Arc::new(AwsCloud::new(Arc::new(Sdk::default()), Arc::new(bindings))))
    }

    #[cfg(not(feature = "_sdk"))]
    #[allow(clippy::unused_self)] // The same call as with the SDKs.
    fn aws(&self) -> Result<Arc<dyn Cloud>, String> {
        Err("this gpb was built without the AWS SDKs: build it with its default features, or use `--cloud sim`".into())
    }
}

/// The real latencies are minutes; a thousandth of them is enough to see the order of things.
const SIM_PACE: f64 = 0.001;

/// `latency=N` scales the embedded cloud's latencies; the rest are faults.
fn sim_options(text: &str) -> Result<(Faults, f64), String> {
    let (latency, faults): (Vec<&str>, Vec<&str>) =
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).partition(|part| part.starts_with("latency="));
    let scale = match latency.last().and_then(|part| part.strip_prefix("latency=")) {
        None => SIM_PACE,
        Some(scale) => scale
            .parse()
            .ok()
            .filter(|scale: &f64| scale.is_finite() && *scale >= 0.0)
            .ok_or_else(|| format!("`latency={scale}` is not a factor: write a number such as 0, 0.001 or 1"))?,
    };
    let faults = faults.join(",").parse::<Faults>().map_err(|error| error.to_string())?;
    Ok((faults, scale))
}

/// What the question for the account came to.
pub enum Account {
    /// Every place is in the account it should be in.
    Right(Option<String>),
    /// The cloud cannot be asked: no credentials.
    Unknown(CloudError),
    /// The credentials belong to another account, or the cloud fails.
    Wrong(Vec<Diagnostic>),
}

/// Asks who the credentials belong to in every place that the model or the state has, before anything else is done there.
pub async fn account(cloud: &dyn Cloud, model: &Model, snapshot: &Snapshot) -> Account {
    let mut places: BTreeSet<&Place> = model.resources.iter().map(|resource| &resource.place).collect();
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
            Err(error) if error.code == NO_CREDENTIALS => return Account::Unknown(error),
            Err(error) => wrong.push(unreachable(place, &error)),
        }
    }
    if wrong.is_empty() { Account::Right(own) } else { Account::Wrong(wrong) }
}

/// The code of the error that says that there is nobody to be.
const NO_CREDENTIALS: &str = "NoCredentials";

fn another(model: &Model, place: &Place, account: &str, arn: &str) -> Diagnostic {
    let declared = place.account.as_deref().unwrap_or_default();
    Diagnostic::error("GPB8020", format!("the credentials belong to account {account}, and {declared} is declared"))
        .at(model.environment.span, format!("{declared} is declared here; the credentials are {arn}"))
        .help("use the profile or the role of the declared account; nothing was read or changed")
}

fn unreachable(place: &Place, error: &CloudError) -> Diagnostic {
    let help = match error.kind {
        ErrorKind::Denied => "log in again, or check the profile and the role",
        _ => "check the network and AWS_ENDPOINT_URL, then try again",
    };
    let message = format!("{} cannot be asked whose credentials these are: {error}", place.region);
    Diagnostic::error("GPB8021", message).help(help)
}
