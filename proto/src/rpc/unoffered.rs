//! RPCs for kinds of things that this crate does not offer yet. Core asks for them only where a configuration
//! names such a thing, or where it is newer than this crate; it then gets an explanation instead of a broken
//! call.

use super::Server;
use crate::provider::Provider;
use crate::wire::tfplugin6 as pb;
use crate::{Diagnostic, Diagnostics, Result};

/// The explanation.
pub(super) fn diagnostics(kind: &str, name: &str) -> Diagnostics {
    let detail =
        format!("This provider has no {kind} {name:?}. A newer version of the provider may have it.");
    Diagnostic::error(format!("The provider has no such {kind}"), detail).into()
}

/// Answers each of the RPCs with the explanation.
macro_rules! unoffered {
    ($($method:ident($request:ident), $kind:literal, $name:ident;)*) => {
        impl<P: Provider> Server<P> {
            $(
                pub(crate) fn $method(
                    &self,
                    request: &pb::$request::Request,
                ) -> Result<pb::$request::Response> {
                    Err(diagnostics($kind, &request.$name))
                }
            )*
        }
    };
}

unoffered! {
    generate_resource_config(generate_resource_config), "configuration generator for", type_name;
    validate_ephemeral_resource_config(validate_ephemeral_resource_config), "ephemeral resource", type_name;
    open_ephemeral_resource(open_ephemeral_resource), "ephemeral resource", type_name;
    renew_ephemeral_resource(renew_ephemeral_resource), "ephemeral resource", type_name;
    close_ephemeral_resource(close_ephemeral_resource), "ephemeral resource", type_name;
    validate_state_store_config(validate_state_store), "state store", type_name;
    configure_state_store(configure_state_store), "state store", type_name;
    lock_state(lock_state), "state store", type_name;
    unlock_state(unlock_state), "state store", type_name;
    get_states(get_states), "state store", type_name;
    delete_state(delete_state), "state store", type_name;
    plan_action(plan_action), "action", action_type;
    validate_action_config(validate_action_config), "action", type_name;
}
