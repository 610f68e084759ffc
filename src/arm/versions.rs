//! Two api-versions of one resource type: the one to use, and the one for clouds that do not have it yet.
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::Error;

/// How Azure says that it does not have a version.
/// <https://learn.microsoft.com/azure/azure-resource-manager/templates/error-invalid-resource-type>
const NO_SUCH_VERSION: [&str; 3] =
    ["InvalidApiVersionParameter", "InvalidResourceType", "NoRegisteredProviderFound"];

/// A pair of versions, and whether the older one had to be taken.
#[derive(Debug)]
pub struct Versions {
    newest: &'static str,
    older: &'static str,
    fell_back: AtomicBool,
}

impl Versions {
    /// Prefers `newest`.
    pub const fn new(newest: &'static str, older: &'static str) -> Self {
        Self { newest, older, fell_back: AtomicBool::new(false) }
    }

    /// Makes a request in the newest version that there is, and remembers where that is the older one.
    ///
    /// # Errors
    /// What the request fails with.
    pub async fn with<T, F>(&self, request: impl Fn(&'static str) -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        if self.fell_back.load(Ordering::Relaxed) {
            return request(self.older).await;
        }
        match request(self.newest).await {
            Err(error) if error.code().is_some_and(|code| NO_SUCH_VERSION.contains(&code)) => {
                self.fell_back.store(true, Ordering::Relaxed);
                request(self.older).await
            }
            outcome => outcome,
        }
    }
}
