//! The identities of objects, as messages carry them.

use super::registry::{OfferedResource, decode, encode};
use crate::provider::identity;
use crate::wire::tfplugin6 as pb;
use crate::{Result, Value};

/// The identity of the object that `value` describes; `stored` where the resource does not tell.
pub(crate) fn identify<C>(
    offer: &OfferedResource<C>,
    value: &Value,
    stored: Option<pb::ResourceIdentityData>,
) -> Result<Option<pb::ResourceIdentityData>> {
    let identity = if value.is_null() { None } else { offer.item.identity_of(value)? };
    match identity {
        None => Ok(stored),
        Some(identity) => {
            let ty = identity::ty(offer.item.identity_attributes());
            Ok(Some(pb::ResourceIdentityData { identity_data: encode(&identity, &ty)? }))
        }
    }
}

/// An identity from a message.
pub(crate) fn read<C>(
    offer: &OfferedResource<C>,
    data: Option<&pb::ResourceIdentityData>,
) -> Result<Option<Value>> {
    let Some(data) = data else { return Ok(None) };
    decode(data.identity_data.as_ref(), &identity::ty(offer.item.identity_attributes())).map(Some)
}
