//! Arguments that say which subscriptions: a list of them, a management group, or neither.

use tfplugin_protocol::provider::Call;
use tfplugin_protocol::schema::Attribute;
use tfplugin_protocol::{Attr, AttributePath, Diagnostic, Diagnostics, Type};

use crate::arm::{Error, IdError, Scope, ScopeKind};
use crate::context::{Context, patience, warn_of_unreadable};
use crate::diagnostics::explain;
use crate::fleet::{Reach, Survey};

/// The arguments, as they are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arguments<'a> {
    pub(super) scopes: &'a Attr<Vec<Attr<String>>>,
    pub(super) management_group: &'a Attr<String>,
}

/// How many subscriptions a warning names.
const NAMED: usize = 10;

/// Their names and attributes.
pub(super) fn attributes() -> [(&'static str, Attribute); 2] {
    let scopes = "The ids of subscriptions. Not together with `management_group`.";
    let group = "The name or id of a management group: all subscriptions below it, at any depth.";
    [
        ("scopes", Attribute::list(Type::String).optional().describe(scopes)),
        ("management_group", Attribute::string().optional().describe(group)),
    ]
}

impl Arguments<'_> {
    /// What is wrong with them, as far as they are known.
    pub(super) fn check(self) -> Diagnostics {
        let mut problems = Diagnostics::default();
        if !self.scopes.is_null() && !self.management_group.is_null() {
            problems.push(both("scopes", "management_group"));
        }
        if let Err(found) = self.reach() {
            problems.extend(found);
        }
        problems
    }

    /// What they reach, as far as it is known; nothing where there are none.
    ///
    /// # Errors
    ///
    /// What is wrong with them.
    pub(super) fn reach(self) -> Result<Option<Reach>, Diagnostics> {
        if let Attr::Known(text) = self.management_group {
            return Ok(Some(Reach::Below(management_group(text)?)));
        }
        let Attr::Known(scopes) = self.scopes else { return Ok(None) };
        if scopes.is_empty() {
            let detail = "The list is empty, so there is nothing to read. Name a subscription, or leave the argument out.";
            return Err(Diagnostic::error("No subscription is named", detail).at("scopes").into());
        }
        let mut problems = Diagnostics::default();
        let mut found = Vec::new();
        for (index, text) in scopes.iter().enumerate() {
            match text.known().map(|text| subscription(text, index)) {
                Some(Ok(scope)) => found.push(scope),
                Some(Err(problem)) => problems.push(problem),
                None => {}
            }
        }
        if problems.is_empty() { Ok(Some(Reach::Named(found))) } else { Err(problems) }
    }
}

/// Two arguments that exclude each other.
pub(super) fn both(one: &str, other: &str) -> Diagnostic {
    let detail =
        format!("`{one}` and `{other}` each say which subscriptions are read. Take one of them out.");
    Diagnostic::error(format!("Both {one} and {other} are set"), detail).at(other)
}

/// What a result is called.
pub(super) fn id(reach: &Reach) -> String {
    match reach {
        Reach::All => "/subscriptions".to_owned(),
        Reach::Below(group) => group.to_string(),
        Reach::Named(scopes) => scopes.iter().map(Scope::as_str).collect::<Vec<_>>().join(","),
    }
}

/// The subscriptions, and their plans.
///
/// # Errors
///
/// Why there is nothing to be had. What of it cannot be read is warned of.
pub(super) async fn survey(
    call: &mut Call<Context>,
    reach: &Reach,
    exact: bool,
) -> tfplugin_protocol::Result<Survey> {
    let (context, patience) = (call.context()?, patience(call));
    let fleet = context.fleet()?;
    let at = match reach {
        Reach::Below(_) => Some("management_group"),
        Reach::All | Reach::Named(_) => None,
    };
    let listed = fleet.subscriptions(reach, &patience).await;
    let subscriptions = listed.map_err(|error| {
        let problem = explain(&error);
        at.map_or(problem.clone(), |at| problem.at(at))
    })?;
    if subscriptions.is_empty() {
        let detail = "Nothing is below the management group, or nothing that the account that is signed in may see. It needs the \
                      role Reader there.";
        let warning = Diagnostic::warning("No subscription is found", detail);
        call.warn(at.map_or(warning.clone(), |at| warning.at(at)));
    }
    let survey = fleet.survey(subscriptions, exact, &patience).await?;
    warn(call, &survey);
    Ok(survey)
}

/// Nothing is silent: what could not be read, and that it took longer.
fn warn(call: &mut Call<Context>, survey: &Survey) {
    if let Some(error) = &survey.refused {
        let detail = format!(
            "Each of the {} subscriptions was asked by itself instead, which is as exact and takes longer. What was \
             said: {}.",
            survey.rows.len(),
            in_words(error)
        );
        call.warn(Diagnostic::warning("Azure Resource Graph could not be asked", detail));
    }
    for row in &survey.rows {
        if let Ok(plans) = &row.plans {
            warn_of_unreadable(call, &row.subscription.scope, plans);
        }
    }
    let failed: Vec<(&Scope, &Error)> =
        survey.rows.iter().filter_map(|row| Some((&row.subscription.scope, row.unread()?))).collect();
    if failed.is_empty() {
        return;
    }
    let mut lines: Vec<String> =
        failed.iter().take(NAMED).map(|(scope, error)| format!("- {scope}: {}", in_words(error))).collect();
    if failed.len() > NAMED {
        lines.push(format!("- and {} more", failed.len() - NAMED));
    }
    let detail = format!(
        "Their plans are not in the result:\n{}\n\nTo read them the account needs the role Security Reader on each, or on a \
         management group above.",
        lines.join("\n")
    );
    let summary = format!("{} of {} subscriptions could not be read", failed.len(), survey.rows.len());
    call.warn(Diagnostic::warning(summary, detail));
}

/// What Azure said, without what differs from request to request: results that hold it stay the same.
pub(super) fn in_words(error: &Error) -> String {
    let message = error.message().trim_end_matches('.');
    error.code().map_or_else(|| message.to_owned(), |code| format!("{code}: {message}"))
}

fn management_group(text: &str) -> Result<Scope, Diagnostic> {
    let id = if text.starts_with('/') {
        text.to_owned()
    } else {
        format!("/providers/Microsoft.Management/managementGroups/{text}")
    };
    let wrong = |problem: &str| {
        let beginning: String = text.chars().take(300).collect();
        let detail = format!(
            "{beginning:?} {problem}. Write its name, or \"/providers/Microsoft.Management/managementGroups/NAME\"."
        );
        Diagnostic::error("Not a management group", detail).at("management_group")
    };
    let scope: Scope =
        id.parse().map_err(|error: IdError| wrong(&format!("is not an id: {}", error.problem())))?;
    match scope.kind() {
        ScopeKind::ManagementGroup => Ok(scope),
        ScopeKind::Subscription
        | ScopeKind::ResourceGroup
        | ScopeKind::VirtualMachine
        | ScopeKind::VirtualMachineScaleSet
        | ScopeKind::ArcMachine
        | ScopeKind::OtherResource => Err(wrong("is the id of something else")),
    }
}

fn subscription(text: &str, index: usize) -> Result<Scope, Diagnostic> {
    let wrong = |problem: &str| {
        let beginning: String = text.chars().take(300).collect();
        let full = format!("/subscriptions/{beginning}");
        let is_guid = full.parse::<Scope>().is_ok_and(|scope| scope.kind() == ScopeKind::Subscription);
        let write =
            if is_guid { full } else { "/subscriptions/00000000-0000-0000-0000-000000000000".to_owned() };
        let detail = format!("{beginning:?} {problem}. Write {write:?}.");
        Diagnostic::error("Not a subscription", detail).at(AttributePath::of("scopes").index(index))
    };
    let scope: Scope =
        text.parse().map_err(|error: IdError| wrong(&format!("is not an id: {}", error.problem())))?;
    match scope.kind() {
        ScopeKind::Subscription => Ok(scope),
        ScopeKind::ManagementGroup => {
            Err(wrong("is a management group, which the argument management_group takes"))
        }
        ScopeKind::ResourceGroup
        | ScopeKind::VirtualMachine
        | ScopeKind::VirtualMachineScaleSet
        | ScopeKind::ArcMachine
        | ScopeKind::OtherResource => Err(wrong("goes on after the subscription")),
    }
}
