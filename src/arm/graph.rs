//! Azure Resource Graph: the rows of one query, page by page. What a query says is the caller's business.
//! <https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources>
use serde_json::{Value, json};

use super::{Call, Client, Error, Request, Scope};

const API_VERSION: &str = "2022-10-01";
const PATH: &str = "/providers/Microsoft.ResourceGraph/resources";
/// As many rows a page as Azure gives.
const PAGE: u32 = 1000;

/// How many subscriptions one query names. UNVERIFIED: Azure's limit is not told; the page on errors speaks of a thousand.
/// <https://learn.microsoft.com/azure/governance/resource-graph/troubleshoot/general>
const NAMED_AT_ONCE: usize = 1000;

impl Client {
    /// All rows of `query` in subscriptions, resource groups (of which Azure takes the subscription) and management
    /// groups; in everything that the caller may read where `scopes` is empty. The query must keep `id` and be in its
    /// order, or Azure has no second page.
    ///
    /// # Errors
    /// As [`Client::send`]; also [`super::ErrorKind::Protocol`] where an answer is no page.
    pub async fn query(
        &self,
        scopes: &[Scope],
        query: &str,
        act: &str,
        call: &Call,
    ) -> Result<Vec<Value>, Error> {
        self.rows(bodies(scopes, query, &json!({})), act, call).await
    }

    /// The same for policies and roles: those at the scopes and above them, and none below.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn query_above(
        &self,
        scopes: &[Scope],
        query: &str,
        act: &str,
        call: &Call,
    ) -> Result<Vec<Value>, Error> {
        let options = json!({"authorizationScopeFilter": "AtScopeAndAbove"});
        self.rows(bodies(scopes, query, &options), act, call).await
    }

    async fn rows(&self, bodies: Vec<Value>, act: &str, call: &Call) -> Result<Vec<Value>, Error> {
        let mut rows = Vec::new();
        for body in bodies {
            rows.extend(self.pages(body, act, call).await?);
        }
        Ok(rows)
    }

    async fn pages(&self, mut body: Value, act: &str, call: &Call) -> Result<Vec<Value>, Error> {
        let mut rows = Vec::new();
        let mut token: Option<String> = None;
        loop {
            if let Some(token) = &token {
                body["options"]["$skipToken"] = json!(token);
            }
            let request = Request::post(PATH, API_VERSION, body.clone()).repeatable().act(act);
            let answer = self.send(request, call).await?.body;
            let page = answer["data"].as_array();
            rows.extend(
                page.ok_or_else(|| Error::unreadable(act, PATH, "the answer has no data"))?.iter().cloned(),
            );
            let next = answer["$skipToken"].as_str().filter(|next| !next.is_empty()).map(str::to_owned);
            match next {
                None => return Ok(rows),
                Some(next) if token.as_ref() == Some(&next) => {
                    return Err(Error::unreadable(act, PATH, "the next page is the same one"));
                }
                next => token = next,
            }
        }
    }
}

/// The requests for a query, without their pages: one, or more where there are many subscriptions.
fn bodies(scopes: &[Scope], query: &str, options: &Value) -> Vec<Value> {
    let subscriptions: Vec<&str> = scopes.iter().filter_map(Scope::subscription_id).collect();
    let is_group = |scope: &&Scope| scope.subscription_id().is_none();
    let groups: Vec<&str> = scopes.iter().filter(is_group).map(|scope| scope.id().name()).collect();
    let mut body = json!({"query": query, "options": options});
    body["options"]["$top"] = json!(PAGE);
    body["options"]["resultFormat"] = json!("objectArray");
    if !groups.is_empty() {
        body["managementGroups"] = json!(groups);
    }
    if subscriptions.is_empty() {
        return vec![body];
    }
    let naming = |named: &[&str]| {
        let mut body = body.clone();
        body["subscriptions"] = json!(named);
        body
    };
    subscriptions.chunks(NAMED_AT_ONCE).map(naming).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_subscriptions_take_many_requests() {
        let named = |count: usize| -> Vec<Scope> {
            (0..count)
                .map(|one| format!("/subscriptions/00000000-0000-0000-0000-{one:012}").parse().unwrap())
                .collect()
        };
        let counts = |scopes: &[Scope]| -> Vec<Option<usize>> {
            bodies(scopes, "q", &json!({}))
                .iter()
                .map(|body| body["subscriptions"].as_array().map(Vec::len))
                .collect()
        };
        assert_eq!(counts(&[]), [None]);
        assert_eq!(counts(&named(1000)), [Some(1000)]);
        assert_eq!(counts(&named(2001)), [Some(1000), Some(1000), Some(1)]);
        let group = "/providers/Microsoft.Management/managementGroups/mg".parse().unwrap();
        let body = &bodies(&[group], "q", &json!({"a": 1}))[0];
        assert_eq!(
            body,
            &json!({"query": "q", "managementGroups": ["mg"],
                "options": {"a": 1, "$top": 1000, "resultFormat": "objectArray"}})
        );
    }
}
