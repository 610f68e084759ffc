//! `Microsoft.ResourceGraph/resources`: one query over all subscriptions, in pages.
//! <https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::Method;
use serde_json::{Value, json};

use super::query::{self, Cast, Column, Misread, Operator, Projected};
use super::reach::Reach;
use super::{index, rows};
use crate::arm::{ResourceType, Visit};
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
    index::refresh(world);
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
    let reach = Reach::read(world, &body)?;
    let fingerprint = uuid::of(&format!("{text} {} {}", body["subscriptions"], body["managementGroups"]));
    let cut = cut(visit, &body["options"], &fingerprint)?;

    let mut rows = rows::of(world, query.table);
    rows.retain(|row| reach.holds(world, query.table, row));
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

fn cut(visit: &Visit<'_>, options: &Value, fingerprint: &str) -> Result<Cut, Answer> {
    let known = ["$skip", "$skipToken", "$top", "authorizationScopeFilter", "resultFormat"];
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
    let text = |row: &Value, column: Column| -> String {
        let column = match column {
            Column::Id => "id",
            Column::Type => "type",
        };
        row[column].as_str().unwrap_or_default().to_owned()
    };
    match operator {
        Operator::Where(column, texts) => {
            rows.retain(|row| texts.contains(&text(row, *column).to_ascii_lowercase()));
        }
        Operator::Exactly(column, wanted) => rows.retain(|row| text(row, *column) == *wanted),
        Operator::Without(column, part) => {
            rows.retain(|row| !text(row, *column).to_ascii_lowercase().contains(part));
        }
        Operator::Project(columns) => {
            let project = |row: &Value| -> Value {
                columns.iter().map(|column| (column.name.clone(), projected(row, column))).collect()
            };
            rows = rows.iter().map(project).collect();
        }
        Operator::OrderById => {}
        Operator::Limit(limit) => rows.truncate(*limit),
    }
    rows
}

/// <https://learn.microsoft.com/kusto/query/tostring-function>, <https://learn.microsoft.com/kusto/query/tobool-function>
fn projected(row: &Value, column: &Projected) -> Value {
    let value = column.path.iter().fold(row, |value, field| &value[field]);
    match (column.cast, value) {
        (Cast::None, _) | (Cast::Text, Value::String(_)) | (Cast::Flag, Value::Bool(_)) => value.clone(),
        (Cast::Text, Value::Null) => json!(""),
        (Cast::Text, _) => json!(value.to_string()),
        (Cast::Flag, _) => {
            let text = value.as_str().unwrap_or_default().to_ascii_lowercase();
            text.parse::<bool>().map_or(Value::Null, Value::Bool)
        }
    }
}

pub(super) fn bad_option(option: &str, why: &str) -> Answer {
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

pub(super) fn refused(details: &[Value]) -> Answer {
    let message = "Please provide below info when asking for support: timestamp = 2026-11-22T00:00:00.0000000Z, \
                   correlationId = 00000000-0000-4000-8000-000000000000.";
    let error = json!({ "code": "BadRequest", "message": message, "details": details });
    Answer::json(400, &json!({ "error": error }))
}
