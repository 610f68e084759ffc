//! Lists in pages: `$top`, and a `nextLink` to follow verbatim.
//! <https://github.com/Azure/azure-resource-manager-rpc/blob/master/v1.0/resource-api-reference.md#get-resource>

use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::message::{Answer, Call};
use crate::world::World;

/// The page that a call asks for, of `size` elements where it does not say.
///
/// # Errors
/// Azure's answer to a `$top` outside 1 to 1000.
pub(crate) fn of(world: &World, call: &Call, values: &[Value], size: usize) -> Result<Answer, Answer> {
    with(world, call, values, size, |_| {})
}

/// The same with what else stands in the body.
///
/// # Errors
/// As [`of`].
pub(crate) fn with(
    world: &World,
    call: &Call,
    values: &[Value],
    size: usize,
    add: impl FnOnce(&mut Value),
) -> Result<Answer, Answer> {
    let number = |name: &str| call.query.get(name).map(|text| text.parse::<usize>());
    let size = match number("$top") {
        None => size,
        Some(Ok(top @ 1..=1000)) => top,
        Some(_) => {
            let message = "The value of $top must be a number from 1 to 1000.";
            return Err(Answer::error(400, "InvalidTopInQueryString", message));
        }
    };
    let start = number("$skiptoken").and_then(Result::ok).unwrap_or(0).min(values.len());
    let end = start.saturating_add(size).min(values.len());
    let mut body = json!({ "value": &values[start..end] });
    if end < values.len() {
        body["nextLink"] = json!(next_link(world, call, end));
    }
    add(&mut body);
    Ok(Answer::json(200, &body))
}

fn next_link(world: &World, call: &Call, start: usize) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(call.query.iter().filter(|(name, _)| *name != "$skiptoken"));
    query.append_pair("$skiptoken", &start.to_string());
    let path = call.target.split('?').next().unwrap_or_default();
    format!("{}{path}?{}", world.origin, query.finish())
}
