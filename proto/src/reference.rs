//! What a provider offers, whole, for those who write about it: the pages of a registry are made from this.
//!
//! It holds the very schemas that Terraform gets, with what Terraform does not get of them: defaults, what forces
//! a replacement, what an object's identity comes to.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::provider::{Call, DynResource, IdentityAttribute, ImportTarget, Private, Provider};
use crate::schema::Signature;
use crate::{Result, Schema, Value};

/// All that a provider offers, by name.
#[derive(Debug)]
pub struct Reference {
    /// The provider block.
    pub provider: Schema,
    /// Resources.
    pub resources: BTreeMap<&'static str, ResourceReference>,
    /// Data sources, with their `timeouts`.
    pub data_sources: BTreeMap<&'static str, Schema>,
    /// The `config` of list resources.
    pub list_resources: BTreeMap<&'static str, Schema>,
    /// Functions.
    pub functions: BTreeMap<&'static str, Signature>,
}

/// A resource.
pub struct ResourceReference {
    /// The schema with its `timeouts`.
    pub schema: Schema,
    /// What identifies an object; nothing where identities are not supported.
    pub identity: &'static [IdentityAttribute],
    import: Box<Import>,
}

/// From an import id to the identity of the object.
type Import = dyn Fn(&str) -> Result<Option<Value>>;

impl Reference {
    /// What this provider offers.
    pub fn of<P: Provider>(provider: &P) -> Self {
        let resources = provider.resources().iter();
        let lists = resources.clone().filter_map(|item| Some((item.name(), item.as_list()?)));
        let data_sources = provider.data_sources().iter();
        let functions = provider.functions().iter();
        Self {
            provider: provider.schema(),
            resources: resources.map(|item| (item.name(), ResourceReference::of(*item))).collect(),
            data_sources: data_sources.map(|item| (item.name(), item.full_schema())).collect(),
            list_resources: lists.map(|(name, list)| (name, list.query_schema())).collect(),
            functions: functions.map(|item| (item.name(), item.declared())).collect(),
        }
    }
}

impl ResourceReference {
    fn of<C: 'static>(item: &'static dyn DynResource<C>) -> Self {
        let schema = item.full_schema();
        let ty = Arc::new(schema.ty());
        let import = move |id: &str| {
            let (now, cancel) = (Instant::now(), CancellationToken::new());
            let mut call = Call::new(None, now, cancel, Private::default(), Arc::clone(&ty));
            let value = item.import_value(&mut call, ImportTarget::Id(id), &ty)?;
            item.identity_of(&value)
        };
        Self { schema, identity: item.identity_attributes(), import: Box::new(import) }
    }

    /// The identity of the object that an import id stands for, as far as the id alone tells it.
    ///
    /// # Errors
    ///
    /// Why that is no id of such an object; or that an import needs a configured provider, which this is not.
    pub fn identity_of(&self, id: &str) -> Result<Option<Value>> {
        (self.import)(id)
    }
}

impl fmt::Debug for ResourceReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResourceReference").field("schema", &self.schema).finish_non_exhaustive()
    }
}
