//! What the host says through the environment and what the plugin answers on stdout, as pure functions.
//!
//! This module must not know sockets, TLS sessions or gRPC: it reads variables that are handed to it and
//! writes one line. Start at [`HostEnvironment::read`], then [`line()`].
//!
//! The rules are those of go-plugin's `server.go` and `client.go`:
//! <https://github.com/hashicorp/go-plugin/blob/v1.6.0/server.go>.

use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::listen::Address;

/// The major version of the Terraform plugin protocol that this crate speaks.
pub(crate) const PROTOCOL_VERSION: u32 = 6;

/// The version of go-plugin's own handshake, the line's first field.
const CORE_VERSION: u32 = 1;

/// Terraform's way to say "I am Terraform"; not a secret.
/// <https://github.com/hashicorp/terraform/blob/v1.11.4/internal/plugin6/serve.go>
const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// What the host asks for through the environment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct HostEnvironment {
    /// The only certificate that may connect; `None` asks for plain HTTP/2.
    pub(crate) client_certificate: Option<CertificateDer<'static>>,
    /// The directory for the socket; `None` is the system's temporary directory.
    pub(crate) socket_directory: Option<PathBuf>,
    /// The group, by name or number, that may connect beside the user.
    pub(crate) socket_group: Option<String>,
    /// The TCP ports to choose from, where there are no Unix sockets; `0..=0` is any port.
    pub(crate) ports: RangeInclusive<u16>,
    /// Whether the host expects the line's seventh field.
    pub(crate) asks_for_multiplexing: bool,
    /// The protocol's major versions that the host speaks; empty where it does not say.
    pub(crate) protocol_versions: Vec<u32>,
}

/// A host that wishes nothing.
impl Default for HostEnvironment {
    fn default() -> Self {
        Self {
            client_certificate: None,
            socket_directory: None,
            socket_group: None,
            ports: 0..=0,
            asks_for_multiplexing: false,
            protocol_versions: Vec::new(),
        }
    }
}

impl HostEnvironment {
    /// Reads the host's wishes from variables; `variable` is the environment.
    ///
    /// # Errors
    /// Without the cookie nobody who knows the protocol started this process. Ports and a certificate that
    /// cannot be read are errors too: guessing would end in a time-out on the host's side.
    pub(crate) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, HandshakeError> {
        if variable(COOKIE.0).as_deref() != Some(COOKIE.1) {
            return Err(HandshakeError::NoCookie);
        }
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        Ok(Self {
            client_certificate: set("PLUGIN_CLIENT_CERT").as_deref().map(certificate).transpose()?,
            socket_directory: set("PLUGIN_UNIX_SOCKET_DIR").map(PathBuf::from),
            socket_group: set("PLUGIN_UNIX_SOCKET_GROUP"),
            ports: ports(set("PLUGIN_MIN_PORT"), set("PLUGIN_MAX_PORT"))?,
            asks_for_multiplexing: set("PLUGIN_MULTIPLEX_GRPC").is_some(),
            protocol_versions: set("PLUGIN_PROTOCOL_VERSIONS").as_deref().map(versions).unwrap_or_default(),
        })
    }

    /// Whether the host speaks protocol 6, or does not say what it speaks.
    ///
    /// The answer changes nothing but a log line: a host that does not find its version in the handshake
    /// line reports the mismatch itself, and better than a plugin can.
    pub(crate) fn speaks_our_version(&self) -> bool {
        self.protocol_versions.is_empty() || self.protocol_versions.contains(&PROTOCOL_VERSION)
    }
}

/// Why a plugin process cannot start.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HandshakeError {
    /// The process was started by hand.
    NoCookie,
    /// A port's variable and the text that is no port.
    Port(&'static str, String),
    /// The lowest and the highest port, the wrong way round.
    PortRange(u16, u16),
    /// `PLUGIN_CLIENT_CERT` holds no certificate, and what the parser said.
    ClientCertificate(String),
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCookie => out.write_str("this process was not started by Terraform or OpenTofu"),
            Self::Port(variable, text) => write!(out, "{variable} is not a port: {text:?}"),
            Self::PortRange(min, max) => {
                write!(out, "PLUGIN_MIN_PORT {min} is above PLUGIN_MAX_PORT {max}")
            }
            Self::ClientCertificate(reason) => {
                write!(out, "PLUGIN_CLIENT_CERT holds no PEM certificate: {reason}")
            }
        }
    }
}

impl std::error::Error for HandshakeError {}

/// Writes the handshake line with its newline: `1|6|unix|/tmp/…/s|grpc|<certificate>`.
///
/// The certificate travels as unpadded base64 of its DER form. The seventh field refuses multiplexing and is
/// there only if the host asked, because older hosts count the fields.
pub(crate) fn line(address: &Address, certificate: Option<&CertificateDer<'_>>, multiplex: bool) -> String {
    let certificate = certificate.map(|der| STANDARD_NO_PAD.encode(der)).unwrap_or_default();
    let refusal = if multiplex { "|false" } else { "" };
    let network = address.network();
    format!("{CORE_VERSION}|{PROTOCOL_VERSION}|{network}|{address}|grpc|{certificate}{refusal}\n")
}

fn certificate(pem: &str) -> Result<CertificateDer<'static>, HandshakeError> {
    CertificateDer::from_pem_slice(pem.as_bytes())
        .map_err(|error| HandshakeError::ClientCertificate(error.to_string()))
}

fn ports(min: Option<String>, max: Option<String>) -> Result<RangeInclusive<u16>, HandshakeError> {
    let port = |variable, text: Option<String>| match text {
        None => Ok(0),
        Some(text) => text.parse::<u16>().map_err(|_| HandshakeError::Port(variable, text)),
    };
    let (min, max) = (port("PLUGIN_MIN_PORT", min)?, port("PLUGIN_MAX_PORT", max)?);
    if min > max { Err(HandshakeError::PortRange(min, max)) } else { Ok(min..=max) }
}

fn versions(list: &str) -> Vec<u32> {
    list.split(',').filter_map(|version| version.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the environment made of the cookie and `variables`.
    fn read(variables: &[(&str, &str)]) -> Result<HostEnvironment, HandshakeError> {
        HostEnvironment::read(|name| {
            let mut all = [COOKIE].into_iter().chain(variables.iter().copied());
            all.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
        })
    }

    #[test]
    fn without_the_cookie_nothing_else_is_read() {
        assert_eq!(HostEnvironment::read(|_| None), Err(HandshakeError::NoCookie));
        assert_eq!(HostEnvironment::read(|_| Some("1".to_owned())), Err(HandshakeError::NoCookie));
    }

    #[test]
    fn empty_variables_count_as_unset() {
        let names =
            ["PLUGIN_CLIENT_CERT", "PLUGIN_UNIX_SOCKET_DIR", "PLUGIN_MIN_PORT", "PLUGIN_MULTIPLEX_GRPC"];
        assert_eq!(read(&names.map(|name| (name, ""))), read(&[]));
    }

    #[test]
    fn variables_that_cannot_be_read_are_errors() {
        let cases: &[(&[(&str, &str)], HandshakeError)] = &[
            (&[("PLUGIN_MIN_PORT", "x")], HandshakeError::Port("PLUGIN_MIN_PORT", "x".to_owned())),
            (&[("PLUGIN_MAX_PORT", "65536")], HandshakeError::Port("PLUGIN_MAX_PORT", "65536".to_owned())),
            (&[("PLUGIN_MIN_PORT", "9"), ("PLUGIN_MAX_PORT", "8")], HandshakeError::PortRange(9, 8)),
        ];
        for (variables, expected) in cases {
            assert_eq!(read(variables).as_ref(), Err(expected));
        }
        let certificate = read(&[("PLUGIN_CLIENT_CERT", "not PEM")]);
        assert!(matches!(certificate, Err(HandshakeError::ClientCertificate(_))), "{certificate:?}");
    }

    #[test]
    fn versions_are_a_list_in_any_order() {
        for (list, ours) in [("5,6", true), ("6, 5", true), ("5", false), ("", true), ("16", false)] {
            let host = read(&[("PLUGIN_PROTOCOL_VERSIONS", list)]).unwrap();
            assert_eq!(host.speaks_our_version(), ours, "{list}");
        }
    }

    #[test]
    fn the_line_has_six_fields_and_a_seventh_on_request() {
        let address = Address::Unix("/tmp/p/s".to_owned());
        let certificate = CertificateDer::from(vec![0xfb, 0xff]);
        let cases = [
            (None, false, "1|6|unix|/tmp/p/s|grpc|\n"),
            (Some(&certificate), false, "1|6|unix|/tmp/p/s|grpc|+/8\n"),
            (Some(&certificate), true, "1|6|unix|/tmp/p/s|grpc|+/8|false\n"),
        ];
        for (certificate, multiplex, expected) in cases {
            assert_eq!(line(&address, certificate, multiplex), expected);
        }
        let tcp = Address::Tcp(([127, 0, 0, 1], 10_000).into());
        assert_eq!(line(&tcp, None, false), "1|6|tcp|127.0.0.1:10000|grpc|\n");
    }
}
