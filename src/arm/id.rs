//! Azure Resource Manager ids: text in, parts out.
//!
//! An id names a document by a path of segments. Azure compares ids without letter case, and answers with whatever
//! spelling the writer used, so equality and hashing here ignore case.
//! Grammar: <https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules>
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use super::Scope;

const EXAMPLE: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Compute/virtualMachines/vm1";

/// Bytes. A longer text got here by mistake: it is neither sent nor quoted whole.
const LONGEST: usize = 8_192;

/// The id of anything that Azure Resource Manager holds. Equal to another one that differs in letter case only.
///
/// Fixed words (`subscriptions`, `resourceGroups`, `providers`) are displayed in Azure's spelling and a subscription
/// in lower case; all else is kept as it was written.
#[derive(Clone, Debug)]
pub struct ResourceId {
    text: String,
    subscription_id: Option<String>,
}

/// Why a text is no [`ResourceId`], or not the kind of id that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdError {
    given: String,
    problem: String,
    example: &'static str,
}

/// A resource type such as `Microsoft.Security/pricings`, as the id spells it. Compared without letter case.
#[derive(Clone, Debug)]
pub struct ResourceType(String);

impl IdError {
    /// What is wrong, as the second half of a sentence: `it does not begin with "/"`.
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

impl ResourceId {
    /// The id as text, beginning with `/`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The segments between the slashes, in order.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.text[1..].split('/')
    }

    /// The subscription's GUID in lower case; `None` for management groups and tenant-level ids.
    pub fn subscription_id(&self) -> Option<&str> {
        self.subscription_id.as_deref()
    }

    /// The last segment.
    pub fn name(&self) -> &str {
        self.segments().next_back().unwrap_or_default()
    }

    /// What the id hangs under: a resource's resource group, a child's parent, an extension resource's scope. `None`
    /// for a subscription, a management group and whatever lies directly under the tenant.
    pub fn parent(&self) -> Option<Self> {
        let segments: Vec<&str> = self.segments().collect();
        let kept = match self.last_provider() {
            // `…/providers/{namespace}/{type}/{name}`: without children, the whole clause goes.
            Some(at) if segments.len() - at == 4 => at,
            _ => segments.len().saturating_sub(2),
        };
        (kept > 0).then(|| Self::of_segments(&segments[..kept], self.subscription_id.clone()))
    }

    /// What stands before the last `providers` segment: what a resource, its children with it, hangs on. `None` for a
    /// subscription, a resource group and whatever lies directly under the tenant.
    pub fn scope(&self) -> Option<Self> {
        let at = self.last_provider().filter(|at| *at > 0)?;
        let segments: Vec<&str> = self.segments().take(at).collect();
        Some(Self::of_segments(&segments, self.subscription_id.clone()))
    }

    /// The type after the last `providers` segment, such as `Microsoft.Compute/virtualMachines/extensions`; `None`
    /// for a subscription or a resource group.
    pub fn resource_type(&self) -> Option<ResourceType> {
        let at = self.last_provider()?;
        let mut clause = self.segments().skip(at + 1);
        let mut text = clause.next()?.to_owned();
        for kind in clause.step_by(2) {
            text.push('/');
            text.push_str(kind);
        }
        Some(ResourceType(text))
    }

    /// Splits the id of an extension resource such as `{scope}/providers/Microsoft.Security/pricings/VirtualMachines`
    /// into scope, type and name.
    ///
    /// # Errors
    /// When `id` is no id at all, or its last `providers` clause has no scope before it or more than one name after it.
    pub fn parse_extension(id: &str) -> Result<(Scope, ResourceType, String), IdError> {
        let id: Self = id.parse()?;
        let wrong = |problem: &str| IdError {
            given: id.text.clone(),
            problem: problem.to_owned(),
            example: "/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.Security/pricings/VirtualMachines",
        };
        let at = id.last_provider().ok_or_else(|| wrong("it has no \"/providers/\" part"))?;
        if id.segments().count() - at != 4 {
            return Err(wrong("its last \"/providers/\" part is not a namespace, a type and a name"));
        }
        let scope = id.parent().ok_or_else(|| wrong("nothing stands before its \"/providers/\" part"))?;
        let resource_type = id.resource_type().ok_or_else(|| wrong("it names no resource type"))?;
        Ok((Scope::from(scope), resource_type, id.name().to_owned()))
    }

    fn last_provider(&self) -> Option<usize> {
        let segments: Vec<&str> = self.segments().collect();
        // A name may be "providers" as well; the keyword is followed by a namespace, which has a dot.
        (0..segments.len()).rev().find(|&at| {
            is_keyword(segments[at], "providers")
                && segments.get(at + 1).is_some_and(|next| next.contains('.'))
        })
    }

    fn of_segments(segments: &[&str], subscription_id: Option<String>) -> Self {
        Self { text: format!("/{}", segments.join("/")), subscription_id }
    }
}

impl FromStr for ResourceId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.len() > LONGEST {
            let problem = format!("it has {} bytes, far more than any id", text.len());
            return Err(IdError { given: text.chars().take(100).collect(), problem, example: EXAMPLE });
        }
        parse(text).map_err(|problem| IdError { given: text.to_owned(), problem, example: EXAMPLE })
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for ResourceId {
    fn eq(&self, other: &Self) -> bool {
        self.text.eq_ignore_ascii_case(&other.text)
    }
}

impl Eq for ResourceId {}

impl Hash for ResourceId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.to_ascii_lowercase().hash(state);
    }
}

impl ResourceType {
    /// The type as the id spells it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq<str> for ResourceType {
    fn eq(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }
}

impl PartialEq<&str> for ResourceType {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not the id that is needed here: {}. A right one looks like {}",
            self.given, self.problem, self.example
        )
    }
}

impl std::error::Error for IdError {}

fn parse(text: &str) -> Result<ResourceId, String> {
    let rest = text.strip_prefix('/').ok_or("it does not begin with \"/\"")?;
    let mut segments: Vec<&str> = rest.split('/').collect();
    for segment in &segments {
        check_segment(segment)?;
    }
    let mut subscription = None;
    let mut clause = 0;
    if is_keyword(segments[0], "subscriptions") {
        let guid = segments.get(1).ok_or("no subscription follows \"/subscriptions\"")?;
        if !is_guid(guid) {
            return Err(format!("{guid:?} is not a subscription id, which is a GUID"));
        }
        subscription = Some(guid.to_ascii_lowercase());
        segments[0] = "subscriptions";
        clause = 2;
        if segments.get(2).is_some_and(|word| is_keyword(word, "resourceGroups")) {
            segments.get(3).ok_or("no name follows \"/resourceGroups\"")?;
            segments[2] = "resourceGroups";
            clause = 4;
        }
    }
    canonical_clauses(&mut segments, clause)?;
    if let Some(guid) = &subscription {
        segments[1] = guid;
    }
    Ok(ResourceId::of_segments(&segments, subscription.clone()))
}

/// Checks what stands from segment `at` on, `providers/{namespace}(/{type}/{name})+` once or more, and spells the
/// keywords as Azure does.
fn canonical_clauses(segments: &mut [&str], mut at: usize) -> Result<(), String> {
    while at < segments.len() {
        if !is_keyword(segments[at], "providers") {
            return Err(format!("{:?} stands where \"providers\" is expected", segments[at]));
        }
        segments[at] = "providers";
        let namespace = segments.get(at + 1).ok_or("no namespace follows \"/providers\"")?;
        if !namespace.contains('.') {
            return Err(format!("{namespace:?} is not a provider namespace such as Microsoft.Security"));
        }
        let start = at + 2;
        at = start;
        while at < segments.len() && (at == start || !is_clause(&segments[at..])) {
            if segments.get(at + 1).is_none() {
                return Err(format!("no name follows the type {:?}", segments[at]));
            }
            at += 2;
        }
        if at == start {
            return Err(format!("no type and name follow the namespace {:?}", segments[start - 1]));
        }
    }
    Ok(())
}

fn is_clause(segments: &[&str]) -> bool {
    is_keyword(segments[0], "providers") && segments.get(1).is_some_and(|next| next.contains('.'))
}

fn check_segment(segment: &str) -> Result<(), String> {
    if segment.is_empty() {
        return Err("it has an empty part: two slashes in a row, or one at the end".to_owned());
    }
    let bad = segment.chars().find(|c| c.is_control() || matches!(c, '?' | '#' | '%' | '\\' | '<' | '>'));
    if let Some(bad) = bad {
        return Err(format!("the part {segment:?} has the character {bad:?}"));
    }
    if segment.trim() != segment || matches!(segment, "." | "..") {
        return Err(format!("the part {segment:?} is not a name"));
    }
    Ok(())
}

fn is_keyword(segment: &str, keyword: &str) -> bool {
    segment.eq_ignore_ascii_case(keyword)
}

fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "0A1B2C3D-0000-1111-2222-333344445555";

    fn check(text: &str, canonical: &str, resource_type: Option<&str>, parent: Option<&str>) {
        let text = text.replace("{s}", GUID);
        let lower = |pattern: &str| pattern.replace("{s}", &GUID.to_lowercase());
        let id: ResourceId = text.parse().unwrap();
        assert_eq!(id.as_str(), lower(canonical));
        assert_eq!(id.resource_type().as_ref().map(ResourceType::as_str), resource_type, "{text}");
        assert_eq!(id.parent().map(|found| found.to_string()), parent.map(lower), "{text}");
        assert_eq!(id, text.to_uppercase().parse().unwrap());
    }

    #[test]
    fn ids_in_any_letter_case() {
        check("/SUBSCRIPTIONS/{s}", "/subscriptions/{s}", None, None);
        check(
            "/subscriptions/{s}/resourcegroups/Rg",
            "/subscriptions/{s}/resourceGroups/Rg",
            None,
            Some("/subscriptions/{s}"),
        );
        check(
            "/subscriptions/{s}/resourceGroups/rg/PROVIDERS/microsoft.compute/virtualMachines/vm/extensions/MDE",
            "/subscriptions/{s}/resourceGroups/rg/providers/microsoft.compute/virtualMachines/vm/extensions/MDE",
            Some("microsoft.compute/virtualMachines/extensions"),
            Some("/subscriptions/{s}/resourceGroups/rg/providers/microsoft.compute/virtualMachines/vm"),
        );
        check(
            "/subscriptions/{s}/providers/Microsoft.Security/pricings/Api",
            "/subscriptions/{s}/providers/Microsoft.Security/pricings/Api",
            Some("Microsoft.Security/pricings"),
            Some("/subscriptions/{s}"),
        );
        check(
            "/providers/Microsoft.Management/managementGroups/mg/providers/Microsoft.Authorization/policyAssignments/a",
            "/providers/Microsoft.Management/managementGroups/mg/providers/Microsoft.Authorization/policyAssignments/a",
            Some("Microsoft.Authorization/policyAssignments"),
            Some("/providers/Microsoft.Management/managementGroups/mg"),
        );
        check("/providers/A.B/type/providers", "/providers/A.B/type/providers", Some("A.B/type"), None);
    }

    #[test]
    fn a_wrong_id_says_what_is_wrong() {
        for (text, problem) in [
            ("", "does not begin with"),
            ("subscriptions/x", "does not begin with"),
            ("/subscriptions", "no subscription follows"),
            ("/subscriptions/prod", "\"prod\" is not a subscription id, which is a GUID"),
            ("/subscriptions/0a1b2c3d-0000-1111-2222-333344445555/", "an empty part"),
            ("/subscriptions/0a1b2c3d-0000-1111-2222-333344445555/resourceGroups", "no name follows"),
            ("/subscriptions/0a1b2c3d-0000-1111-2222-333344445555/rg/x", "\"rg\" stands where"),
            ("/providers/Security/pricings/x", "not a provider namespace"),
            ("/providers/Microsoft.Security", "no type and name"),
            ("/providers/Microsoft.Security/pricings", "no name follows the type"),
            ("/providers/Microsoft.Security/pricings/a?b", "has the character '?'"),
            ("/providers/Microsoft.Security/pricings/..", "is not a name"),
        ] {
            let message = text.parse::<ResourceId>().unwrap_err().to_string();
            assert!(message.contains(problem) && message.contains("looks like /subscriptions/"), "{message}");
        }
    }

    #[test]
    fn an_extension_id_has_scope_type_and_name() {
        let id = format!("/Subscriptions/{GUID}/providers/microsoft.security/PRICINGS/VirtualMachines");
        let (scope, resource_type, name) = ResourceId::parse_extension(&id).unwrap();
        assert_eq!(scope.as_str(), format!("/subscriptions/{}", GUID.to_lowercase()));
        assert!(resource_type == "Microsoft.Security/pricings");
        assert_eq!(name, "VirtualMachines");
        for (id, problem) in [
            (format!("/subscriptions/{GUID}"), "no \"/providers/\" part"),
            ("/providers/Microsoft.Security/pricings/Api".to_owned(), "nothing stands before"),
            (format!("/subscriptions/{GUID}/providers/A.B/c/d/e/f"), "not a namespace, a type and a name"),
        ] {
            let message = ResourceId::parse_extension(&id).unwrap_err().to_string();
            assert!(message.contains(problem), "{message}");
        }
    }
}
