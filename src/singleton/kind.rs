//! What a resource says of itself.

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use tfplugin_protocol::provider::{Call, IdentityAttribute, ImportTarget, Timeouts};
use tfplugin_protocol::{Attr, Diagnostics, Result, Schema, Value};

use super::listing::Listing;
use super::record::Failures;
use crate::arm::{self, Error, Scope};
use crate::context::Context;
use crate::documents::{Document, Documents};

/// The word for putting back what was there before.
pub(super) const RESTORE: &str = "restore";
/// The word for leaving everything as it is.
pub(super) const KEEP: &str = "keep";

/// A kind of setting: what differs from one to the other.
pub(crate) trait Kind: Send + Sync + 'static {
    /// Configuration, plan and state.
    type Model: Framed + Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static;
    /// What Azure has, as far as the resource speaks of it, and what has to be kept.
    type Live: PartialEq + Send + Sync;

    /// The resource's type.
    const NAME: &'static str;
    /// Azure's type, as it stands in ids.
    const TYPE: &'static str;
    /// The api-version.
    const VERSION: &'static str;
    /// The attribute that says where it is.
    const PLACED_BY: &'static str = "scope";
    /// How long operations may take.
    const TIMEOUTS: Timeouts = Timeouts::minutes(10, 5, 10, 10);
    /// Whether a change has to know what is there, because it keeps parts of it.
    const MERGES: bool = false;
    /// The resource types of azurerm that have managed it so far.
    const AZURERM: &'static [&'static str];
    /// The attributes of the identity.
    const IDENTITY: &'static [IdentityAttribute];
    /// How those that are there are listed.
    const LISTING: Listing;

    /// The schema, without `timeouts`.
    fn schema() -> Schema;

    /// The identity of an object.
    fn identity(state: &Self::Model) -> Option<Value>;

    /// What is wrong with a configuration beyond its place and what the schema says.
    fn check(_config: &Self::Model) -> Diagnostics {
        Diagnostics::default()
    }

    /// Where it is, as far as that is known.
    ///
    /// # Errors
    ///
    /// Why it cannot be there.
    fn place(model: &Self::Model) -> Result<Option<Place>>;

    /// Fills in what follows from the rest.
    fn complete(_config: &Self::Model, _planned: &mut Self::Model) {}

    /// Has a say before a change, beyond what is the same for all.
    ///
    /// # Errors
    ///
    /// What makes the change impossible.
    fn judge(
        _call: &mut Call<Context>,
        _prior: Option<&Self::Model>,
        _planned: &Self::Model,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Reads what Azure has.
    ///
    /// # Errors
    ///
    /// What of it cannot be read.
    fn live(body: &Json) -> std::result::Result<Self::Live, String>;

    /// What is sent to Azure.
    fn body(live: &Self::Live) -> Json;

    /// What puts back what was found in this place; nothing where Azure does not tell enough of that.
    ///
    /// # Errors
    ///
    /// Why it cannot be known.
    fn before(
        _context: &Context,
        _place: &Place,
        found: &Self::Live,
        _call: &arm::Call,
    ) -> impl Future<Output = Result<Option<Json>>> + Send {
        let body = Self::body(found);
        async { Ok(Some(body)) }
    }

    /// What Azure is to have; what is not known stays as it is found.
    fn wanted(planned: &Self::Model, found: Option<&Self::Live>) -> Self::Live;

    /// Whether Azure has what is wanted. What it adds by itself is no difference.
    fn is_taken(wanted: &Self::Live, now: &Self::Live) -> bool {
        wanted == now
    }

    /// What is sent so that there is nothing in this place; nothing where that takes a deletion.
    fn off(_prior: &Self::Model) -> Option<Json> {
        None
    }

    /// The state, with what Azure has.
    fn refresh(state: Self::Model, live: &Self::Live, failures: &Failures) -> Self::Model;

    /// What Azure says that it could not do, though it answered that all is well.
    fn failures(_live: &Self::Live) -> Option<Failures> {
        None
    }

    /// Waits until Azure shows what was written, where that takes a while.
    ///
    /// # Errors
    ///
    /// That it was not written after all.
    fn settle(
        _documents: &Documents,
        _document: &Document,
        _wanted: &Self::Live,
        outcome: std::result::Result<Json, Error>,
        _call: &arm::Call,
    ) -> impl Future<Output = std::result::Result<Json, Error>> + Send {
        async { outcome }
    }

    /// What there is at a subscription, or at a resource group where a list may look there, as Azure has it.
    ///
    /// # Errors
    ///
    /// Why it could not be listed.
    fn list(
        documents: &Documents,
        scope: &Scope,
        call: &arm::Call,
    ) -> impl Future<Output = std::result::Result<Vec<Json>, Error>> + Send {
        let collection = format!("{scope}/providers/{}", Self::TYPE);
        async move { documents.list(&collection, Self::VERSION, Self::LISTING.what, call).await }
    }

    /// Whether there is anything to take over.
    fn is_there(_live: &Self::Live) -> bool {
        true
    }

    /// Whether it is on, where lists can be asked for that.
    fn is_enabled(_live: &Self::Live) -> Option<bool> {
        None
    }

    /// Turns what the user wrote into as much state as reading needs. Only an identity without a scope needs the
    /// default one.
    ///
    /// # Errors
    ///
    /// Why that is no id of such an object.
    fn import(target: ImportTarget<'_>, default_scope: &DefaultScope<'_>) -> Result<Self::Model>;
}

/// The provider's subscription.
pub(crate) type DefaultScope<'a> = dyn Fn() -> Result<Scope> + 'a;

/// Where a setting is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    /// The subscription or resource.
    pub(crate) scope: Scope,
    /// The setting's id.
    pub(crate) id: String,
    /// What it is, in the middle of a sentence: `the setting WDATP`.
    pub(crate) what: String,
}

impl Place {
    /// A setting of this kind and name.
    pub(crate) fn new<K: Kind>(scope: Scope, name: &str, what: String) -> Self {
        let id = format!("{scope}/providers/{}/{name}", K::TYPE);
        Self { scope, id, what }
    }

    /// What stands there.
    pub(crate) fn document<K: Kind>(&self) -> Document {
        Document { id: self.id.clone(), version: K::VERSION, what: self.what.clone() }
    }
}

/// What all models have.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Frame {
    pub(crate) id: Attr<String>,
    /// The attribute that says where it is.
    pub(crate) place: Attr<String>,
    pub(crate) on_destroy: Attr<String>,
}

/// A model with a [`Frame`].
pub(crate) trait Framed {
    fn frame(&self) -> Frame;
    fn set_frame(&mut self, frame: Frame);
}

/// Says where a model has its frame: `framed!(Model, scope)`.
macro_rules! framed {
    ($model:ty, $place:ident) => {
        impl $crate::singleton::Framed for $model {
            fn frame(&self) -> $crate::singleton::Frame {
                $crate::singleton::Frame {
                    id: self.id.clone(),
                    place: self.$place.clone(),
                    on_destroy: self.on_destroy.clone(),
                }
            }

            fn set_frame(&mut self, frame: $crate::singleton::Frame) {
                self.id = frame.id;
                self.$place = frame.place;
                self.on_destroy = frame.on_destroy;
            }
        }
    };
}
pub(crate) use framed;
