//! Log Analytics workspaces: what policies want to know of one beside its id. API version 2023-09-01.
//! <https://learn.microsoft.com/rest/api/loganalytics/workspaces/get>

use crate::arm::{Call, Client, Error, Request};

const API_VERSION: &str = "2023-09-01";

/// The resource type, as it stands in ids.
pub const RESOURCE_TYPE: &str = "Microsoft.OperationalInsights/workspaces";

/// A workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// The region in which it lives.
    pub region: String,
    /// Its GUID, Azure's `customerId`.
    pub guid: String,
}

/// Workspaces over HTTP.
#[derive(Debug)]
pub struct Workspaces {
    client: Client,
}

impl Workspaces {
    /// Workspaces by way of `client`. Nothing is sent yet.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The key by which agents send data to a workspace. It is a secret.
    /// <https://learn.microsoft.com/rest/api/loganalytics/shared-keys/get-shared-keys>
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    pub async fn key(&self, id: &str, call: &Call) -> Result<String, Error> {
        let act = "reading the key of the workspace";
        let path = format!("{id}/sharedKeys");
        let request = Request::post(path, API_VERSION, serde_json::Value::Null).repeatable().act(act);
        let body = self.client.send(request, call).await?.body;
        let key = body["primarySharedKey"].as_str().map(str::to_owned);
        key.ok_or_else(|| Error::unreadable(act, id, "the answer has no primarySharedKey"))
    }

    /// Reads a workspace.
    ///
    /// # Errors
    ///
    /// Why it could not be read; [`NotFound`](crate::arm::ErrorKind::NotFound) where there is none.
    pub async fn read(&self, id: &str, call: &Call) -> Result<Workspace, Error> {
        let act = "reading the workspace";
        let body = self.client.send(Request::get(id, API_VERSION).act(act), call).await?.body;
        let text = |text: &serde_json::Value| text.as_str().map(str::to_owned);
        match (text(&body["location"]), text(&body["properties"]["customerId"])) {
            (Some(region), Some(guid)) => Ok(Workspace { region, guid }),
            _ => Err(Error::unreadable(act, id, "the answer has no location or no customerId")),
        }
    }
}
