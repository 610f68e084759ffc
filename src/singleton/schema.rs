//! Attributes that all of them have.

use tfplugin_protocol::Value;
use tfplugin_protocol::schema::Attribute;

use super::kind::{KEEP, RESTORE};

/// The subscription.
pub(crate) fn scope() -> Attribute {
    Attribute::string().optional().computed().replace().same_if(Value::same_text).describe(
        "The id of the subscription, `/subscriptions/00000000-0000-0000-0000-000000000000`. Default: the provider's \
         subscription.",
    )
}

/// The setting's id.
pub(crate) fn id() -> Attribute {
    Attribute::string().computed().keep().describe("The setting's id in Azure Resource Manager.")
}

/// What destroying leaves behind: `off` is the word for nothing, and `means` says what that is.
pub(crate) fn on_destroy(off: &str, means: &str) -> Attribute {
    Attribute::string().optional().default(RESTORE).one_of(&[RESTORE, off, KEEP]).describe(format!(
        "What destroying leaves behind. `restore`: what was there before this resource was created; where that is not \
         known, as after an import, everything stays as it is, and the plan warns of that. `{off}`: {means}. `keep`: \
         nothing changes. Default: `restore`."
    ))
}
