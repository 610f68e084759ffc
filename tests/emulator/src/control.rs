//! The control endpoint: what tests in other processes may do to the emulator. A port of its own, so that no path
//! of the emulated services is taken.
//!
//! `GET|DELETE /requests`, `POST|DELETE /faults`, `GET|PUT|DELETE /resources[?id=]`, `POST /advance`, `PUT /latency`,
//! `PUT /delays`.

use std::time::Duration;

use hyper::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::exchange::Outcome;
use crate::fault::Fault;
use crate::graph::index;
use crate::message::{Answer, Call};
use crate::world::{Shared, World};

/// Answers one request to the control endpoint.
pub(crate) fn control(world: &Shared, call: &Call) -> Outcome {
    let answer = route(&mut world.lock(), call).unwrap_or_else(|refusal| refusal);
    Outcome::Answer(answer)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: u64,
}

/// Seconds; what is left out stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Waits {
    replication: Option<u64>,
    consistency: Option<u64>,
    remediation_step: Option<u64>,
    graph: Option<u64>,
    operation_time: Option<u64>,
    operation_retry_after: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Latency {
    milliseconds: u64,
}

fn route(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let id = call.query.get("id");
    match (&call.method, call.path.as_str(), id) {
        (&Method::GET, "/requests", _) => return Ok(Answer::json(200, &json!(world.journal.requests()))),
        (&Method::DELETE, "/requests", _) => world.journal.clear(),
        (&Method::POST, "/faults", _) => world.faults.add(read::<Fault>(call)?),
        (&Method::DELETE, "/faults", _) => world.faults.clear(),
        (&Method::POST, "/advance", _) => {
            world.clock.advance(Duration::from_secs(read::<Advance>(call)?.seconds));
        }
        (&Method::PUT, "/latency", _) => {
            world.latency = Duration::from_millis(read::<Latency>(call)?.milliseconds);
        }
        (&Method::PUT, "/delays", _) => set_delays(world, &read(call)?),
        (&Method::GET, "/resources", None) => {
            world.settle();
            let documents: Vec<&Value> = world.store.documents().map(|(_, document)| document).collect();
            return Ok(Answer::json(200, &json!(documents)));
        }
        (&Method::GET, "/resources", Some(id)) => {
            world.settle();
            let document = world.store.get(id).ok_or_else(|| Answer::error(404, "NotFound", id))?;
            return Ok(Answer::json(200, document));
        }
        (&Method::PUT, "/resources", Some(id)) => world.plant(id, read(call)?),
        (&Method::DELETE, "/resources", Some(id)) => {
            world.store.delete(id);
            world.keep();
        }
        _ => return Err(Answer::error(404, "NotFound", &format!("{} {}", call.method, call.target))),
    }
    Ok(Answer::empty(204))
}

fn set_delays(world: &mut World, waits: &Waits) {
    if let Some(seconds) = waits.graph {
        index::set_delay(world, Duration::from_secs(seconds));
    }
    let delays = &mut world.delays;
    let set = |delay: &mut Duration, seconds: Option<u64>| {
        *delay = seconds.map_or(*delay, Duration::from_secs);
    };
    set(&mut delays.replication, waits.replication);
    set(&mut delays.consistency, waits.consistency);
    set(&mut delays.remediation_step, waits.remediation_step);
    set(&mut delays.operation, waits.operation_time);
    delays.operation_retry_after = waits.operation_retry_after.unwrap_or(delays.operation_retry_after);
}

fn read<T: DeserializeOwned>(call: &Call) -> Result<T, Answer> {
    serde_json::from_slice(&call.body).map_err(|error| Answer::error(400, "BadRequest", &error.to_string()))
}
