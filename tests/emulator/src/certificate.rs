//! A certificate authority made at the start, and the server's certificate from it.
//!
//! Clients trust it through `SSL_CERT_FILE`; its key never leaves the process.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;

use crate::Error;

/// What the listener and the clients need.
#[derive(Debug)]
pub(crate) struct Certificates {
    /// The authority's certificate, for clients.
    pub(crate) authority_pem: String,
    /// The server's side, with the certificate for `localhost` and the loopback addresses.
    pub(crate) server: Arc<ServerConfig>,
}

/// Makes an authority and a server certificate.
///
/// # Errors
/// When the keys cannot be made or the TLS library refuses them.
pub(crate) fn make() -> Result<Certificates, Error> {
    let refused = |error: rcgen::Error| Error::new("make the certificates", error);

    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "arm-emulator certificate authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority =
        CertifiedIssuer::self_signed(authority, KeyPair::generate().map_err(refused)?).map_err(refused)?;

    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut server = CertificateParams::new(names).map_err(refused)?;
    server.distinguished_name.push(DnType::CommonName, "localhost");
    server.extended_key_usages.push(rcgen::ExtendedKeyUsagePurpose::ServerAuth);
    // rustls' platform verifiers on some systems want the authority's key identifier in the leaf.
    server.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate().map_err(refused)?;
    let leaf = server.signed_by(&key, &authority).map_err(refused)?;

    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new("choose the TLS versions", error))?
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .map_err(|error| Error::new("use the server's certificate", error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Certificates { authority_pem: authority.pem(), server: Arc::new(config) })
}
