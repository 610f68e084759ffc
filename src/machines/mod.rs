//! Machines and clusters, and the extensions on them: typed bodies over the ARM client.
//!
//! Knows no Terraform and no Defender. A machine or cluster and its extensions are read once for all who ask in one run,
//! and again after a write to it; writes to one AKS cluster wait for each other.
//! <https://learn.microsoft.com/rest/api/compute/virtual-machine-extensions>,
//! <https://learn.microsoft.com/rest/api/hybridcompute/machine-extensions>,
//! <https://learn.microsoft.com/rest/api/kubernetesconfiguration/extensions/extensions>,
//! <https://learn.microsoft.com/rest/api/aks/managed-clusters>

mod cluster;
mod extension;
mod found;
mod graph;
mod target;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

pub use cluster::Part;
pub use extension::{Extension, Wanted, texts};
pub use found::Found;
pub use graph::Listed;
pub use target::{Kind, Target};

use crate::arm::{Call, Client, Error, ErrorKind, Request, SingleFlight, Turns};

/// What is on a machine or cluster.
type Installed = Arc<Vec<Extension>>;

/// Machines and clusters over HTTP.
#[derive(Debug)]
pub struct Machines {
    client: Client,
    flights: Mutex<HashMap<String, Flights>>,
    writes: Turns,
}

/// What was asked of one target.
#[derive(Clone, Debug, Default)]
struct Flights {
    found: Arc<SingleFlight<Option<Arc<Found>>>>,
    extensions: Arc<SingleFlight<Installed>>,
}

impl Machines {
    /// Machines by way of `client`. Nothing is sent yet.
    pub fn new(client: Client) -> Self {
        Self { client, flights: Mutex::default(), writes: Turns::default() }
    }

    /// A machine or cluster; nothing where there is none. Asked for once.
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    pub async fn found(&self, target: &Target, call: &Call) -> Result<Option<Arc<Found>>, Error> {
        let flight = self.flights(target).found;
        flight
            .get(
                call,
                |_| true,
                || async {
                    let body = self.body(target, call).await?;
                    Ok(body.map(|body| Arc::new(Found::of_body(target.kind, &body))))
                },
            )
            .await
    }

    /// The extensions on a machine or cluster, with what they say of themselves. Asked for once.
    ///
    /// # Errors
    ///
    /// Why they could not be read.
    pub async fn extensions(&self, target: &Target, call: &Call) -> Result<Installed, Error> {
        let flight = self.flights(target).extensions;
        flight
            .get(
                call,
                |_| true,
                || async {
                    let act = format!("listing the extensions of {}", target.name());
                    let request = Request::get(target.extensions(), target.extensions_version()).act(act);
                    let listed = self.client.list(request, call).await?;
                    Ok(Arc::new(listed.iter().filter_map(|body| Extension::of_body(target, body)).collect()))
                },
            )
            .await
    }

    /// An extension; nothing where there is none.
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    pub async fn extension(
        &self,
        target: &Target,
        name: &str,
        call: &Call,
    ) -> Result<Option<Extension>, Error> {
        let (id, act) =
            (target.extension_id(name), format!("reading the extension {name} of {}", target.name()));
        let mut request = Request::get(id.as_str(), target.extensions_version()).act(act);
        if target.kind == Kind::VirtualMachine {
            request = request.query("$expand", "instanceView");
        }
        match self.client.send(request, call).await {
            Ok(response) => Ok(Extension::of_body(target, &response.body)),
            Err(error) if *error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts an extension on a machine or cluster, waits until that is done, and returns what is there then.
    ///
    /// # Errors
    ///
    /// Why it could not be put there, in the extension's own words where it has some.
    pub async fn put(
        &self,
        target: &Target,
        name: &str,
        wanted: &Wanted,
        call: &Call,
    ) -> Result<Extension, Error> {
        let location =
            self.found(target, call).await?.map(|found| found.location.clone()).unwrap_or_default();
        let (id, act) =
            (target.extension_id(name), format!("deploying the extension {name} to {}", target.name()));
        let body = wanted.to_body(target.kind, &location);
        let request = Request::put(id.as_str(), target.extensions_version(), body).act(act.as_str());
        let answer = self.client.send_and_wait(request, call).await;
        self.forget(target);
        let body = answer?.body;
        Extension::of_body(target, &body).ok_or_else(|| Error::unreadable(&act, &id, "it is no extension"))
    }

    /// Takes an extension off, and waits until it is gone. It is no error if there is none.
    ///
    /// # Errors
    ///
    /// Why it could not be taken off.
    pub async fn delete(&self, target: &Target, name: &str, call: &Call) -> Result<(), Error> {
        let act = format!("removing the extension {name} from {}", target.name());
        let request = Request::delete(target.extension_id(name), target.extensions_version()).act(act);
        let answer = self.client.send_and_wait(request, call).await;
        self.forget(target);
        match answer {
            Err(error) if *error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// What onboards machines of a subscription to Defender for Endpoint. It is a secret.
    /// <https://learn.microsoft.com/rest/api/defenderforcloud/mde-onboardings>
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    pub async fn onboarding_script(
        &self,
        target: &Target,
        is_windows: bool,
        call: &Call,
    ) -> Result<String, Error> {
        let act = "reading what onboards machines to Defender for Endpoint";
        let subscription = target.subscription();
        let id = format!("{subscription}/providers/Microsoft.Security/mdeOnboardings/default");
        let response =
            self.client.send(Request::get(id.as_str(), "2021-10-01-preview").act(act), call).await?;
        let field = if is_windows { "onboardingPackageWindows" } else { "onboardingPackageLinux" };
        let script = response.body["properties"][field].as_str().map(str::to_owned);
        script.ok_or_else(|| Error::unreadable(act, &id, &format!("the answer has no {field}")))
    }

    /// The body of a machine or cluster, with its instance view where it has one.
    async fn body(&self, target: &Target, call: &Call) -> Result<Option<Value>, Error> {
        let act = format!("reading {}", target.name());
        let mut request = Request::get(target.as_str(), target.kind.api_version()).act(act);
        if matches!(target.kind, Kind::VirtualMachine | Kind::ArcMachine) {
            request = request.query("$expand", "instanceView");
        }
        match self.client.send(request, call).await {
            Ok(response) => Ok(Some(response.body)),
            Err(error) if *error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn flights(&self, target: &Target) -> Flights {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        flights.entry(target.as_str().to_ascii_lowercase()).or_default().clone()
    }

    /// After a write everything is asked for again.
    fn forget(&self, target: &Target) {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        flights.remove(&target.as_str().to_ascii_lowercase());
    }
}
