//! What the pages say that a type asks of Azure is what its example asks: `access.toml` against the emulator's log.

use crate::docs::pages::Access;
use crate::harness::ROOT;
use crate::shared::process::Failure;
use crate::shared::requests::{Kind, kind};
use arm_emulator::LoggedRequest;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The folder of what every provider block may ask for, whatever the types.
const PROVIDER: &str = "provider";

/// POSTs that read, by what they end with, and the actions that Azure checks.
/// <https://learn.microsoft.com/azure/role-based-access-control/permissions/management-and-governance>
const READING_POSTS: [(&str, &str); 2] = [
    ("Microsoft.ResourceGraph/resources", "Microsoft.ResourceGraph/resources/read"),
    (
        "Microsoft.PolicyInsights/remediations/listDeployments",
        "Microsoft.PolicyInsights/remediations/listDeployments/read",
    ),
];

/// A request as Azure checks it: the action in lower case, and the api-version that it was asked in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    action: String,
    version: String,
}

/// Fails where the run of an example asked for what no `access.toml` of its types has, or never asked for what its own
/// has. `planned` are the requests of plans alone, which only read.
///
/// # Errors
///
/// All differences, or a file that cannot be read.
pub(crate) fn check(example: &Path, all: &[LoggedRequest], planned: &[LoggedRequest]) -> Result<(), Failure> {
    let folder = example.strip_prefix(Path::new(ROOT).join("examples")).unwrap_or(example);
    let folder = folder.to_string_lossy().replace('\\', "/");
    let own = access(&folder)?;
    let mut allowed = vec![access(PROVIDER)?];
    for folder in folders(example)? {
        allowed.push(access(&folder)?);
    }
    let mut findings = differences(&own, &allowed, &asked(all));
    let changes = asked(planned).into_iter().filter(|one| !one.action.ends_with("/read"));
    findings.extend(changes.map(|one| format!("a plan asks for {}", one.action)));
    if findings.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("examples/{folder}/access.toml:\n{}", findings.join("\n"))))
}

fn differences(own: &Access, allowed: &[Access], asked: &BTreeSet<Asked>) -> Vec<String> {
    let said: BTreeSet<Asked> = allowed.iter().flat_map(said).collect();
    let mut findings: Vec<String> = asked
        .difference(&said)
        .map(|one| format!("{} in version {} is asked for and not said", one.action, one.version))
        .collect();
    for api in own.apis.iter().filter(|api| !api.actions.is_empty()) {
        let of_type: Vec<(String, BTreeSet<&str>)> = api
            .actions
            .keys()
            .map(|action| {
                let action = api.action(action).to_ascii_lowercase();
                let seen = asked.iter().filter(|one| one.action == action);
                let versions = seen.map(|one| one.version.as_str()).collect();
                (action, versions)
            })
            .collect();
        let never = of_type.iter().filter(|(_, versions)| versions.is_empty());
        findings
            .extend(never.map(|(action, _)| format!("{action} is said, and the example never asks for it")));
        let first = api.versions.first().map(String::as_str).unwrap_or_default();
        if !of_type.iter().any(|(_, versions)| versions.contains(first)) {
            findings.push(format!("{} is never asked for in version {first}", api.name));
        }
    }
    findings
}

/// All that a file says: each action in each version.
fn said(access: &Access) -> impl Iterator<Item = Asked> {
    access.apis.iter().flat_map(|api| {
        let actions = api.actions.keys().chain(api.sometimes.keys());
        actions.flat_map(move |action| {
            let action = api.action(action).to_ascii_lowercase();
            let one = move |version: &String| Asked { action: action.clone(), version: version.clone() };
            api.versions.iter().map(one)
        })
    })
}

/// The file in a folder of `examples/`. Functions are pure.
fn access(folder: &str) -> Result<Access, Failure> {
    if folder.starts_with("functions/") {
        return Ok(Access::default());
    }
    let path = format!("examples/{folder}/access.toml");
    let text =
        fs::read_to_string(Path::new(ROOT).join(&path)).map_err(Failure::of(format!("read {path}")))?;
    Access::read(&path, &text).map_err(Failure::new)
}

/// The folders of the types that the configuration in an example has.
fn folders(example: &Path) -> Result<BTreeSet<String>, Failure> {
    let act = || format!("read {}", example.display());
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(example).map_err(Failure::of(act()))? {
        let path = entry.map_err(Failure::of(act()))?.path();
        let text = fs::read_to_string(path).map_err(Failure::of(act()))?;
        for (block, kind) in [("resource", "resources"), ("data", "data-sources")] {
            let names =
                text.lines().filter_map(|line| line.strip_prefix(block)?.trim().strip_prefix("\"defender_"));
            found.extend(
                names.filter_map(|rest| Some(format!("{kind}/defender_{}", rest.split('"').next()?))),
            );
        }
    }
    Ok(found)
}

/// What was asked of Azure Resource Manager; signing in needs no permission.
fn asked(requests: &[LoggedRequest]) -> BTreeSet<Asked> {
    let of_azure = |request: &&LoggedRequest| !matches!(kind(request), Kind::Metadata | Kind::SignIn);
    let one = |request: &LoggedRequest| {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let version = query.split('&').find_map(|part| part.strip_prefix("api-version=")).unwrap_or_default();
        Asked { action: action(&request.method, path).to_ascii_lowercase(), version: version.to_owned() }
    };
    requests.iter().filter(of_azure).map(one).collect()
}

/// The action that Azure checks: the types in the path, and what the method does to the last of them.
/// <https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations>
fn action(method: &str, path: &str) -> String {
    let lower = path.to_ascii_lowercase();
    let own = lower.rfind("/providers/").and_then(|start| path.get(start + "/providers/".len()..));
    // A subscription and a resource group are resources of Microsoft.Resources, whose paths do not say so.
    let (namespace, rest) = match own {
        Some(own) => own.split_once('/').unwrap_or((own, "")),
        None => ("Microsoft.Resources", path.trim_start_matches('/')),
    };
    let types: Vec<&str> = rest.split('/').step_by(2).collect();
    let of = format!("{namespace}/{}", types.join("/"));
    if let Some((_, action)) =
        READING_POSTS.iter().find(|(post, _)| method == "POST" && post.eq_ignore_ascii_case(&of))
    {
        return (*action).to_owned();
    }
    let act = match method {
        "GET" => "read",
        "PUT" | "PATCH" => "write",
        "DELETE" => "delete",
        _ => "action",
    };
    format!("{of}/{act}")
}

#[test]
fn requests_are_actions() {
    for (method, path, expected) in [
        ("GET", "/subscriptions/1", "Microsoft.Resources/subscriptions/read"),
        (
            "POST",
            "/subscriptions/1/providers/Microsoft.Security/register",
            "Microsoft.Security/register/action",
        ),
        (
            "PUT",
            "/subscriptions/1/providers/Microsoft.Security/pricings/Arm",
            "Microsoft.Security/pricings/write",
        ),
        ("GET", "/subscriptions/1/providers/Microsoft.Security/pricings", "Microsoft.Security/pricings/read"),
        (
            "DELETE",
            "/subscriptions/1/resourceGroups/a/providers/Microsoft.Compute/virtualMachines/web/extensions/x",
            "Microsoft.Compute/virtualMachines/extensions/delete",
        ),
        (
            "PATCH",
            "/subscriptions/1/resourceGroups/a/providers/Microsoft.Storage/storageAccounts/b/providers/Microsoft.Security/x/y",
            "Microsoft.Security/x/write",
        ),
        ("POST", "/providers/Microsoft.ResourceGraph/resources", "Microsoft.ResourceGraph/resources/read"),
        (
            "POST",
            "/subscriptions/1/providers/Microsoft.PolicyInsights/remediations/r/cancel",
            "Microsoft.PolicyInsights/remediations/cancel/action",
        ),
    ] {
        assert_eq!(action(method, path), expected);
    }
}

#[test]
fn what_is_not_said_and_what_never_happens_is_found() {
    let file = "[[api]]\ntype = \"A/b\"\nversions = [\"2\", \"1\"]\n[api.actions]\nread = \"x\"\nwrite = \"x\"\n[api.sometimes]\ndelete = \"x\"\n";
    let access = Access::read("x", file).expect("it is a file as they are");
    let one = |action: &str, version: &str| Asked {
        action: action.to_ascii_lowercase(),
        version: version.to_owned(),
    };
    for (asked, found) in [
        (vec![one("A/b/read", "2"), one("a/B/write", "1")], 0),
        (vec![one("A/b/read", "2"), one("A/b/write", "1"), one("A/b/delete", "1")], 0),
        (vec![one("A/b/read", "2")], 1),
        (vec![one("A/b/read", "1"), one("A/b/write", "1")], 1),
        (vec![one("A/b/read", "2"), one("A/b/write", "3")], 1),
        (vec![one("A/b/read", "2"), one("A/b/write", "1"), one("A/c/read", "1")], 1),
    ] {
        let asked = BTreeSet::from_iter(asked);
        let findings = differences(&access, std::slice::from_ref(&access), &asked);
        assert_eq!(findings.len(), found, "{asked:?}: {findings:?}");
    }
}
