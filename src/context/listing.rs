//! Where lists look: in one subscription, or in all below a management group.

use futures_util::future::join_all;
use tfplugin_protocol::Diagnostic;
use tfplugin_protocol::provider::Call;

use super::Context;
use crate::arm::{self, Error, ErrorKind, IdError, Scope, ScopeKind};
use crate::fleet::{Fleet, Reach};

/// So many places are asked at once.
pub const AT_ONCE: usize = 8;

/// So many places of which nothing is listed are named.
const NAMED: usize = 10;

/// Places of which nothing is listed, each with the reason: one warning tells of all of them.
#[derive(Debug, Default)]
pub struct LeftOut {
    /// Whether there are other places, so that the list can do without one.
    is_one_of_many: bool,
    places: Vec<(Scope, String)>,
}

impl LeftOut {
    /// What `look` finds in these places, all at once. A place that cannot be read is left out, if there may be others.
    ///
    /// # Errors
    ///
    /// Any other failure.
    pub async fn look_at<'a, T, F>(
        &mut self,
        places: &'a [Scope],
        look: impl Fn(&'a Scope) -> F,
    ) -> Result<Vec<(&'a Scope, T)>, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut found = Vec::new();
        for (place, outcome) in places.iter().zip(join_all(places.iter().map(look)).await) {
            match outcome {
                Ok(one) => found.push((place, one)),
                Err(error) if self.is_one_of_many => self.note(place, error)?,
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    fn note(&mut self, place: &Scope, error: Error) -> Result<(), Error> {
        match error.kind() {
            ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::NotRegistered { .. } => {
                self.places.push((place.clone(), error.to_string()));
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
        let count = self.places.len();
        if count == 0 {
            return;
        }
        let lines: Vec<String> =
            self.places.into_iter().take(NAMED).map(|(place, why)| format!("\n- {place}: {why}")).collect();
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
    let (mut places, mut left_out) = (Vec::new(), LeftOut { is_one_of_many: true, places: Vec::new() });
    for one in below {
        match one.state.as_deref().filter(|_| !one.is_usable()) {
            Some(state) => left_out.places.push((one.scope, format!("its state is {state}"))),
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
