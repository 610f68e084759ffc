//! The provider block, as checks see it.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::{Value, model};

/// The provider block as the user wrote it, as far as Terraform has shown it to this process.
///
/// A convenience for checks that depend on it, and nothing to rely on. Terraform validates a provider block
/// before the resources below it, but not one that is empty or absent; a process may never have seen it; and of
/// several blocks that one process serves in debug mode, the last one stands here. While Terraform validates,
/// its values may be unknown, and what is unknown is no reason for an error.
#[derive(Clone, Default)]
pub struct ProviderBlock(Option<Arc<Value>>);

impl ProviderBlock {
    /// A block that was seen, for unit tests of resources. Holds every attribute of the schema, as Terraform's
    /// does, null where it is not set.
    pub fn new(block: Value) -> Self {
        Self(Some(Arc::new(block)))
    }

    /// The block as a struct of the author's, usually [`Provider::Config`](super::Provider::Config); nothing
    /// where Terraform has not shown it, or where it does not fit.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        model::from_value(self.0.as_ref()?).ok()
    }

    /// Whether Terraform has shown the block to this process.
    pub fn is_seen(&self) -> bool {
        self.0.is_some()
    }
}

/// Without the block itself, which may hold secrets.
impl fmt::Debug for ProviderBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderBlock").field("is_seen", &self.is_seen()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::Attr;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Config {
        on: Attr<bool>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Narrow {
        on: bool,
    }

    #[test]
    fn a_block_is_read_where_it_was_seen_and_fits() {
        let block = |on: Value| ProviderBlock::new(Value::from_iter([("on", on)]));
        for (block, config, narrow) in [
            (ProviderBlock::default(), None, None),
            (block(Value::Null), Some(Attr::Null), None),
            (block(Value::UNKNOWN), Some(Attr::Unknown), None),
            (block(true.into()), Some(Attr::Known(true)), Some(true)),
            (block("hunter2".into()), None, None),
        ] {
            assert_eq!(block.read(), config.map(|on| Config { on }), "{block:?}");
            assert_eq!(block.read(), narrow.map(|on| Narrow { on }), "{block:?}");
            assert!(!format!("{block:?}").contains("hunter2"));
        }
        assert!(block(Value::Null).is_seen() && !ProviderBlock::default().is_seen());
    }
}
