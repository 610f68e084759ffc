//! Why the emulator could not start.

use std::fmt::{self, Display, Formatter};

/// A failed act and its cause.
#[derive(Debug)]
pub struct Error {
    act: String,
    cause: Box<dyn std::error::Error + Send + Sync>,
}

impl Error {
    /// `act` completes the sentence "cannot …".
    pub(crate) fn new(
        act: impl Into<String>,
        cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { act: act.into(), cause: cause.into() }
    }
}

impl Display for Error {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "cannot {}: {}", self.act, self.cause)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.cause.as_ref())
    }
}
