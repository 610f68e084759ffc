//! Text that must not be shown: client secrets, tokens, passwords.
use std::fmt;

/// A secret text. `Debug` prints `***`; only [`Secret::expose`] gives the text away, so a search for that name finds
/// every place that does.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the wire and for nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_the_text() {
        assert_eq!(
            format!("{:?} {:?}", Secret::new("hunter2"), Some(Secret::from(String::new()))),
            "*** Some(***)"
        );
    }
}
