//! Objects of Azure that are one small JSON document each, read and written as a whole: settings above all.
//!
//! Knows no Terraform, and nothing of what stands in a document.

use serde_json::Value;

use crate::arm::{Call, Client, Error, ErrorKind, Request};

/// A document, whether it is there or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its id.
    pub id: String,
    /// The api-version by which it is spoken of.
    pub version: &'static str,
    /// What it is, in the middle of a sentence: `the setting WDATP`.
    pub what: String,
}

/// Documents over HTTP.
#[derive(Debug)]
pub struct Documents {
    client: Client,
}

impl Documents {
    /// Documents by way of `client`. Nothing is sent yet.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// All documents of a collection, by its id; `what` is what they are, in the middle of a sentence.
    ///
    /// # Errors
    ///
    /// Why they could not be listed.
    pub async fn list(
        &self,
        collection: &str,
        version: &'static str,
        what: &str,
        call: &Call,
    ) -> Result<Vec<Value>, Error> {
        let request = Request::get(collection, version).act(format!("listing {what}"));
        self.client.list(request, call).await
    }

    /// Reads a document; nothing where it was never written, or was deleted.
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    pub async fn read(&self, document: &Document, call: &Call) -> Result<Option<Value>, Error> {
        let request = Request::get(document.id.as_str(), document.version);
        match self.client.send(request.act(format!("reading {}", document.what)), call).await {
            Ok(response) => Ok(Some(response.body)),
            Err(error) if is_unset(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes a document, and returns what Azure made of it.
    ///
    /// # Errors
    ///
    /// Why it could not be written, or that it is not known whether it was.
    pub async fn write(&self, document: &Document, body: Value, call: &Call) -> Result<Value, Error> {
        let request = Request::put(document.id.as_str(), document.version, body);
        let response = self.client.send(request.act(format!("setting {}", document.what)), call).await?;
        Ok(response.body)
    }

    /// Deletes a document. It is no error if there is none.
    ///
    /// # Errors
    ///
    /// Why it could not be deleted: only some can.
    pub async fn delete(&self, document: &Document, call: &Call) -> Result<(), Error> {
        let request = Request::delete(document.id.as_str(), document.version);
        match self.client.send(request.act(format!("removing {}", document.what)), call).await {
            Ok(_) => Ok(()),
            Err(error) if is_unset(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Whether this says that the document is not there, and not that the subscription is not.
fn is_unset(error: &Error) -> bool {
    *error.kind() == ErrorKind::NotFound
        && error.code().is_none_or(|code| !code.eq_ignore_ascii_case("SubscriptionNotFound"))
}
