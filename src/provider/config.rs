//! From the provider block and the environment to a [`Context`].

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use tfplugin_protocol::{Attr, AttributePath, Diagnostic, Diagnostics, Result};
use url::Url;

use super::schema::variables;
use crate::arm::{
    Client, CloudName, CloudNameError, CloudSource, Credentials, Host, Scope, ScopeKind, Secret, Settings,
};
use crate::availability::{Fact, Facts};
use crate::catalog::model::Cloud;
use crate::context::{Context, RuleBlock, RuleSettings, day_of};
use crate::diagnostics::of_finding;

/// The provider block.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Config {
    subscription_id: Attr<String>,
    tenant_id: Attr<String>,
    client_id: Attr<String>,
    client_secret: Attr<String>,
    client_certificate_path: Attr<String>,
    client_certificate_password: Attr<String>,
    use_oidc: Attr<bool>,
    oidc_token: Attr<String>,
    oidc_token_file_path: Attr<String>,
    oidc_request_url: Attr<String>,
    oidc_request_token: Attr<String>,
    ado_pipeline_service_connection_id: Attr<String>,
    use_msi: Attr<bool>,
    msi_endpoint: Attr<String>,
    use_cli: Attr<bool>,
    use_aks_workload_identity: Attr<bool>,
    auxiliary_tenant_ids: Attr<Vec<Attr<String>>>,
    environment: Attr<String>,
    metadata_host: Attr<String>,
    endpoints: Attr<Endpoints>,
    register_provider: Attr<bool>,
    reference_date: Attr<String>,
    rule_severity: Attr<BTreeMap<String, Attr<String>>>,
    preflight_permissions: Attr<bool>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Endpoints {
    resource_manager: Attr<String>,
    active_directory_authority: Attr<String>,
    resource_manager_audience: Attr<String>,
}

/// The block holds secrets, so nothing of it is printed.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").finish_non_exhaustive()
    }
}

/// Reads the block first and the environment second, and notes what is not known yet.
struct Reader<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    unknown: Option<&'static str>,
    problems: Diagnostics,
}

impl Config {
    /// What is wrong with the block, as far as it is known.
    pub(super) fn check(&self) -> Diagnostics {
        let mut diagnostics = Diagnostics::default();
        if let Some(id) = self.subscription_id.known().filter(|id| !id.is_empty())
            && let Err(problem) = subscription(id)
        {
            diagnostics.push(problem);
        }
        if self.endpoints.known().is_some() {
            for (name, attribute) in
                [("environment", &self.environment), ("metadata_host", &self.metadata_host)]
            {
                if attribute.known().is_some() {
                    let detail =
                        format!("{name} and endpoints both say which cloud it is. Remove one of them.");
                    diagnostics.push(Diagnostic::error("Contradicting clouds", detail).at(name));
                }
            }
        }
        diagnostics.extend(self.rules().check());
        diagnostics
    }

    fn rules(&self) -> RuleBlock {
        RuleBlock {
            reference_date: self.reference_date.clone(),
            rule_severity: self.rule_severity.clone(),
            preflight_permissions: self.preflight_permissions,
        }
    }

    /// Makes the surroundings of all operations. Sends nothing.
    ///
    /// # Errors
    ///
    /// Where block and environment contradict themselves, or the cloud has come to its end.
    pub(super) fn into_context(
        self,
        variable: &dyn Fn(&str) -> Option<String>,
        terraform_version: &str,
        warnings: &mut Diagnostics,
    ) -> Result<Context> {
        let mut reader = Reader { variable, unknown: None, problems: Diagnostics::default() };
        let default_scope = reader.scope(&self.subscription_id)?;
        let settings = reader.settings(&self, terraform_version);
        let rules = RuleBlock { preflight_permissions: reader.preflight(&self), ..self.rules() };
        reader.problems.into_result()?;
        let settings = settings?;
        let cloud_is_open = self.cloud_is_open();
        let rules = rules.settings(day_of((settings.host.clock)()));
        let cloud = cloud_of(&settings.cloud, cloud_is_open);
        warnings.extend(judge_cloud(&rules, cloud).into_result()?);
        if let Some(unknown) = reader.unknown {
            return Ok(Context::not_yet(default_scope, cloud, rules, unknown));
        }
        let client = Client::new(settings)?;
        Ok(Context::new(default_scope, cloud, rules, client))
    }
}

impl Config {
    /// Whether an attribute that names the cloud is not known yet.
    fn cloud_is_open(&self) -> bool {
        let endpoints =
            self.endpoints.known().is_some_and(|endpoints| endpoints.resource_manager.is_unknown());
        endpoints
            || self.endpoints.is_unknown()
            || self.environment.is_unknown()
            || self.metadata_host.is_unknown()
    }
}

/// The cloud, as far as somebody has named it. Addresses alone do not tell, and then nobody does.
fn cloud_of(source: &CloudSource, is_open: bool) -> Fact<Cloud> {
    let name = match source {
        CloudSource::Named(name) => Some(*name),
        CloudSource::Metadata { expected, .. } => *expected,
        CloudSource::Endpoints { .. } => None,
    };
    match name {
        _ if is_open => Fact::Unknown,
        None => Fact::Absent,
        Some(CloudName::Public) => Fact::Known(Cloud::Public),
        Some(CloudName::UsGovernment) => Fact::Known(Cloud::UsGovernment),
        Some(CloudName::China) => Fact::Known(Cloud::China),
    }
}

/// What the rules say of the cloud as a whole.
fn judge_cloud(rules: &RuleSettings, cloud: Fact<Cloud>) -> Diagnostics {
    let facts = Facts { cloud, ..Facts::default() };
    rules
        .judge(&facts)
        .into_iter()
        .filter_map(|finding| of_finding(finding, AttributePath::of("environment")))
        .collect()
}

impl Reader<'_> {
    fn scope(&mut self, subscription_id: &Attr<String>) -> Result<Attr<Scope>> {
        match subscription_id {
            Attr::Unknown => Ok(Attr::Unknown),
            Attr::Null => match self.environment("subscription_id") {
                Some(id) => Ok(Attr::Known(subscription(&id)?)),
                None => Ok(Attr::Null),
            },
            Attr::Known(id) if id.is_empty() => self.scope(&Attr::Null),
            Attr::Known(id) => Ok(Attr::Known(subscription(id)?)),
        }
    }

    fn settings(&mut self, config: &Config, terraform_version: &str) -> Result<Settings> {
        let subscription_id = self.known("subscription_id", &config.subscription_id);
        // Requests do not depend on the subscription; only the Azure CLI may choose its account by it.
        self.unknown = None;
        let cloud = self.cloud(config)?;
        Ok(Settings {
            cloud,
            register_provider: self.flag("register_provider", config.register_provider, false),
            credentials: self.credentials(config, subscription_id),
            user_agent: format!(
                "terraform-provider-defender/{} Terraform/{terraform_version}",
                env!("CARGO_PKG_VERSION")
            ),
            host: Host::of_process(),
        })
    }

    /// Nothing is held up while this is not known.
    fn preflight(&mut self, config: &Config) -> Attr<bool> {
        match config.preflight_permissions {
            Attr::Null => Attr::Known(self.flag("preflight_permissions", Attr::Null, true)),
            given @ (Attr::Known(_) | Attr::Unknown) => given,
        }
    }

    fn credentials(&mut self, config: &Config, subscription_id: Option<String>) -> Credentials {
        let tenants = match &config.auxiliary_tenant_ids {
            Attr::Known(ids) => ids.iter().filter_map(|id| self.known("auxiliary_tenant_ids", id)).collect(),
            Attr::Unknown => self.not_yet("auxiliary_tenant_ids").into_iter().collect(),
            Attr::Null => {
                let list = self.environment("auxiliary_tenant_ids").unwrap_or_default();
                list.split(';').filter(|id| !id.is_empty()).map(str::to_owned).collect()
            }
        };
        Credentials {
            tenant_id: self.text("tenant_id", &config.tenant_id),
            client_id: self.text("client_id", &config.client_id),
            client_secret: self.secret("client_secret", &config.client_secret),
            client_certificate_path: self.text("client_certificate_path", &config.client_certificate_path),
            client_certificate_password: self
                .secret("client_certificate_password", &config.client_certificate_password),
            use_oidc: self.flag("use_oidc", config.use_oidc, false),
            oidc_token: self.secret("oidc_token", &config.oidc_token),
            oidc_token_file_path: self.text("oidc_token_file_path", &config.oidc_token_file_path),
            oidc_request_url: self.text("oidc_request_url", &config.oidc_request_url),
            oidc_request_token: self.secret("oidc_request_token", &config.oidc_request_token),
            ado_pipeline_service_connection_id: self
                .text("ado_pipeline_service_connection_id", &config.ado_pipeline_service_connection_id),
            use_msi: self.flag("use_msi", config.use_msi, false),
            msi_endpoint: self.text("msi_endpoint", &config.msi_endpoint),
            use_cli: self.flag("use_cli", config.use_cli, true),
            use_aks_workload_identity: self.flag(
                "use_aks_workload_identity",
                config.use_aks_workload_identity,
                false,
            ),
            auxiliary_tenant_ids: tenants,
            subscription_id,
        }
    }

    fn cloud(&mut self, config: &Config) -> Result<CloudSource> {
        if let Attr::Unknown = config.endpoints {
            self.not_yet("endpoints");
        }
        if let Attr::Known(endpoints) = &config.endpoints {
            let resource_manager = self.address("resource_manager", &endpoints.resource_manager)?;
            let authority =
                self.address("active_directory_authority", &endpoints.active_directory_authority)?;
            let audience = self.known("endpoints", &endpoints.resource_manager_audience);
            let audience = audience.filter(|audience| !audience.is_empty());
            if let (Some(resource_manager), Some(authority)) = (resource_manager, authority) {
                return Ok(CloudSource::Endpoints { resource_manager, authority, audience });
            }
        }
        let environment = self.text("environment", &config.environment);
        let name = environment
            .map(|name| cloud_name(&name))
            .transpose()
            .map_err(|error| Diagnostic::error("Unknown cloud", format!("{error}.")).at("environment"))?;
        Ok(match self.text("metadata_host", &config.metadata_host) {
            Some(host) => CloudSource::Metadata { host, expected: name },
            None => CloudSource::Named(name.unwrap_or(CloudName::Public)),
        })
    }

    fn address(&mut self, name: &'static str, attribute: &Attr<String>) -> Result<Option<Url>> {
        let Some(text) = self.known("endpoints", attribute) else { return Ok(None) };
        let url = Url::parse(&text).map_err(|error| {
            let detail = format!("{name} is no address: {error}.");
            Diagnostic::error("Not an address", detail).at(AttributePath::of("endpoints").attribute(name))
        })?;
        Ok(Some(url))
    }

    fn text(&mut self, name: &'static str, attribute: &Attr<String>) -> Option<String> {
        match attribute {
            Attr::Null => self.environment(name),
            Attr::Known(_) | Attr::Unknown => self.known(name, attribute).filter(|text| !text.is_empty()),
        }
    }

    fn secret(&mut self, name: &'static str, attribute: &Attr<String>) -> Option<Secret> {
        self.text(name, attribute).map(Secret::new)
    }

    fn flag(&mut self, name: &'static str, attribute: Attr<bool>, default: bool) -> bool {
        match attribute {
            Attr::Known(flag) => flag,
            Attr::Unknown => self.not_yet(name).is_some(),
            Attr::Null => match self.environment(name).as_deref() {
                None => default,
                // What Go takes, and so azurerm: https://pkg.go.dev/strconv#ParseBool
                Some("true" | "True" | "TRUE" | "1" | "t" | "T") => true,
                Some("false" | "False" | "FALSE" | "0" | "f" | "F") => false,
                Some(text) => {
                    let variable = variables(name).first().copied().unwrap_or(name);
                    let summary = format!("{variable} is neither true nor false");
                    let problem = Diagnostic::error(summary, format!("It is {text:?}. Write true or false."));
                    self.problems.push(problem.at(name));
                    default
                }
            },
        }
    }

    fn known(&mut self, name: &'static str, attribute: &Attr<String>) -> Option<String> {
        match attribute {
            Attr::Known(text) => Some(text.clone()),
            Attr::Null => None,
            Attr::Unknown => self.not_yet(name),
        }
    }

    /// Notes that an attribute is not known; there is no value.
    fn not_yet(&mut self, name: &'static str) -> Option<String> {
        self.unknown.get_or_insert(name);
        None
    }

    fn environment(&self, attribute: &str) -> Option<String> {
        variables(attribute).iter().find_map(|name| (self.variable)(name))
    }
}

/// Reads a cloud's name as azurerm does, which takes any letter case and two older names as well.
fn cloud_name(name: &str) -> Result<CloudName, CloudNameError> {
    match name.to_ascii_lowercase().as_str() {
        "global" => Ok(CloudName::Public),
        "usgovernmentl4" => Ok(CloudName::UsGovernment),
        other => other.parse(),
    }
}

/// The scope of a subscription, from its GUID.
fn subscription(id: &str) -> Result<Scope, Diagnostic> {
    let scope = format!("/subscriptions/{id}").parse::<Scope>().ok();
    scope.filter(|scope| scope.kind() == ScopeKind::Subscription).ok_or_else(|| {
        let detail = format!(
            "{id:?} is not a subscription's GUID. Write it as in \"00000000-0000-0000-0000-000000000000\"; \
             `az account show --query id` tells it."
        );
        Diagnostic::error("Not a subscription id", detail).at("subscription_id")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000001";

    /// The settings of a block in an environment, and the attribute that is not known yet.
    fn settings(config: &Config, environment: &[(&str, &str)]) -> Result<(Settings, Option<&'static str>)> {
        let variable = |name: &str| {
            environment.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned())
        };
        let mut reader = Reader { variable: &variable, unknown: None, problems: Diagnostics::default() };
        let settings = reader.settings(config, "1.11.4")?;
        reader.problems.into_result()?;
        Ok((settings, reader.unknown))
    }

    #[test]
    fn the_block_comes_before_the_environment() {
        let environment = [
            ("ARM_CLIENT_ID", "from the environment"),
            ("ARM_TENANT_ID", "tenant"),
            ("ARM_USE_CLI", "false"),
            ("ARM_USE_OIDC", "true"),
            ("ARM_AUXILIARY_TENANT_IDS", "a;b"),
            ("SYSTEM_ACCESSTOKEN", "token"),
        ];
        let config =
            Config { client_id: "from the block".into(), use_oidc: Attr::Known(false), ..Config::default() };
        let (settings, unknown) = settings(&config, &environment).unwrap();
        let credentials = settings.credentials;
        assert_eq!(credentials.client_id.as_deref(), Some("from the block"));
        assert_eq!(credentials.tenant_id.as_deref(), Some("tenant"));
        assert!(!credentials.use_cli && !credentials.use_oidc);
        assert_eq!(credentials.auxiliary_tenant_ids, ["a", "b"]);
        assert!(credentials.oidc_request_token.is_some());
        assert!(!format!("{credentials:?}").contains("token\""), "secrets are not printed");
        assert_eq!(unknown, None);
    }

    #[test]
    fn unknown_values_are_noted_and_are_no_error() {
        let config =
            Config { client_secret: Attr::Unknown, subscription_id: Attr::Unknown, ..Config::default() };
        let (_, unknown) = settings(&config, &[]).unwrap();
        assert_eq!(unknown, Some("client_secret"));
        let context = config.into_context(&|_| None, "1.11.4", &mut Diagnostics::default()).unwrap();
        assert!(context.default_scope.is_unknown());
        assert!(context.pricings().unwrap_err().to_string().contains("client_secret is not known"));
    }

    #[test]
    fn the_cloud_is_named_or_asked_for_or_given() {
        let endpoints = Endpoints {
            resource_manager: "https://arm.example".into(),
            active_directory_authority: "https://login.example".into(),
            resource_manager_audience: Attr::Null,
        };
        let given = Config { endpoints: Attr::Known(endpoints), ..Config::default() };
        let cloud = |config: &Config, environment: &[(&str, &str)]| {
            settings(config, environment).map(|(settings, _)| settings.cloud)
        };
        let government = [("ARM_ENVIRONMENT", "usgovernment")];
        assert!(matches!(cloud(&Config::default(), &[]), Ok(CloudSource::Named(CloudName::Public))));
        assert!(matches!(
            cloud(&Config::default(), &government),
            Ok(CloudSource::Named(CloudName::UsGovernment))
        ));
        let older = [("ARM_ENVIRONMENT", "Global")];
        assert!(matches!(cloud(&Config::default(), &older), Ok(CloudSource::Named(CloudName::Public))));
        let host = [("ARM_METADATA_HOSTNAME", "arm.example")];
        assert!(matches!(cloud(&Config::default(), &host), Ok(CloudSource::Metadata { .. })));
        assert!(matches!(cloud(&given, &host), Ok(CloudSource::Endpoints { .. })));
        let wrong = cloud(&Config::default(), &[("ARM_ENVIRONMENT", "mars")]).unwrap_err();
        assert!(wrong.to_string().starts_with("environment: Unknown cloud"), "{wrong}");
    }

    #[test]
    fn a_cloud_at_its_end_is_told_at_the_environment() {
        let configure = |environment: &str, date: &str, level: Option<&str>| {
            let severity = level.map(|level| BTreeMap::from([("MDC110".to_owned(), Attr::from(level))]));
            let config = Config {
                environment: environment.into(),
                reference_date: date.into(),
                rule_severity: severity.into(),
                ..Config::default()
            };
            let mut warnings = Diagnostics::default();
            let error = config.into_context(&|_| None, "1.11.4", &mut warnings).err();
            (error.map(|error| error.to_string()).unwrap_or_default(), warnings.to_string())
        };
        let said = "environment: Defender for Cloud in Azure operated by 21Vianet is retired: ";
        let (error, warnings) = configure("china", "2026-10-01", None);
        assert!(error.starts_with(said) && warnings.is_empty(), "{error} {warnings}");
        let (error, warnings) = configure("china", "2026-10-01", Some("warning"));
        assert!(error.is_empty() && warnings.starts_with(said), "{error} {warnings}");
        let (error, warnings) = configure("china", "2026-09-30", None);
        assert!(
            error.is_empty() && warnings.contains("From 2026-10-01 on nothing comes of it any more."),
            "{error} {warnings}"
        );
        for (environment, date, level) in [
            ("china", "2025-08-17", None),
            ("china", "2026-10-01", Some("off")),
            ("usgovernment", "2026-10-01", None),
        ] {
            assert_eq!(configure(environment, date, level), Default::default(), "{environment} {date}");
        }
    }

    #[test]
    fn mistakes_are_told_at_their_attribute() {
        let check = |config: Config| config.check().to_string();
        assert_eq!(check(Config { subscription_id: SUBSCRIPTION.into(), ..Config::default() }), "");
        assert_eq!(check(Config { subscription_id: "".into(), ..Config::default() }), "");
        for id in ["mine", &format!("{SUBSCRIPTION}/resourceGroups/x")] {
            let wrong = check(Config { subscription_id: id.into(), ..Config::default() });
            assert!(wrong.starts_with("subscription_id: Not a subscription id"), "{wrong}");
        }
        let flag = settings(&Config::default(), &[("ARM_USE_MSI", "maybe")]).unwrap_err().to_string();
        assert!(flag.starts_with("use_msi: ARM_USE_MSI is neither true nor false"), "{flag}");
    }
}
