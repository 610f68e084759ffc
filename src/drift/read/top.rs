//! One JSON value of the input: the whole plan, or one message of the stream.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::bounded::{Bounded, Budget, Short};
use super::changes::Changes;
use super::message::Stream;
use super::modules::Modules;
use super::state::State;
use crate::drift::change::Direction;
use crate::drift::plan::Plan;
use crate::drift::printable::printable;

/// What may be kept of one message, in bytes.
const MESSAGE: usize = 1 << 20;

/// What a value was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// What `terraform show -json` prints of a saved plan.
    Document,
    /// What it prints of a state.
    State,
    /// A line of `terraform plan -json`.
    Message,
    /// Something else.
    Other,
}

/// Reads a value into a plan.
pub(super) struct Top<'a> {
    pub(super) plan: &'a mut Plan,
    pub(super) stream: &'a mut Stream,
}

impl<'de> DeserializeSeed<'de> for Top<'_> {
    type Value = Form;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Form, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Top<'_> {
    type Value = Form;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a plan")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Form, A::Error> {
        let Self { plan, stream } = self;
        let mut message = Map::new();
        let mut budget = Budget::of(MESSAGE);
        let (mut version, mut parts) = (false, Parts::default());
        while let Some(name) = fields.next_key::<String>()? {
            match name.as_str() {
                "format_version" => version = known::<A>(&fields.next_value_seed(Short)?)?,
                "terraform_version" => {
                    plan.terraform =
                        Some(printable(&fields.next_value_seed(Short)?)).filter(|text| !text.is_empty());
                }
                "resource_drift" => {
                    fields.next_value_seed(Changes { plan, direction: Direction::Drifted })?;
                }
                "resource_changes" => {
                    fields.next_value_seed(Changes { plan, direction: Direction::Planned })?;
                }
                "prior_state" => fields.next_value_seed(State(plan))?,
                "errored" => plan.errored = fields.next_value()?,
                "complete" => plan.incomplete = !fields.next_value::<bool>()?,
                "values" => parts.state = ignore(&mut fields)?,
                "configuration" => {
                    fields.next_value_seed(Modules { plan, address: String::new(), calls: false })?;
                    parts.plan = true;
                }
                "planned_values" => parts.plan = ignore(&mut fields)?,
                "type" | "ui" | "terraform" | "hook" | "change" | "diagnostic" => {
                    message.insert(name, fields.next_value_seed(Bounded(&mut budget))?);
                }
                _ => _ = ignore(&mut fields)?,
            }
        }
        match (version, parts) {
            (true, Parts { state: true, plan: false }) => Ok(Form::State),
            (true, _) => Ok(Form::Document),
            (false, _) if message.contains_key("type") => {
                stream.take(&Value::Object(message), plan).map_err(de::Error::custom)?;
                Ok(Form::Message)
            }
            (false, _) => Ok(Form::Other),
        }
    }
}

/// Which parts a document has.
#[derive(Default)]
struct Parts {
    state: bool,
    plan: bool,
}

/// Reads over a value, which is there.
fn ignore<'de, A: MapAccess<'de>>(fields: &mut A) -> Result<bool, A::Error> {
    fields.next_value::<IgnoredAny>().map(|_| true)
}

fn known<'de, A: MapAccess<'de>>(version: &str) -> Result<bool, A::Error> {
    if version.starts_with("1.") || version.starts_with("0.") {
        return Ok(true);
    }
    let version = printable(version);
    Err(de::Error::custom(format!(
        "its format_version is {version:?}; this program knows 1.x, a newer one may know it"
    )))
}
