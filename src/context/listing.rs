//! Where lists look: in one subscription, or in all below a management group.

use tfplugin_protocol::Diagnostic;
use tfplugin_protocol::provider::Call;

use super::Context;
use crate::arm::{self, Error, ErrorKind, IdError, Scope, ScopeKind};
use crate::fleet::{Fleet, Reach};

/// So many places of which nothing is listed are named.
const NAMED: usize = 10;

/// Places of which nothing is listed, each with the reason: one warning tells of all of them.
#[derive(Debug, Default)]
pub struct LeftOut(Vec<(Scope, String)>);

impl LeftOut {
    /// Takes note of a place that cannot be read.
    ///
    /// # Errors
    ///
    /// Any failure that is not of this place alone.
    pub fn note(&mut self, place: &Scope, error: Error) -> Result<(), Error> {
        match error.kind() {
            ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::NotRegistered { .. } => {
                self.0.push((place.clone(), error.to_string()));
                Ok(())
            }
            ErrorKind::Credentials
            | ErrorKind::Conflict
            | ErrorKind::Throttled
            | ErrorKind::OperationFailed
            | ErrorKind::Rejected
            | ErrorKind::Server
            | ErrorKind::Network
            | ErrorKind::Timeout
            | ErrorKind::Cancelled
            | ErrorKind::Protocol
            | ErrorKind::Settings => Err(error),
        }
    }

    /// Tells what is missing, if anything is.
    pub fn warn(self, call: &mut Call<Context>) {
        let count = self.0.len();
        if count == 0 {
            return;
        }
        let lines: Vec<String> =
            self.0.into_iter().take(NAMED).map(|(place, why)| format!("\n- {place}: {why}")).collect();
        let more = if count > NAMED { format!("\n- and {} more", count - NAMED) } else { String::new() };
        let what =
            if count == 1 { "One subscription is".to_owned() } else { format!("{count} subscriptions are") };
        let detail = format!("{what} left out:\n{}{more}", lines.concat());
        call.warn(Diagnostic::warning("Not everything is listed", detail).at("scope"));
    }
}

/// The subscriptions in which a list looks: the one that `scope` lies in, or those below the management group that it is.
///
/// # Errors
///
/// Why those below the group are not known.
pub async fn subscriptions_at(
    fleet: &Fleet,
    scope: &Scope,
    call: &arm::Call,
) -> Result<(Vec<Scope>, LeftOut), Error> {
    if scope.kind() != ScopeKind::ManagementGroup {
        return Ok((vec![scope.clone()], LeftOut::default()));
    }
    let below = fleet.subscriptions(&Reach::Below(scope.clone()), call).await?;
    let (mut places, mut left_out) = (Vec::new(), LeftOut::default());
    for one in below {
        match one.state.as_deref().filter(|_| !one.is_usable()) {
            Some(state) => left_out.0.push((one.scope, format!("its state is {state}"))),
            // Of what may not be read, no state is known either; the request tells why.
            None => places.push(one.scope),
        }
    }
    Ok((places, left_out))
}

/// Parses the scope of a list: a subscription, a management group, or what else there is for it.
///
/// # Errors
///
/// What is wrong with it, at the attribute `scope`.
pub fn listed_scope(text: &str, also: &[ScopeKind]) -> Result<Scope, Diagnostic> {
    let beginning: String = text.chars().take(300).collect();
    let wrong = |problem: &str| {
        let full = format!("/subscriptions/{beginning}");
        let is_guid = full.parse::<Scope>().is_ok_and(|scope| scope.kind() == ScopeKind::Subscription);
        let more = match also {
            [] => "",
            [ScopeKind::ResourceGroup] => ", or the id of a resource group",
            _ => ", or the id of a virtual machine, scale set or Arc machine",
        };
        let write =
            if is_guid { full } else { "/subscriptions/00000000-0000-0000-0000-000000000000".to_owned() };
        let detail = format!(
            "Nothing can be listed at {beginning:?}: {problem}. Write {write:?} or \
             \"/providers/Microsoft.Management/managementGroups/NAME\"{more}."
        );
        Diagnostic::error("Not a scope of this list", detail).at("scope")
    };
    let scope: Scope = text.parse().map_err(|error: IdError| wrong(error.problem()))?;
    match scope.kind() {
        ScopeKind::Subscription | ScopeKind::ManagementGroup => Ok(scope),
        kind if also.contains(&kind) => Ok(scope),
        ScopeKind::ResourceGroup => Err(wrong("it is that of a resource group")),
        ScopeKind::VirtualMachine
        | ScopeKind::VirtualMachineScaleSet
        | ScopeKind::ArcMachine
        | ScopeKind::OtherResource => Err(wrong("it is that of a single resource")),
    }
}
