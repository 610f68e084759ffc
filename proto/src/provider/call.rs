//! One operation on one object, as the author of a resource sees it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Private;
use crate::codec::storable;
use crate::{AttributePath, Diagnostic, Diagnostics, Result, Schema, Type, Value, model};

/// The time of a call in a unit test, which waits for nothing.
const DETACHED_TIMEOUT: Duration = Duration::from_secs(3600);

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
    pub(crate) config: Value,
    pub(crate) replaced: Vec<AttributePath>,
    pub(crate) warnings: Diagnostics,
    pub(crate) progress: Progress,
}

/// What has been reached so far, for the answer when the operation fails or panics.
pub(crate) struct Progress {
    ty: Arc<Type>,
    reached: Mutex<Option<(Value, Private)>>,
}

impl<C> Call<C> {
    pub(crate) fn new(
        context: Option<Arc<C>>,
        deadline: Instant,
        cancel: CancellationToken,
        private: Private,
        ty: Arc<Type>,
    ) -> Self {
        Self {
            context,
            deadline,
            cancel,
            private,
            config: Value::Null,
            replaced: Vec::new(),
            warnings: Diagnostics::default(),
            progress: Progress { ty, reached: Mutex::default() },
        }
    }

    /// A call that Terraform does not stand behind, for unit tests of a resource with this schema: nobody
    /// cancels it, it has an hour, and nothing is stored beside the object.
    pub fn detached(context: C, schema: &Schema) -> Self {
        let deadline = Instant::now() + DETACHED_TIMEOUT;
        let (cancel, ty) = (CancellationToken::new(), Arc::new(schema.ty()));
        Self::new(Some(Arc::new(context)), deadline, cancel, Private::default(), ty)
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

    /// What the user wrote, write-only attributes included, which neither plan nor state hold. For `create` and
    /// `update`; `plan` gets it as an argument.
    ///
    /// # Errors
    ///
    /// Where the operation has no configuration, or it does not fit `M`.
    pub fn config<M: DeserializeOwned>(&self) -> Result<M> {
        model::from_value(&self.config).map_err(|error| {
            Diagnostic::error("The configuration could not be read", error.to_string()).at(error.path).into()
        })
    }

    /// Says while planning that the change of this attribute needs a new object, beyond what the schema says by
    /// [`Attribute::replace`](crate::schema::Attribute::replace). Without effect on creation, and where the
    /// attribute does not change.
    pub fn replace(&mut self, attribute: impl Into<AttributePath>) {
        self.replaced.push(attribute.into());
    }

    /// What the user has been told so far.
    pub fn warnings(&self) -> &Diagnostics {
        &self.warnings
    }

    /// The attributes that were said to need a new object.
    pub fn replaced(&self) -> &[AttributePath] {
        &self.replaced
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
        match model::to_storable(reached, &self.ty) {
            Ok(value) => *self.lock() = Some((value, private.clone())),
            Err(error) => tracing::error!(%error, "the state that was reached cannot be written"),
        }
    }

    /// Records that there is an object now, whatever becomes of its description: `new`, or at worst what was
    /// planned.
    pub(crate) fn arrive<M: Serialize>(&self, planned: &Value, new: &M, private: &Private) {
        *self.lock() = Some((storable(planned.clone(), &self.ty), private.clone()));
        self.save(new, private);
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
