//! What resources and data sources may use: Defender plans and permissions over the ARM client, the default scope, what the
//! rules go by, and a note of who manages what.
//!
//! Made by [`provider`](crate::provider) from the provider block; a new one for each configuration, so that what
//! one run has read is never used by another.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tfplugin_protocol::provider::{Call, Private};
use tfplugin_protocol::{Attr, Diagnostic, Result};
use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;

use crate::arm::{self, Client, Error, IdError, ResourceId, Scope, ScopeKind, Turns};
use crate::availability::{Fact, Grant};
use crate::catalog::model::Cloud;
use crate::documents::Documents;
use crate::fleet::Fleet;
use crate::machines::Machines;
use crate::permissions::Permissions;
use crate::policy::Policy;
use crate::pricings::Pricings;
use crate::settings::Settings;
use crate::subscriptions::Subscriptions;
use crate::workspaces::Workspaces;

mod listing;
mod moving;
mod retired;
mod rules;
pub mod succession;
mod unread;

pub use listing::{AT_ONCE, LeftOut, listed_scope, subscriptions_at};
pub use moving::{azapi_body, azapi_id, is_azurerm, is_set, json_text, refuse_move};
pub use rules::{RuleBlock, RuleSettings, day_of, fact, static_settings};
pub use unread::{unreadable, warn_of_unreadable};

/// How long a plan waits for what only adds to it. Without that it goes on.
const LOOK_AHEAD: Duration = Duration::from_secs(20);

/// The surroundings of every operation.
#[derive(Debug)]
pub struct Context {
    /// The scope of resources that name none: the provider's subscription. Unknown where the provider block's
    /// `subscription_id` is not known yet.
    pub default_scope: Attr<Scope>,
    /// The cloud; absent where only its addresses are given, and unknown where they are not known yet.
    pub cloud: Fact<Cloud>,
    /// What the rules go by.
    pub rules: RuleSettings,
    azure: Azure,
    claims: Mutex<HashMap<String, Managed>>,
    created: Mutex<HashSet<String>>,
    doomed: Mutex<HashSet<String>>,
    private_data: Mutex<HashMap<String, Private>>,
    enforcements: Mutex<HashMap<String, bool>>,
    turns: Turns,
    applying: AtomicBool,
}

/// Since when a resource manages an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Managed {
    /// This run creates it.
    Anew,
    /// It is in the state.
    AsBefore,
}

/// The way to Azure, or why there is none yet.
#[derive(Debug)]
enum Azure {
    Reachable(Box<Services>),
    /// A provider attribute that requests depend on is not known before apply.
    NotYet(&'static str),
}

/// What can be asked of Azure, by kind.
#[derive(Debug)]
struct Services {
    pricings: Arc<Pricings>,
    permissions: Permissions,
    policy: Policy,
    settings: Settings,
    documents: Documents,
    subscriptions: Subscriptions,
    workspaces: Workspaces,
    machines: Machines,
    fleet: Fleet,
}

impl Context {
    /// Surroundings with a client that has not sent anything yet.
    pub fn new(default_scope: Attr<Scope>, cloud: Fact<Cloud>, rules: RuleSettings, client: Client) -> Self {
        let pricings = Arc::new(Pricings::new(client.clone()));
        let services = Services {
            permissions: Permissions::new(client.clone()),
            policy: Policy::new(client.clone()),
            settings: Settings::new(client.clone()),
            documents: Documents::new(client.clone()),
            subscriptions: Subscriptions::new(client.clone()),
            workspaces: Workspaces::new(client.clone()),
            machines: Machines::new(client.clone()),
            fleet: Fleet::new(client, Arc::clone(&pricings)),
            pricings,
        };
        Self::with(default_scope, cloud, rules, Azure::Reachable(Box::new(services)))
    }

    /// Surroundings of a provider block that is not wholly known: everything works but requests.
    pub fn not_yet(
        default_scope: Attr<Scope>,
        cloud: Fact<Cloud>,
        rules: RuleSettings,
        unknown: &'static str,
    ) -> Self {
        Self::with(default_scope, cloud, rules, Azure::NotYet(unknown))
    }

    fn with(default_scope: Attr<Scope>, cloud: Fact<Cloud>, rules: RuleSettings, azure: Azure) -> Self {
        Self {
            default_scope,
            cloud,
            rules,
            azure,
            claims: Mutex::default(),
            created: Mutex::default(),
            doomed: Mutex::default(),
            private_data: Mutex::default(),
            enforcements: Mutex::default(),
            turns: Turns::default(),
            applying: AtomicBool::new(false),
        }
    }

    /// The scope of a resource that names none.
    ///
    /// # Errors
    ///
    /// Where the provider has no subscription either, or does not know it yet.
    pub fn scope_by_default(&self) -> Result<Scope> {
        match &self.default_scope {
            Attr::Known(scope) => Ok(scope.clone()),
            Attr::Unknown => Err(missing("The provider's subscription_id is not known before apply.").into()),
            Attr::Null => Err(missing("Neither this block nor the provider names a subscription.").into()),
        }
    }

    /// Defender plans.
    ///
    /// # Errors
    ///
    /// Where a provider attribute is not known before apply.
    pub fn pricings(&self) -> Result<&Pricings> {
        self.services().map(|services| &*services.pricings)
    }

    /// Policies, and what they deploy with.
    ///
    /// # Errors
    ///
    /// Where a provider attribute is not known before apply.
    pub fn policy(&self) -> Result<&Policy> {
        self.services().map(|services| &services.policy)
    }

    /// Settings of subscriptions.
    ///
    /// # Errors
    ///
    /// Where a provider attribute is not known before apply.
    pub fn settings(&self) -> Result<&Settings> {
        self.services().map(|services| &services.settings)
    }

    /// Objects that are one document each.
    ///
    /// # Errors
    ///
    /// Where a provider attribute is not known before apply.
    pub fn documents(&self) -> Result<&Documents> {
        self.services().map(|services| &services.documents)
    }

    /// Machines and clusters.
    ///
    /// # Errors
    ///
    /// Where a provider attribute is not known before apply.
    pub fn machines(&self) -> Result<&Machines> {
        self.services().map(|services| &services.machines)
    }

    /// Subscriptions, many at a time.
    ///
    /// # Errors
    ///
    /// Where a provider attribute is not known before apply.
    pub fn fleet(&self) -> Result<&Fleet> {
        self.services().map(|services| &services.fleet)
    }

    /// Subscriptions.
    ///
    /// # Errors
    ///
    /// Where a provider attribute is not known before apply.
    pub fn subscriptions(&self) -> Result<&Subscriptions> {
        self.services().map(|services| &services.subscriptions)
    }

    /// Log Analytics workspaces.
    ///
    /// # Errors
    ///
    /// Where a provider attribute is not known before apply.
    pub fn workspaces(&self) -> Result<&Workspaces> {
        self.services().map(|services| &services.workspaces)
    }

    fn services(&self) -> Result<&Services> {
        match &self.azure {
            Azure::Reachable(services) => Ok(services),
            Azure::NotYet(attribute) => {
                let detail = format!(
                    "The provider's {attribute} is not known before apply, so nothing can be asked of Azure yet. \
                     Apply what it depends on first, with `-target`, or set it to a value that is known."
                );
                Err(Diagnostic::error("The provider is not fully configured yet", detail).into())
            }
        }
    }

    /// The attribute of the provider block that is not known before apply, if requests depend on one that is not.
    pub fn not_yet_known(&self) -> Option<&'static str> {
        match &self.azure {
            Azure::Reachable(_) => None,
            Azure::NotYet(attribute) => Some(attribute),
        }
    }

    /// Permissions of the caller, unless nothing can be asked of Azure yet.
    pub fn permissions(&self) -> Option<&Permissions> {
        match &self.azure {
            Azure::Reachable(services) => Some(&services.permissions),
            Azure::NotYet(_) => None,
        }
    }

    /// What the caller may do at a scope, for what only warns; nothing where that is not to be compared, where this process
    /// applies already, as Azure itself then says so, or where it cannot be had.
    pub async fn granted(&self, scope: &Scope, call: &arm::Call) -> Option<Vec<Grant>> {
        let wanted = self.rules.preflight_permissions && !self.is_applying();
        let permissions = self.permissions().filter(|_| wanted)?;
        match permissions.at(scope, call).await {
            Ok(granted) => Some(granted.to_vec()),
            Err(error) => {
                tracing::warn!(%error, "permissions are not compared");
                None
            }
        }
    }

    /// Notes that a resource of this configuration manages `id`. False if another one said so before.
    pub fn claim(&self, id: &str, managed: Managed) -> bool {
        let mut claims = self.claims.lock().unwrap_or_else(PoisonError::into_inner);
        claims.insert(id.to_ascii_lowercase(), managed).is_none()
    }

    /// How a resource of this configuration manages `id`, as far as it has been planned.
    pub fn managed(&self, id: &str) -> Option<Managed> {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner).get(&id.to_ascii_lowercase()).copied()
    }

    /// Objects at single resources of a subscription that resources of this configuration manage, as far as they have
    /// been planned: those of this name.
    pub fn managed_below(&self, subscription: &str, name: &str) -> Vec<String> {
        let below = format!("{subscription}/resourcegroups/").to_ascii_lowercase();
        let named = format!("/{name}").to_ascii_lowercase();
        let claims = self.claims.lock().unwrap_or_else(PoisonError::into_inner);
        let ids = claims.keys().filter(|id| id.starts_with(&below) && id.ends_with(&named));
        ids.cloned().collect()
    }

    /// Notes whether the plan `id` of a subscription is planned to let its resources differ.
    pub fn note_enforcement(&self, id: &str, enforce: bool) {
        let mut enforcements = self.enforcements.lock().unwrap_or_else(PoisonError::into_inner);
        enforcements.insert(id.to_ascii_lowercase(), enforce);
    }

    /// Whether the plan `id` of a subscription is to be enforced, as far as it has been planned.
    pub fn planned_enforcement(&self, id: &str) -> Option<bool> {
        self.enforcements
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id.to_ascii_lowercase())
            .copied()
    }

    /// Notes that this process applies: it plans each object once more, and what that would find out beforehand is about
    /// to be seen.
    pub fn note_apply(&self) {
        self.applying.store(true, Ordering::Relaxed);
    }

    /// Whether this process is known to apply.
    pub fn is_applying(&self) -> bool {
        self.applying.load(Ordering::Relaxed)
    }

    /// Notes that the object `id` is planned to be destroyed.
    pub fn note_destruction(&self, id: &str) {
        self.doomed.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_ascii_lowercase());
    }

    /// Whether the object `id` is planned to be destroyed, as far as it has been planned.
    pub fn is_doomed(&self, id: &str) -> bool {
        self.doomed.lock().unwrap_or_else(PoisonError::into_inner).contains(&id.to_ascii_lowercase())
    }

    /// Waits for the turn at the object `id`, which lasts until the guard is dropped. Who removes it has the turn until all
    /// of it is gone; who creates it takes the turn to say so with [`note_creation`](Self::note_creation).
    ///
    /// # Errors
    ///
    /// That the time ran out, or Terraform was interrupted, while it was another one's turn.
    pub async fn turn(&self, id: &str, call: &arm::Call) -> Result<OwnedMutexGuard<()>, Error> {
        let turn = self.turns.at(id, call).await;
        turn.map_err(|kind| {
            Error::not_sent(kind, "waiting for another resource", id, "it is removing the same object")
        })
    }

    /// Notes that this run creates the object `id`.
    pub fn note_creation(&self, id: &str) {
        self.created.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_ascii_lowercase());
    }

    /// Whether this run has created the object `id`, or is about to.
    pub fn has_created(&self, id: &str) -> bool {
        self.created.lock().unwrap_or_else(PoisonError::into_inner).contains(&id.to_ascii_lowercase())
    }

    /// Notes the private data of an object that was read. Terraform plans the replacement of a tainted object as
    /// if there were none, without its private data, and deletes the old object with what that plan returned.
    /// <https://github.com/hashicorp/terraform/blob/main/internal/terraform/node_resource_abstract_instance.go>
    pub fn note_private_data(&self, id: &str, private: Private) {
        let mut noted = self.private_data.lock().unwrap_or_else(PoisonError::into_inner);
        noted.insert(id.to_ascii_lowercase(), private);
    }

    /// The private data of an object that was read in this run.
    pub fn private_data_of(&self, id: &str) -> Option<Private> {
        let noted = self.private_data.lock().unwrap_or_else(PoisonError::into_inner);
        noted.get(&id.to_ascii_lowercase()).cloned()
    }
}

/// How long, and whether still, Terraform wants an answer, in the client's terms.
pub fn patience(call: &Call<Context>) -> arm::Call {
    arm::Call { deadline: call.deadline, cancel: call.cancel.clone() }
}

/// How long, and whether still, a plan waits for what only adds to it.
pub fn look_ahead(call: &Call<Context>) -> arm::Call {
    let mut patience = patience(call);
    patience.deadline = patience.deadline.min(Instant::now() + LOOK_AHEAD);
    patience
}

/// The scope that is planned for a resource that names none; unknown where the provider does not know it yet.
///
/// # Errors
///
/// Where the provider has none.
pub fn planned_scope(call: &Call<Context>) -> Result<Attr<String>> {
    let context = call.context()?;
    if context.default_scope.is_unknown() {
        return Ok(Attr::Unknown);
    }
    context.scope_by_default().map(|scope| scope.as_str().into())
}

/// Reads the id of something that stands at a scope, in any letter case, into the scope and a name.
///
/// # Errors
///
/// What is wrong with it, and what an id of `what`, such as `a Defender plan`, looks like with the name `example`.
pub fn parse_id(id: &str, resource_type: &str, what: &str, example: &str) -> Result<(Scope, String)> {
    let wrong = |problem: String| {
        let beginning: String = id.chars().take(300).collect();
        let detail = format!(
            "{beginning:?} is not the id of {what}: {problem}. Such an id looks like \
             /subscriptions/00000000-0000-0000-0000-000000000000/providers/{resource_type}/{example}."
        );
        Diagnostic::error(format!("Not the id of {what}"), detail)
    };
    let (scope, found, name) =
        ResourceId::parse_extension(id).map_err(|error| wrong(error.problem().to_owned()))?;
    if found != resource_type {
        return Err(wrong(format!("it is the id of a {}", found.as_str())).into());
    }
    Ok((scope, name))
}

/// Says what a scope looks like; to somebody who has left out the beginning, the whole of it.
fn not_an_id(text: &str, error: &IdError) -> String {
    let full = format!("/subscriptions/{text}");
    if full.parse::<Scope>().is_ok_and(|scope| scope.kind() == ScopeKind::Subscription) {
        return format!("Write {full:?}.");
    }
    let beginning: String = text.chars().take(300).collect();
    format!(
        "{beginning:?} is not an id: {}. Write \"/subscriptions/00000000-0000-0000-0000-000000000000\" with the \
         subscription's GUID, or the id of a virtual machine, scale set or Arc machine.",
        error.problem()
    )
}

/// Parses a scope that a plan can have.
///
/// # Errors
///
/// What is wrong with it, at the attribute `scope`.
pub fn plan_scope(text: &str) -> Result<Scope, Diagnostic> {
    let wrong = |detail: String| Diagnostic::error("Not a scope of a Defender plan", detail).at("scope");
    let scope: Scope = text.parse().map_err(|error: IdError| wrong(not_an_id(text, &error)))?;
    match scope.kind() {
        ScopeKind::Subscription
        | ScopeKind::VirtualMachine
        | ScopeKind::VirtualMachineScaleSet
        | ScopeKind::ArcMachine => Ok(scope),
        ScopeKind::ManagementGroup | ScopeKind::ResourceGroup | ScopeKind::OtherResource => {
            Err(wrong(format!(
                "A Defender plan applies to a subscription, a virtual machine, a scale set or an Arc machine; {text:?} \
             is none of them. For all subscriptions of a management group, use for_each over them."
            )))
        }
    }
}

fn missing(problem: &str) -> Diagnostic {
    let detail = format!(
        "{problem} Set scope = \"/subscriptions/00000000-0000-0000-0000-000000000000\" here, subscription_id in the \
         provider block, or the environment variable ARM_SUBSCRIPTION_ID."
    );
    Diagnostic::error("The scope is not known", detail).at("scope")
}
