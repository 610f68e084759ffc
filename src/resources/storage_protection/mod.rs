//! `defender_storage_protection`: what Defender for Storage does on one storage account, other than its subscription says.
//!
//! <https://learn.microsoft.com/rest/api/defenderforcloud/defender-for-storage>

mod check;
mod inherited;
mod live;
mod schema;
mod state;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tfplugin_protocol::provider::{IdentityAttribute, ImportTarget};
use tfplugin_protocol::{Attr, Diagnostics, Result, Schema, Value};

use crate::arm::{self, Error, Scope};
use crate::context::Context;
use crate::documents::{Document, Documents};
use crate::singleton::{DefaultScope, Failures, Kind, Listing, Place, Singleton, framed, with_id};
use live::Live;

/// The resource.
pub(super) const RESOURCE: Singleton<StorageProtection> = Singleton::new();

/// The only name.
const NAME: &str = "current";
/// The type of accounts.
const ACCOUNT: &str = "Microsoft.Storage/storageAccounts";
/// The api-version in which accounts are listed.
/// <https://learn.microsoft.com/rest/api/storagerp/storage-accounts/list>
const ACCOUNT_VERSION: &str = "2025-06-01";
/// So many accounts are asked at once.
const AT_ONCE: usize = 8;

/// The kind of setting.
#[derive(Debug)]
pub(super) struct StorageProtection;

/// Configuration, plan and state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Model {
    id: Attr<String>,
    storage_account_id: Attr<String>,
    enabled: Attr<bool>,
    override_subscription_settings: Attr<bool>,
    malware_scanning: Attr<Scanning>,
    sensitive_data_discovery: Attr<Discovery>,
    on_destroy: Attr<String>,
}
framed!(Model, storage_account_id);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Scanning {
    on_upload: Attr<OnUpload>,
    scan_results_event_grid_topic_id: Attr<String>,
    blob_scan_results_options: Attr<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct OnUpload {
    enabled: Attr<bool>,
    cap_gb_per_month: Attr<i64>,
    filters: Attr<Filters>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are Azure's")]
struct Filters {
    exclude_blobs_with_prefix: Attr<Vec<Attr<String>>>,
    exclude_blobs_with_suffix: Attr<Vec<Attr<String>>>,
    exclude_blobs_larger_than: Attr<i64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Discovery {
    enabled: Attr<bool>,
}

impl Kind for StorageProtection {
    type Model = Model;
    type Live = Live;

    const NAME: &'static str = "defender_storage_protection";
    const TYPE: &'static str = "Microsoft.Security/defenderForStorageSettings";
    const VERSION: &'static str = "2025-06-01";
    const PLACED_BY: &'static str = "storage_account_id";
    const MERGES: bool = true;
    const AZURERM: &'static [&'static str] = &["azurerm_security_center_storage_defender"];
    const IDENTITY: &'static [IdentityAttribute] = &[IdentityAttribute {
        name: "storage_account_id",
        description: "The storage account's id.",
        required: true,
    }];
    const LISTING: Listing = Listing {
        finds: "Lists the storage accounts on which Defender for Storage does something other than their subscription says. Accounts that follow their subscription have nothing to manage.",
        what: "the storage accounts",
        in_groups: true,
        enabled: Some("Only accounts that are protected, or those that are not. Default: all."),
    };

    fn schema() -> Schema {
        schema::schema()
    }

    fn identity(state: &Model) -> Option<Value> {
        let account = state.storage_account_id.known()?;
        Some(Value::from_iter([("storage_account_id", Value::from(account.as_str()))]))
    }

    fn check(config: &Model) -> Diagnostics {
        check::check(config)
    }

    fn place(model: &Model) -> Result<Option<Place>> {
        let Some(account) = model.storage_account_id.known() else { return Ok(None) };
        let account = Scope::from(check::account(account)?);
        let what = format!("Defender for Storage on {}", account.id().name());
        Ok(Some(Place::new::<Self>(account, NAME, what)))
    }

    /// What differs from the subscription counts only where it is said to.
    /// <https://github.com/hashicorp/terraform-provider-azurerm/issues/32272>
    fn complete(config: &Model, planned: &mut Model) {
        if config.override_subscription_settings.is_null() && check::differs(config) {
            planned.override_subscription_settings = Attr::Known(true);
        }
    }

    fn live(body: &Json) -> Result<Live, String> {
        Live::read(body)
    }

    fn body(live: &Live) -> Json {
        live.body()
    }

    /// What an account shows of its subscription's plan is not its own: put back as its own, it would stay when the plan
    /// is switched off.
    async fn before(
        context: &Context,
        place: &Place,
        found: &Live,
        call: &arm::Call,
    ) -> Result<Option<Json>> {
        let may_be = found.enabled && !found.overrides;
        let is_inherited = may_be && inherited::is_passed_on(context, &place.scope, call).await?;
        Ok(Some(if is_inherited { inherited::follow() } else { found.body() }))
    }

    fn wanted(planned: &Model, found: Option<&Live>) -> Live {
        state::wanted(planned, found)
    }

    fn is_taken(wanted: &Live, now: &Live) -> bool {
        wanted.is_taken(now)
    }

    /// There is no deletion: an account without a setting of its own follows its subscription.
    fn off(_prior: &Model) -> Option<Json> {
        Some(inherited::follow())
    }

    fn refresh(state: Model, live: &Live, failures: &Failures) -> Model {
        state::refresh(state, live, failures)
    }

    fn failures(live: &Live) -> Option<Failures> {
        live.failures.clone()
    }

    /// Azure has no list of these settings: each account is asked for its own.
    async fn list(documents: &Documents, scope: &Scope, call: &arm::Call) -> Result<Vec<Json>, Error> {
        let accounts = format!("{scope}/providers/{ACCOUNT}");
        let listed = documents.list(&accounts, ACCOUNT_VERSION, Self::LISTING.what, call).await?;
        let mut found = Vec::new();
        for some in listed.chunks(AT_ONCE) {
            let settings = some.iter().filter_map(|account| setting_of(account["id"].as_str()?));
            let settings: Vec<Document> = settings.collect();
            for outcome in join_all(settings.iter().map(|one| documents.read(one, call))).await {
                found.extend(outcome?);
            }
        }
        Ok(found)
    }

    fn is_there(live: &Live) -> bool {
        live.overrides
    }

    fn is_enabled(live: &Live) -> Option<bool> {
        Some(live.enabled)
    }

    fn import(target: ImportTarget<'_>, _default_scope: &DefaultScope<'_>) -> Result<Model> {
        let id = match target {
            ImportTarget::Id(id) => id,
            ImportTarget::Identity(identity) => {
                identity.get("storage_account_id").as_str().unwrap_or_default()
            }
        };
        let account = check::account_of(id)?;
        with_id::<Self>(Model { storage_account_id: account.as_str().into(), ..Model::default() })
    }
}

/// The setting of an account.
fn setting_of(account: &str) -> Option<Document> {
    let model = Model { storage_account_id: account.into(), ..Model::default() };
    StorageProtection::place(&model).ok().flatten().map(|place| place.document::<StorageProtection>())
}

#[cfg(test)]
mod tests {
    use tfplugin_protocol::model::misfits;

    use super::*;

    #[test]
    fn schema_and_model_have_the_same_attributes() {
        assert_eq!(misfits::<Model>(&schema::schema()), Vec::<String>::new());
    }
}
