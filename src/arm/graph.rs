//! Azure Resource Graph: the rows of one query, page by page. What a query says is the caller's business.
//! <https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources>
use serde_json::{Value, json};

use super::{Call, Client, Error, Request, Scope};

const API_VERSION: &str = "2022-10-01";
const PATH: &str = "/providers/Microsoft.ResourceGraph/resources";
/// As many rows a page as Azure gives.
const PAGE: u32 = 1000;

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
        let subscriptions: Vec<&str> = scopes.iter().filter_map(Scope::subscription_id).collect();
        let is_group = |scope: &&Scope| scope.subscription_id().is_none();
        let groups: Vec<&str> = scopes.iter().filter(is_group).map(|scope| scope.id().name()).collect();
        let mut body = json!({"query": query, "options": {"$top": PAGE, "resultFormat": "objectArray"}});
        for (field, ids) in [("subscriptions", subscriptions), ("managementGroups", groups)] {
            if !ids.is_empty() {
                body[field] = json!(ids);
            }
        }
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
