//! Tokens that were got, kept until shortly before they expire. One request at a time for each tenant: callers that
//! come while one is under way wait for its outcome.
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::Instant;

use crate::arm::Secret;
use crate::arm::error::{Error, ErrorKind};
use crate::arm::single_flight::SingleFlight;

use super::choose::{Identity, choose};
use super::{Credentials, SignIn, azure_cli, entra, managed_identity};

/// A token is renewed this long before it expires, or after four fifths of its life, whichever is later.
const RENEW_BEFORE: Duration = Duration::from_secs(300);

/// No token lives longer; bounds what a wrong answer can say.
/// <https://learn.microsoft.com/entra/identity/conditional-access/concept-continuous-access-evaluation>
pub(super) const LIFE_MAX: Duration = Duration::from_secs(28 * 60 * 60);

/// An access token and how long it lives from now.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) secret: Secret,
    pub(super) life: Duration,
}

/// The tokens of one client.
pub(in crate::arm) struct Tokens {
    credentials: Credentials,
    identity: OnceCell<Identity>,
    home: Slot,
    auxiliary: Vec<(String, Slot)>,
}

/// The token for one tenant, and when to renew it.
type Slot = SingleFlight<(Secret, Instant)>;

impl Tokens {
    pub(in crate::arm) fn new(credentials: Credentials) -> Self {
        let auxiliary =
            credentials.auxiliary_tenant_ids.iter().map(|tenant| (tenant.clone(), Slot::default())).collect();
        Self { credentials, identity: OnceCell::new(), home: Slot::default(), auxiliary }
    }

    /// A token for Azure Resource Manager, from the cache where it holds one.
    pub(in crate::arm) async fn bearer(&self, sign_in: SignIn<'_>) -> Result<Secret, Error> {
        self.get(&self.home, None, sign_in).await
    }

    /// The value of `x-ms-authorization-auxiliary`, where there are auxiliary tenants.
    pub(in crate::arm) async fn auxiliary(&self, sign_in: SignIn<'_>) -> Result<Option<Secret>, Error> {
        let mut value = String::new();
        for (tenant, slot) in &self.auxiliary {
            let token = self.get(slot, Some(tenant), sign_in).await?;
            let separator = if value.is_empty() { "" } else { ", " };
            value = format!("{value}{separator}Bearer {}", token.expose());
        }
        Ok((!value.is_empty()).then(|| Secret::new(value)))
    }

    /// Forgets `token`, which Azure refused, unless another one has taken its place already.
    pub(in crate::arm) async fn reject(&self, token: &Secret) {
        self.home.forget(|(kept, _)| kept == token).await;
    }

    async fn get(&self, slot: &Slot, tenant: Option<&str>, sign_in: SignIn<'_>) -> Result<Secret, Error> {
        let flight = || async {
            let token = self.request(tenant, sign_in).await?;
            let renew_at = Instant::now() + token.life.saturating_sub(RENEW_BEFORE.min(token.life / 5));
            Ok((token.secret, renew_at))
        };
        let is_fresh = |(_, renew_at): &(Secret, Instant)| *renew_at > Instant::now();
        slot.get(sign_in.call, is_fresh, flight).await.map(|(secret, _)| secret)
    }

    async fn request(&self, tenant: Option<&str>, sign_in: SignIn<'_>) -> Result<Token, Error> {
        let identity = self
            .identity
            .get_or_try_init(|| async { choose(&self.credentials, &sign_in.tries.host) })
            .await?;
        match identity {
            Identity::ClientSecret { app, secret } => {
                entra::token(app, tenant, entra::Proof::Secret(secret), sign_in).await
            }
            Identity::Assertion { app, source } => {
                entra::token(app, tenant, entra::Proof::Assertion(source), sign_in).await
            }
            Identity::Machine { .. } if tenant.is_some() => Err(Error::new(
                ErrorKind::Credentials,
                "auxiliary_tenant_ids cannot be used with a managed identity, which lives in one tenant",
            )),
            Identity::Machine { endpoint, client_id } => {
                managed_identity::token(endpoint, client_id.as_deref(), sign_in).await
            }
            Identity::AzureCli { tenant_id, subscription_id, passed_over } => {
                let tenant = tenant.or(tenant_id.as_deref());
                let command =
                    azure_cli::command(&sign_in.endpoints.audience, tenant, subscription_id.as_deref());
                azure_cli::token(&command, &sign_in.tries.host, sign_in.call)
                    .await
                    .map_err(|error| explained(error, passed_over))
            }
        }
    }
}

/// The CLI is the last way, so its failure lists why the ways before it were not taken.
fn explained(error: Error, passed_over: &[String]) -> Error {
    if *error.kind() != ErrorKind::Credentials {
        return error;
    }
    let message = format!(
        "no way to sign in worked. {}. Not configured: {}",
        error.message().trim_end_matches('.'),
        passed_over.join("; ")
    );
    error.restate(ErrorKind::Credentials, message)
}
