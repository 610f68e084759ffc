//! Faults that a test injects: which requests they meet, and what they do to them.
//!
//! This module decides; [`crate::exchange`] carries the decision out.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::message::{Answer, Call};

/// A disturbance of some requests. The default one meets the next request and changes nothing.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// Meets only this verb, in any letter case; default: all.
    pub method: Option<String>,
    /// Meets only requests whose path with query contains this text, in any letter case; default: all.
    pub path: Option<String>,
    /// How many matching requests to let pass first; default 0.
    pub skip: u32,
    /// How many matching requests to meet after that; default 1, and 0 means for ever.
    pub times: u32,
    /// Waits this long, in milliseconds, before anything else; default 0.
    pub delay_ms: u64,
    /// Answers with this status instead of Azure's answer.
    pub status: Option<u16>,
    /// Answers with this body: a JSON string is sent as plain text, anything else as JSON.
    pub body: Option<Value>,
    /// Adds these headers to the answer.
    pub headers: BTreeMap<String, String>,
    /// Answers with this media type.
    pub content_type: Option<String>,
    /// Closes the connection without an answer.
    pub drop: Option<Disconnect>,
    /// Closes the connection after this many bytes of the body, with the full length announced.
    pub truncate: Option<usize>,
    /// Lets the request take effect before `status` is answered; default false.
    pub apply: bool,
    /// Lets a pricing PUT succeed with `operationStatus` `Failed` for these extensions: name to message.
    pub extension_failures: BTreeMap<String, String>,
}

/// When a dropped connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Disconnect {
    /// Before the request takes effect.
    Before,
    /// After the request took effect.
    After,
}

impl Default for Fault {
    fn default() -> Self {
        Self {
            method: None,
            path: None,
            skip: 0,
            times: 1,
            delay_ms: 0,
            status: None,
            body: None,
            headers: BTreeMap::new(),
            content_type: None,
            drop: None,
            truncate: None,
            apply: false,
            extension_failures: BTreeMap::new(),
        }
    }
}

impl Fault {
    /// How long to wait first.
    pub(crate) fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }

    /// Whether the request may reach the rules at all.
    pub(crate) fn takes_effect(&self) -> bool {
        self.drop != Some(Disconnect::Before) && (self.status.is_none() || self.apply)
    }

    /// Azure's answer (or none, where the request took no effect) as this fault changes it.
    pub(crate) fn disturb(&self, answer: Option<Answer>) -> Answer {
        let mut answer = match (self.status, answer) {
            (Some(status), _) => Answer::empty(status),
            (None, Some(answer)) => answer,
            (None, None) => Answer::empty(500),
        };
        match &self.body {
            Some(Value::String(text)) => {
                answer = answer.with_header("content-type", "text/plain").with_body(text.clone());
            }
            Some(body) => {
                answer = answer.with_header("content-type", "application/json").with_body(body.to_string());
            }
            None => {}
        }
        if let Some(content_type) = &self.content_type {
            answer = answer.with_header("content-type", content_type);
        }
        self.headers.iter().fold(answer, |answer, (name, value)| answer.with_header(name, value))
    }

    fn matches(&self, call: &Call) -> bool {
        let method =
            self.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(call.method.as_str()));
        let target = call.target.to_ascii_lowercase();
        method && self.path.as_ref().is_none_or(|path| target.contains(&path.to_ascii_lowercase()))
    }
}

/// The faults that wait, in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    waiting: Vec<Fault>,
}

impl Faults {
    /// Adds a fault behind the others.
    pub(crate) fn add(&mut self, fault: Fault) {
        self.waiting.push(fault);
    }

    /// Forgets all faults.
    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// How many have not been used up.
    pub(crate) fn count(&self) -> usize {
        self.waiting.len()
    }

    /// The first fault that meets this request; it is used up once by that.
    pub(crate) fn claim(&mut self, call: &Call) -> Option<Fault> {
        for index in 0..self.waiting.len() {
            let fault = &mut self.waiting[index];
            if !fault.matches(call) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            let claimed = fault.clone();
            if fault.times == 1 {
                self.waiting.remove(index);
            } else {
                fault.times = fault.times.saturating_sub(1);
            }
            return Some(claimed);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::{HeaderMap, Method};

    #[test]
    fn a_fault_meets_the_requests_it_names_as_often_as_it_says() {
        let put = |plan: &str| {
            Call::new(Method::PUT, &format!("/pricings/{plan}?x=1"), HeaderMap::new(), bytes::Bytes::new())
        };
        let mut faults = Faults::default();
        faults.add(Fault {
            method: Some("put".into()),
            path: Some("/PRICINGS/arm".into()),
            skip: 1,
            times: 2,
            ..Fault::default()
        });
        let met: Vec<bool> = ["Arm", "Dns", "Arm", "Arm", "Arm"]
            .iter()
            .map(|plan| faults.claim(&put(plan)).is_some())
            .collect();
        assert_eq!(met, [false, false, true, true, false]);
    }

    #[test]
    fn a_fault_for_ever_stays() {
        let mut faults = Faults::default();
        faults.add(Fault { times: 0, ..Fault::default() });
        let call = Call::new(Method::GET, "/", HeaderMap::new(), bytes::Bytes::new());
        assert!((0..5).all(|_| faults.claim(&call).is_some()));
    }
}
