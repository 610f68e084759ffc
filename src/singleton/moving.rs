//! Settings that other providers have managed so far. What stood there before them is not known, so destroying keeps what
//! is there, as after an import.

use tfplugin_protocol::provider::{ImportTarget, MoveSource, Moved};
use tfplugin_protocol::{Diagnostic, Result};

use super::kind::Kind;
use crate::context::{azapi_id, is_azurerm, refuse_move};

/// A setting by the id in another provider's state. All the rest is read from Azure before it is planned.
pub(super) fn move_from<K: Kind>(source: &MoveSource<'_>) -> Result<Moved<K::Model>> {
    let azurerm = is_azurerm(source, K::AZURERM).then(|| source.text("id")).flatten();
    let Some(id) = azurerm.or_else(|| azapi_id(source, &[K::TYPE])) else {
        return Err(refuse_move(source, K::NAME, K::AZURERM, &[K::TYPE]));
    };
    // An id tells its subscription.
    let no_default = || Err(Diagnostic::error("The id has no subscription", id).into());
    K::import(ImportTarget::Id(id), &no_default).map(Moved::from)
}
