//! One operation on one object, as the author of a resource sees it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Private;
use crate::{Diagnostic, Diagnostics, Result, Type, Value, model};

/// The surroundings of one operation: the provider's context, the deadline, what is kept beside the state, and
/// what goes to the user beside the result.
pub struct Call<C> {
    context: Option<Arc<C>>,
    /// When the operation must be over, by the `timeouts` block or the default.
    pub deadline: Instant,
    /// Cancelled when the user interrupts Terraform: stop waiting and retrying, let a write that is under way
    /// finish, return what has been reached.
    pub cancel: CancellationToken,
    /// Private data of the object. Whatever stands here when the operation ends, also when it fails, is
    /// stored.
    pub private: Private,
    pub(crate) warnings: Diagnostics,
    pub(crate) progress: Progress,
}

/// What has been reached so far: shared with the code that answers when the operation fails or panics.
#[derive(Clone)]
pub(crate) struct Progress {
    ty: Arc<Type>,
    reached: Arc<Mutex<Option<(Value, Private)>>>,
}

impl<C> Call<C> {
    pub(crate) fn new(
        context: Option<Arc<C>>,
        deadline: Instant,
        cancel: CancellationToken,
        private: Private,
        ty: Arc<Type>,
    ) -> Self {
        let progress = Progress { ty, reached: Arc::default() };
        Self { context, deadline, cancel, private, warnings: Diagnostics::default(), progress }
    }

    /// What the provider's `configure` returned.
    ///
    /// # Errors
    ///
    /// Where Terraform has not configured this process, which it does for every operation that may need it.
    pub fn context(&self) -> Result<Arc<C>> {
        self.context.clone().ok_or_else(|| {
            Diagnostic::error(
                "The provider is not configured",
                "Terraform asked for an operation that needs the provider's configuration before it sent one.",
            )
            .into()
        })
    }

    /// What the provider's `configure` returned, if it has run in this process.
    pub fn context_if_configured(&self) -> Option<Arc<C>> {
        self.context.clone()
    }

    /// Tells the user something that does not stop the operation.
    pub fn warn(&mut self, warning: Diagnostic) {
        self.warnings.push(warning);
    }

    /// Records what has been reached: if the operation fails or panics after this, Terraform stores this state
    /// and the private data of this moment, so that nothing that exists is forgotten. Unknown values become
    /// null.
    pub fn save<M: Serialize>(&self, reached: &M) {
        self.progress.save(reached, &self.private);
    }
}

impl Progress {
    fn save<M: Serialize>(&self, reached: &M, private: &Private) {
        match model::to_value(reached, &self.ty) {
            Ok(value) => *self.lock() = Some((value.nulled(), private.clone())),
            Err(error) => tracing::error!(%error, "the state that was reached does not fit the schema"),
        }
    }

    /// Takes what has been reached.
    pub(crate) fn take(&self) -> Option<(Value, Private)> {
        self.lock().take()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(Value, Private)>> {
        self.reached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C> fmt::Debug for Call<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("private", &self.private).finish_non_exhaustive()
    }
}
