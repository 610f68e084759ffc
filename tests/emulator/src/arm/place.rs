//! What a path means to Azure Resource Manager: scope, namespace, types and names.
//! <https://learn.microsoft.com/rest/api/resources/resources/get-by-id> has the grammar of ids.

/// A parsed path. Letter case is kept; comparisons ignore it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The id of what the resource belongs to; empty for the tenant.
    pub(crate) scope: String,
    /// Namespace and types: `Microsoft.Security/pricings`.
    pub(crate) kind: String,
    /// One name per type; the last one is missing for a collection or an action.
    pub(crate) names: Vec<String>,
}

impl Place {
    /// Reads a path; nothing where it is no ARM path.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let providers = segments.iter().rposition(|segment| segment.eq_ignore_ascii_case("providers"));
        let (scope, namespace, rest) = match providers {
            None if segments.is_empty() => return None,
            None => (&segments[..0], "Microsoft.Resources", &segments[..]),
            // The provider itself, its collection, and the actions on it.
            Some(at) if segments.len() <= at + 2 => (&segments[..at], "Microsoft.Resources", &segments[at..]),
            Some(at) if segments.len() == at + 3 && is_registration(segments[at + 2]) => {
                (&segments[..at], "Microsoft.Resources", &segments[at..])
            }
            Some(at) => (&segments[..at], segments[at + 1], &segments[at + 2..]),
        };
        let types: Vec<&str> = rest.iter().step_by(2).copied().collect();
        let names = rest.iter().skip(1).step_by(2).map(|&name| name.to_owned()).collect();
        let scope = if scope.is_empty() { String::new() } else { format!("/{}", scope.join("/")) };
        Some(Self { scope, kind: format!("{namespace}/{}", types.join("/")), names })
    }

    /// Whether this is a resource, collection or action of the type.
    pub(crate) fn is(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
    }

    /// The resource's own name; none for a collection.
    pub(crate) fn name(&self) -> Option<&str> {
        let types = self.kind.split('/').count() - 1;
        self.names.get(types.checked_sub(1)?).map(String::as_str)
    }

    /// The namespace.
    pub(crate) fn namespace(&self) -> &str {
        self.kind.split('/').next().unwrap_or_default()
    }

    /// The subscription it lies in, lower case.
    pub(crate) fn subscription(&self) -> Option<String> {
        if self.is("Microsoft.Resources/subscriptions") {
            return self.names.first().map(|id| id.to_ascii_lowercase());
        }
        crate::seed::subscription_of(&self.scope)
    }

    /// The type of the resource that is the scope: `Microsoft.Compute/virtualMachines`.
    pub(crate) fn scope_kind(&self) -> Option<String> {
        Self::parse(&self.scope).filter(|scope| scope.name().is_some()).map(|scope| scope.kind)
    }
}

fn is_registration(segment: &str) -> bool {
    segment.eq_ignore_ascii_case("register") || segment.eq_ignore_ascii_case("unregister")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, scope: &str, kind: &str, names: &[&str]) {
        let place = Place::parse(path).unwrap();
        let expected = Place {
            scope: scope.to_owned(),
            kind: kind.to_owned(),
            names: names.iter().map(|&name| name.to_owned()).collect(),
        };
        assert_eq!(place, expected, "{path}");
    }

    #[test]
    fn paths_have_a_scope_a_type_and_names() {
        check("/subscriptions", "", "Microsoft.Resources/subscriptions", &[]);
        check("/subscriptions/s", "", "Microsoft.Resources/subscriptions", &["s"]);
        check(
            "/subscriptions/s/resourceGroups/g",
            "",
            "Microsoft.Resources/subscriptions/resourceGroups",
            &["s", "g"],
        );
        check("/subscriptions/s/providers", "/subscriptions/s", "Microsoft.Resources/providers", &[]);
        check(
            "/subscriptions/s/providers/N.S",
            "/subscriptions/s",
            "Microsoft.Resources/providers",
            &["N.S"],
        );
        check(
            "/subscriptions/s/providers/N.S/register",
            "/subscriptions/s",
            "Microsoft.Resources/providers/register",
            &["N.S"],
        );
        check("/subscriptions/s/providers/N.S/pricings/Arm", "/subscriptions/s", "N.S/pricings", &["Arm"]);
        check(
            "/subscriptions/s/resourceGroups/g/providers/M.C/vms/v/providers/N.S/pricings",
            "/subscriptions/s/resourceGroups/g/providers/M.C/vms/v",
            "N.S/pricings",
            &[],
        );
    }

    #[test]
    fn only_a_resource_has_a_name() {
        let name = |path: &str| Place::parse(path).unwrap().name().map(str::to_owned);
        assert_eq!(name("/subscriptions/s/providers/N.S/pricings"), None);
        assert_eq!(name("/subscriptions/s/providers/N.S/pricings/Arm").as_deref(), Some("Arm"));
        assert_eq!(name("/subscriptions/s/providers/N.S/register"), None);
    }
}
