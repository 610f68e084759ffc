//! `Microsoft.ResourceGraph/resources`: one query over all subscriptions, in pages.
//! <https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::Method;
use serde_json::{Value, json};

use super::query::{self, Column, Misread, Operator};
use super::rows;
use crate::arm::{ResourceType, Visit, groups, hierarchy, subscriptions};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::uuid;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType = ResourceType {
    name: "Microsoft.ResourceGraph/resources",
    versions: &["2024-04-01", "2022-10-01", "2021-03-01"],
    answer,
};

/// How many rows a page has where the request does not say.
const PAGE: usize = 100;

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    if visit.call.method != Method::POST || !visit.place.scope.is_empty() {
        return not_implemented(visit.call);
    }
    let now = world.clock.elapsed();
    let quota = world.queries.take(now);
    if !quota.passes {
        return quota.refusal();
    }
    quota.told(answered(world, visit).unwrap_or_else(|refusal| refusal))
}

/// Where a page begins, and how long it is.
struct Cut {
    start: usize,
    size: usize,
}

fn answered(world: &World, visit: &Visit<'_>) -> Result<Answer, Answer> {
    let body = visit.call.json()?;
    let known = ["facets", "managementGroups", "options", "query", "subscriptions"];
    if body.as_object().into_iter().flatten().any(|(name, _)| !known.contains(&name.as_str())) {
        return Err(not_implemented(visit.call));
    }
    let text = body["query"].as_str().unwrap_or_default();
    let query = query::read(text).map_err(|misread| invalid(&misread))?;
    let reachable = scope(world, &body)?;
    let fingerprint = uuid::of(&format!("{text} {} {}", body["subscriptions"], body["managementGroups"]));
    let cut = cut(visit, &body["options"], &fingerprint)?;

    let mut rows = rows::of(world, query.table);
    rows.retain(|row| {
        let subscription = row["subscriptionId"].as_str().unwrap_or_default();
        reachable.iter().any(|known| known.eq_ignore_ascii_case(subscription))
    });
    let limited = query.operators.iter().any(|operator| matches!(operator, Operator::Limit(_)));
    for operator in &query.operators {
        rows = applied(operator, rows);
    }
    let total = rows.len();
    let start = cut.start.min(total);
    let end = start.saturating_add(cut.size).min(total);
    // A query without ids, or with a limit, has no further pages.
    let pages = !limited && rows.iter().all(|row| row.get("id").is_some());
    let more = end < total;
    let mut answer = json!({
        "totalRecords": total,
        "count": end - start,
        "data": &rows[start..end],
        "facets": [],
        "resultTruncated": if more && !pages { "true" } else { "false" },
    });
    if more && pages {
        let token = json!({ "next": end, "query": fingerprint });
        answer["$skipToken"] = json!(STANDARD.encode(token.to_string()));
    }
    Ok(Answer::json(200, &answer))
}

/// The subscriptions that a request reaches: all, where it names none.
fn scope(world: &World, body: &Value) -> Result<Vec<String>, Answer> {
    let names = |field: &str| -> Option<Vec<&str>> {
        body[field].as_array().map(|names| names.iter().filter_map(Value::as_str).collect())
    };
    let all = subscriptions::ids(&world.store);
    if let Some(asked) = names("subscriptions") {
        let found: Vec<String> =
            all.into_iter().filter(|id| asked.iter().any(|asked| asked.eq_ignore_ascii_case(id))).collect();
        if found.is_empty() {
            let message = format!(
                "There must be at least one subscription that is eligible to contain resources. Given: '{}'.",
                asked.join(",")
            );
            return Err(refused(&[
                json!({ "code": "NoValidSubscriptionsInQueryRequest", "message": message }),
            ]));
        }
        return Ok(found);
    }
    let Some(asked) = names("managementGroups") else { return Ok(all) };
    let below = |id: &String| {
        let scope = format!("/subscriptions/{id}");
        asked.iter().any(|group| hierarchy::is_within(&world.store, &scope, &groups::id(group)))
    };
    Ok(all.into_iter().filter(below).collect())
}

fn cut(visit: &Visit<'_>, options: &Value, fingerprint: &str) -> Result<Cut, Answer> {
    let known = ["$skip", "$skipToken", "$top", "resultFormat"];
    let unknown = options.as_object().into_iter().flatten().any(|(name, _)| !known.contains(&name.as_str()));
    if unknown || options["resultFormat"].as_str().is_some_and(|format| format != "objectArray") {
        return Err(not_implemented(visit.call));
    }
    let top = options.get("$top").map(|top| {
        let size = top.as_u64().filter(|top| (1..=1000).contains(top));
        size.and_then(|size| usize::try_from(size).ok())
    });
    let size = top.unwrap_or(Some(PAGE));
    let size = size.ok_or_else(|| bad_option("$top", "must be a number from 1 to 1000"))?;
    let skip = options["$skip"].as_u64().and_then(|skip| usize::try_from(skip).ok()).unwrap_or(0);
    let Some(token) = options["$skipToken"].as_str() else { return Ok(Cut { start: skip, size }) };
    let token = STANDARD.decode(token).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let next = token.filter(|token| token["query"] == fingerprint).and_then(|token| token["next"].as_u64());
    let start = next.and_then(|next| usize::try_from(next).ok());
    let start = start.ok_or_else(|| bad_option("$skipToken", "does not belong to this query and scope"))?;
    Ok(Cut { start, size })
}

fn applied(operator: &Operator, mut rows: Vec<Value>) -> Vec<Value> {
    match operator {
        Operator::Where(column, texts) => {
            let column = match column {
                Column::Id => "id",
                Column::Type => "type",
            };
            rows.retain(|row| {
                let value = row[column].as_str().unwrap_or_default().to_ascii_lowercase();
                texts.contains(&value)
            });
        }
        Operator::Project(columns) => {
            let project = |row: &Value| -> Value {
                columns.iter().map(|column| (column.clone(), row[column].clone())).collect()
            };
            rows = rows.iter().map(project).collect();
        }
        Operator::OrderById => {}
        Operator::Limit(limit) => rows.truncate(*limit),
    }
    rows
}

fn bad_option(option: &str, why: &str) -> Answer {
    refused(&[json!({ "code": "BadRequest", "message": format!("The option '{option}' {why}.") })])
}

/// Azure says what it does not understand, and where. What it would rather see is a letter that nobody types, as it is
/// in recorded answers.
fn invalid(misread: &Misread) -> Answer {
    refused(&[
        json!({ "code": "InvalidQuery", "message": "Query is invalid. Please refer to the documentation for the Azure \
            Resource Graph service and fix the error before retrying." }),
        json!({
            "code": "ParserFailure",
            "message": format!("ParserFailure at line 1, position {}: '{}'", misread.at, misread.token),
            "line": 1,
            "characterPositionInLine": misread.at,
            "token": misread.token,
            "expectedToken": "Ǐ",
        }),
    ])
}

fn refused(details: &[Value]) -> Answer {
    let message = "Please provide below info when asking for support: timestamp = 2026-11-22T00:00:00.0000000Z, \
                   correlationId = 00000000-0000-4000-8000-000000000000.";
    let error = json!({ "code": "BadRequest", "message": message, "details": details });
    Answer::json(400, &json!({ "error": error }))
}
