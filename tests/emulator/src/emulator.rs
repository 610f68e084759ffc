//! The emulator as a value: its options, what clients need to reach it, and what a test does to it.

use std::fs;
use std::future::ready as ready_now;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::runtime;
use tokio::sync::oneshot;

use crate::control::control;
use crate::exchange::exchange;
use crate::fault::Fault;
use crate::graph::index;
use crate::journal::LoggedRequest;
use crate::listen::serve;
use crate::snapshot::Snapshot;
use crate::store::Store;
use crate::world::{Delays, Shared, World};
use crate::{Error, arm, certificate, entra, seed};

/// Loopback, and any port that is free.
const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// How to start; the default is a public cloud over TLS on a free loopback port with one subscription.
#[derive(Debug, Default)]
pub struct Options {
    /// Address to listen on; default `127.0.0.1:0`. Clients always use the name `localhost`.
    pub listen: Option<SocketAddr>,
    /// Plain http instead of TLS; default false.
    pub http: bool,
    /// Documents to start with; default none. Shapes: `{"subscriptions":[id],"resources":[document]}`,
    /// Microsoft's published examples as they are, or an array of these.
    pub seed: Option<Value>,
    /// Which of Azure's clouds to be; default public.
    pub cloud: Cloud,
    /// How long every answer takes; default no time.
    pub latency: Duration,
    /// How long a new identity cannot be given a role (`PrincipalNotFound`); default no time.
    pub replication_delay: Duration,
    /// How long a GET still misses a new policy assignment, still shows a deleted one, and misses the workspace of a
    /// setting that was written; default no time.
    pub consistency_delay: Duration,
    /// How long a remediation stays in each of the states `Accepted`, `Evaluating` and `Running`; default no time:
    /// it is finished when it is first looked at.
    pub remediation_step: Duration,
    /// How long Azure Resource Graph goes without looking at what has changed, at most; default no time.
    pub graph_delay: Duration,
    /// How long an operation on a machine or cluster takes; default no time: it is over when it is first looked at.
    pub operation_time: Duration,
    /// The seconds of the header `Retry-After` of an operation that runs; default 0.
    pub operation_retry_after: u64,
    /// Directory that keeps the documents from run to run; default: they are forgotten. Documents kept there win
    /// over the seed.
    pub data_dir: Option<PathBuf>,
}

/// One of Azure's clouds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cloud {
    /// Azure.
    #[default]
    Public,
    /// Azure Government.
    UsGovernment,
}

/// What a client needs. URLs have the host `localhost` and no trailing slash.
#[derive(Clone, Debug, Serialize)]
pub struct Ready {
    /// URL of Azure Resource Manager.
    pub resource_manager: String,
    /// URL of the login service.
    pub authority: String,
    /// Host and port of the metadata endpoint.
    pub metadata_host: String,
    /// Path of a PEM file with the certificate authority to trust.
    pub ca_certificate: String,
    /// URL of the control endpoint.
    pub control: String,
    /// The only tenant.
    pub tenant_id: String,
    /// The only application.
    pub client_id: String,
    /// Its password.
    pub client_secret: String,
    /// Ids of the subscriptions at the start, sorted.
    pub subscriptions: Vec<String>,
}

/// A running emulator on a thread of its own; stops on drop.
#[derive(Debug)]
pub struct Emulator {
    ready: Ready,
    world: Shared,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _authority: Option<NamedTempFile>,
}

impl Emulator {
    /// Starts an emulator; it answers when this returns.
    ///
    /// # Errors
    /// - the address is taken or not ours;
    /// - the seed has an unknown shape;
    /// - the data directory or the file of the certificate authority cannot be read or written.
    pub fn start(options: Options) -> Result<Self, Error> {
        let delays = Delays {
            replication: options.replication_delay,
            consistency: options.consistency_delay,
            remediation_step: options.remediation_step,
            graph: options.graph_delay,
            operation: options.operation_time,
            operation_retry_after: options.operation_retry_after,
        };
        let Options { listen, http, seed, cloud, latency, data_dir, .. } = options;
        let (arm_listener, arm_port) = bind(listen.unwrap_or(ANY_PORT))?;
        let (control_listener, control_port) = bind(ANY_PORT)?;
        let certificates = certificate::make()?;
        let tls = (!http).then_some(certificates.server);
        let (authority, ca_certificate) = write_authority(&certificates.authority_pem, data_dir.as_deref())?;
        let (store, snapshot) = documents(cloud, seed.as_ref(), data_dir.as_deref())?;
        let origin = format!("{}://localhost:{arm_port}", if http { "http" } else { "https" });
        let ready = Ready {
            resource_manager: origin.clone(),
            authority: origin.clone(),
            metadata_host: format!("localhost:{arm_port}"),
            ca_certificate,
            control: format!("http://localhost:{control_port}"),
            tenant_id: entra::TENANT_ID.to_owned(),
            client_id: entra::CLIENT_ID.to_owned(),
            client_secret: entra::CLIENT_SECRET.to_owned(),
            subscriptions: arm::subscriptions::ids(&store),
        };
        let mut world = World::new(cloud, origin, store, snapshot);
        world.latency = latency;
        world.delays = delays;
        index::refresh(&mut world);
        world.keep();
        let world = Shared::new(world);
        // Nothing fails after this: a runtime cannot be dropped inside another one, where a test may run.
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::new("start the runtime", error))?;
        let (stop, stopped) = oneshot::channel();
        let (for_arm, for_control) = (world.clone(), world.clone());
        let thread = thread::spawn(move || {
            let arm = serve(arm_listener, tls, move |call| exchange(for_arm.clone(), call));
            let control = serve(control_listener, None, move |call| ready_now(control(&for_control, &call)));
            runtime.block_on(async move {
                tokio::select! {
                    error = arm => crate::report(&error.to_string()),
                    error = control => crate::report(&error.to_string()),
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        });
        Ok(Self { ready, world, stop: Some(stop), thread: Some(thread), _authority: authority })
    }

    /// What clients need.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// The requests seen since the start or [`Emulator::clear_requests`], in the order of their answers.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.world.lock().journal.requests().to_vec()
    }

    /// Forgets the requests seen.
    pub fn clear_requests(&self) {
        self.world.lock().journal.clear();
    }

    /// Adds a fault behind those that wait.
    pub fn add_fault(&self, fault: Fault) {
        self.world.lock().faults.add(fault);
    }

    /// Forgets all faults.
    pub fn clear_faults(&self) {
        self.world.lock().faults.clear();
    }

    /// How many faults have not been used up. A fault that delays a request is used up when the request arrives,
    /// so this tells a test that one is being held.
    pub fn waiting_faults(&self) -> usize {
        self.world.lock().faults.count()
    }

    /// The document with this id, in any letter case.
    pub fn resource(&self, id: &str) -> Option<Value> {
        let mut world = self.world.lock();
        world.settle();
        world.store.get(id).cloned()
    }

    /// All documents, by lower-cased id.
    pub fn resources(&self) -> Vec<(String, Value)> {
        let mut world = self.world.lock();
        world.settle();
        world.store.documents().map(|(id, document)| (id.to_owned(), document.clone())).collect()
    }

    /// Writes a document past all rules. A new subscription in its id begins to exist.
    pub fn put_resource(&self, id: &str, body: Value) {
        self.world.lock().plant(id, body);
    }

    /// Removes a document past all rules.
    pub fn delete_resource(&self, id: &str) {
        let mut world = self.world.lock();
        world.store.delete(id);
        world.keep();
    }

    /// Lets time pass: tokens expire, quotas fill up, registrations finish, trials end, new identities become
    /// known, remediations and operations go on, Azure Resource Graph looks again.
    pub fn advance(&self, by: Duration) {
        self.world.lock().clock.advance(by);
    }

    /// Sets how long a new identity cannot be given a role from now on.
    pub fn set_replication_delay(&self, delay: Duration) {
        self.world.lock().delays.replication = delay;
    }

    /// Sets how long reads lag behind writes of policy assignments and workspace settings from now on.
    pub fn set_consistency_delay(&self, delay: Duration) {
        self.world.lock().delays.consistency = delay;
    }

    /// Lets Azure Resource Graph look now, and then not again for as long as this.
    pub fn set_graph_delay(&self, delay: Duration) {
        index::set_delay(&mut self.world.lock(), delay);
    }

    /// Sets how long remediations stay in each of their states from now on.
    pub fn set_remediation_step(&self, step: Duration) {
        self.world.lock().delays.remediation_step = step;
    }

    /// Sets how long operations on machines and clusters take from now on; those that run, too.
    pub fn set_operation_time(&self, time: Duration) {
        self.world.lock().delays.operation = time;
    }

    /// Sets the header `Retry-After` of operations that run.
    pub fn set_operation_retry_after(&self, seconds: u64) {
        self.world.lock().delays.operation_retry_after = seconds;
    }

    /// Whether the extension with this id got exactly these protected settings when it last got any; they are not
    /// kept, only a fingerprint of them.
    pub fn got_protected_settings(&self, id: &str, settings: &Value) -> bool {
        crate::operations::got_secret(&self.world.lock().store, id, settings)
    }

    /// Sets how long every answer takes from now on.
    pub fn set_latency(&self, latency: Duration) {
        self.world.lock().latency = latency;
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread may have ended by itself; then nobody listens, and nobody needs to.
            let _: Result<(), ()> = stop.send(());
        }
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            crate::report("the server's thread panicked");
        }
    }
}

/// Binds without tokio, so that a start inside a runtime works as well as one outside.
fn bind(address: SocketAddr) -> Result<(TcpListener, u16), Error> {
    let failed = |error| Error::new(format!("listen on {address}"), error);
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    Ok((listener, port))
}

fn documents(
    cloud: Cloud,
    seed: Option<&Value>,
    data_dir: Option<&Path>,
) -> Result<(Store, Option<Snapshot>), Error> {
    let snapshot = data_dir.map(Snapshot::open).transpose()?;
    if let Some(kept) = snapshot.as_ref().map(Snapshot::load).transpose()?.flatten() {
        return Ok((kept, snapshot));
    }
    let mut store = Store::default();
    seed::sow(&mut store, cloud, seed)?;
    Ok((store, snapshot))
}

/// Writes the authority's certificate into the data directory, or into a file that goes with the emulator.
fn write_authority(pem: &str, data_dir: Option<&Path>) -> Result<(Option<NamedTempFile>, String), Error> {
    let failed = |error| Error::new("write the certificate authority's file", error);
    if let Some(directory) = data_dir {
        let path = directory.join("ca.pem");
        fs::create_dir_all(directory).and_then(|()| fs::write(&path, pem)).map_err(failed)?;
        return Ok((None, path.display().to_string()));
    }
    let mut file =
        tempfile::Builder::new().prefix("arm-emulator-ca-").suffix(".pem").tempfile().map_err(failed)?;
    file.write_all(pem.as_bytes()).and_then(|()| file.flush()).map_err(failed)?;
    let path = file.path().display().to_string();
    Ok((Some(file), path))
}
