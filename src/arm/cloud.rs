//! Which cloud: the addresses of Azure Resource Manager and of its token authority.
//!
//! Named clouds are known here; a private cloud gives its addresses, or a metadata host that is asked once.
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use url::{Host as UrlHost, Url};

use super::error::{Error, ErrorKind};

/// Where the addresses come from.
#[derive(Clone, Debug)]
pub enum CloudSource {
    /// One of Microsoft's clouds.
    Named(CloudName),
    /// `GET https://{host}/metadata/endpoints`, asked at the first request and once. With `expected`, an answer
    /// that names another cloud is an error.
    Metadata {
        /// Host name, with a port where it is not 443. A loopback host may carry `http://`.
        host: String,
        /// The cloud that the user named besides the host.
        expected: Option<CloudName>,
    },
    /// Given addresses. Plain http is accepted for loopback hosts only.
    Endpoints {
        /// Azure Resource Manager.
        resource_manager: Url,
        /// The token authority, such as `https://login.microsoftonline.com`.
        authority: Url,
        /// What tokens are asked for. Default: the address of Azure Resource Manager.
        audience: Option<String>,
    },
}

/// Microsoft's clouds, by the names that the provider block uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloudName {
    /// `public`: global Azure.
    Public,
    /// `usgovernment`: Azure Government.
    UsGovernment,
    /// `china`: Azure operated by 21Vianet.
    China,
}

/// A text that names no cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudNameError(String);

/// Addresses, ready for use.
#[derive(Clone, Debug)]
pub(super) struct Endpoints {
    pub(super) resource_manager: Url,
    pub(super) authority: Url,
    pub(super) audience: String,
}

impl CloudName {
    /// The name in the provider block.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::UsGovernment => "usgovernment",
            Self::China => "china",
        }
    }

    /// The name in the metadata document.
    fn metadata_name(self) -> &'static str {
        match self {
            Self::Public => "AzureCloud",
            Self::UsGovernment => "AzureUSGovernment",
            Self::China => "AzureChinaCloud",
        }
    }

    /// Resource manager and authority.
    /// <https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure>,
    /// <https://learn.microsoft.com/azure/china/resources-developer-guide>
    fn addresses(self) -> (&'static str, &'static str) {
        match self {
            Self::Public => ("https://management.azure.com", "https://login.microsoftonline.com"),
            Self::UsGovernment => {
                ("https://management.usgovcloudapi.net", "https://login.microsoftonline.us")
            }
            Self::China => ("https://management.chinacloudapi.cn", "https://login.chinacloudapi.cn"),
        }
    }
}

impl FromStr for CloudName {
    type Err = CloudNameError;

    fn from_str(text: &str) -> Result<Self, CloudNameError> {
        [Self::Public, Self::UsGovernment, Self::China]
            .into_iter()
            .find(|cloud| cloud.as_str() == text)
            .ok_or_else(|| CloudNameError(text.to_owned()))
    }
}

impl fmt::Display for CloudName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for CloudNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a cloud: public, usgovernment and china are", self.0)
    }
}

impl std::error::Error for CloudNameError {}

impl Endpoints {
    pub(super) fn named(cloud: CloudName) -> Result<Self, Error> {
        let (resource_manager, authority) = cloud.addresses();
        Self::given(&parse_url("cloud", resource_manager)?, &parse_url("cloud", authority)?, None)
    }

    pub(super) fn given(
        resource_manager: &Url,
        authority: &Url,
        audience: Option<&str>,
    ) -> Result<Self, Error> {
        require_safe(resource_manager, "the address of Azure Resource Manager")?;
        require_safe(authority, "the address of the token authority")?;
        let audience = audience.map_or_else(|| trimmed(resource_manager), str::to_owned);
        Ok(Self { resource_manager: resource_manager.clone(), authority: authority.clone(), audience })
    }

    /// Reads the metadata document of api-version 2022-09-01, in which many keys are absent outside the public cloud.
    /// <https://learn.microsoft.com/azure-stack/user/azure-stack-version-profiles-ruby#get-the-azure-stack-hub-resource-manager-endpoints>
    pub(super) fn of_metadata(host: &str, body: &[u8], expected: Option<CloudName>) -> Result<Self, Error> {
        let wrong = |problem: String| {
            Error::new(ErrorKind::Settings, format!("the cloud metadata of {host} {problem}"))
        };
        // Some stamps begin the document with a byte order mark.
        let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
        let metadata: Metadata =
            serde_json::from_slice(body).map_err(|error| wrong(format!("cannot be read: {error}")))?;
        if let Some(cloud) = expected.filter(|cloud| cloud.metadata_name() != metadata.name) {
            return Err(wrong(format!(
                "describes {:?}, not the environment {:?}",
                metadata.name,
                cloud.as_str()
            )));
        }
        let resource_manager = parse_url("resourceManager", &metadata.resource_manager)?;
        let authority = parse_url("loginEndpoint", &metadata.authentication.login_endpoint)?;
        let own = trimmed(&resource_manager);
        let audiences = metadata.authentication.audiences;
        let audience = match audiences.first() {
            Some(first) if audiences.iter().all(|audience| audience.trim_end_matches('/') != own) => {
                Some(first.as_str())
            }
            _ => None,
        };
        Self::given(&resource_manager, &authority, audience)
    }
}

/// The metadata document's address on `host`.
pub(super) fn metadata_url(host: &str) -> Result<Url, Error> {
    let base = if host.contains("://") { host.to_owned() } else { format!("https://{host}") };
    let mut url = parse_url("metadata_host", &base)?;
    require_safe(&url, "metadata_host")?;
    url.set_path("/metadata/endpoints");
    url.set_query(Some("api-version=2022-09-01"));
    Ok(url)
}

/// Whether the host is this machine, where plain http shows nothing to a network.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(UrlHost::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(UrlHost::Ipv4(address)) => address.is_loopback(),
        Some(UrlHost::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Refuses plain http to anything but this machine, because tokens and secrets travel in the requests.
pub(super) fn require_safe(url: &Url, what: &str) -> Result<(), Error> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        "http" => Err(Error::new(
            ErrorKind::Settings,
            format!(
                "{what}, {url}, is plain http: use https (http is accepted for 127.0.0.0/8, ::1 and localhost only)"
            ),
        )),
        _ => Err(Error::new(ErrorKind::Settings, format!("{what}, {url}, is not an https address"))),
    }
}

fn parse_url(what: &str, text: &str) -> Result<Url, Error> {
    Url::parse(text).map_err(|error| {
        Error::new(ErrorKind::Settings, format!("{what}: {text:?} is not an address: {error}"))
    })
}

fn trimmed(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    name: String,
    resource_manager: String,
    authentication: Authentication,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Authentication {
    login_endpoint: String,
    #[serde(default)]
    audiences: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"name":"AzureCloud","resourceManager":"https://management.azure.com/",
        "authentication":{"loginEndpoint":"https://login.microsoftonline.com/","audiences":AUDIENCES}}"#;

    fn check(audiences: &str, expected: Option<CloudName>) -> Result<Endpoints, String> {
        let body = format!("\u{feff}{}", BODY.replace("AUDIENCES", audiences));
        Endpoints::of_metadata("host", body.as_bytes(), expected).map_err(|error| error.to_string())
    }

    #[test]
    fn metadata_gives_addresses_and_audience() {
        let both = r#"["https://management.core.windows.net/","https://management.azure.com/"]"#;
        let endpoints = check(both, Some(CloudName::Public)).unwrap();
        assert_eq!(endpoints.audience, "https://management.azure.com");
        assert_eq!(endpoints.authority.as_str(), "https://login.microsoftonline.com/");
        assert_eq!(check("[]", None).unwrap().audience, "https://management.azure.com");
        assert_eq!(
            check(r#"["https://management.local.stack/x"]"#, None).unwrap().audience,
            "https://management.local.stack/x"
        );
        let message = check("[]", Some(CloudName::China)).unwrap_err();
        assert_eq!(
            message,
            r#"the cloud metadata of host describes "AzureCloud", not the environment "china""#
        );
        assert!(
            Endpoints::of_metadata("host", b"{}", None).unwrap_err().to_string().contains("cannot be read")
        );
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        for (url, accepted) in [
            ("https://management.azure.com", true),
            ("http://127.0.0.1:8080", true),
            ("http://127.8.9.10", true),
            ("http://[::1]:1", true),
            ("http://localhost:1", true),
            ("http://management.azure.com", false),
            ("http://localhost.example.com", false),
            ("ftp://localhost", false),
        ] {
            assert_eq!(require_safe(&url.parse().unwrap(), "it").is_ok(), accepted, "{url}");
        }
    }

    #[test]
    fn names_of_the_provider_block() {
        for cloud in [CloudName::Public, CloudName::UsGovernment, CloudName::China] {
            assert_eq!(cloud.to_string().parse(), Ok(cloud));
            assert!(Endpoints::named(cloud).is_ok());
        }
        let message = "german".parse::<CloudName>().unwrap_err().to_string();
        assert_eq!(message, "\"german\" is not a cloud: public, usgovernment and china are");
    }
}
