//! AutoMTLS: host and plugin each make a certificate for this one process and accept only the other's.
//!
//! The host's certificate is its own issuer and says so (`CA:TRUE`), which path validation refuses in an end
//! entity; so the certificate is compared byte for byte instead, which is also what the protocol means: one
//! client, one certificate. <https://github.com/hashicorp/go-plugin/blob/v1.6.0/mtls.go>
//!
//! This module must not know where connections come from. Start at [`server_config`].

use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, PeerMisbehaved, ServerConfig,
    SignatureScheme,
};
use time::OffsetDateTime;

/// How far the certificate reaches back, for a host whose clock is a little behind.
const BACKDATE: Duration = Duration::from_secs(30);

/// How long the certificate holds: longer than any process, as go-plugin's own thirty years.
const LIFETIME: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// Makes this process's certificate and the TLS rules that accept `client` alone.
///
/// TLS 1.3 only, ALPN `h2` (grpc-go refuses a server without it since 1.67), no session tickets: a resumed
/// session would not show its certificate.
///
/// # Errors
/// The key or the certificate cannot be made; in practice only if the system gives no random numbers.
pub(crate) fn server_config(
    client: CertificateDer<'static>,
    now: OffsetDateTime,
) -> Result<(CertificateDer<'static>, ServerConfig), Box<dyn std::error::Error + Send + Sync>> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let certificate = server_certificate(&key, now)?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Arc::new(PinnedClient { certificate: client, provider: Arc::clone(&provider) });
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate.clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    Ok((certificate, config))
}

/// A self-signed P-256 certificate for `localhost`, the name by which every host calls its plugins.
fn server_certificate(key: &KeyPair, now: OffsetDateTime) -> Result<CertificateDer<'static>, rcgen::Error> {
    let mut parameters = CertificateParams::new(["localhost".to_owned()])?;
    parameters.not_before = now - BACKDATE;
    parameters.not_after = now + LIFETIME;
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(parameters.self_signed(key)?.der().clone())
}

/// Accepts one certificate, byte for byte, from whoever proves to hold its key.
#[derive(Debug)]
struct PinnedClient {
    certificate: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for PinnedClient {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if *end_entity == self.certificate {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
        }
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        // Unreachable while the configuration offers TLS 1.3 only; refusing is the safe answer.
        Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pinned_certificate_passes() {
        let pinned = CertificateDer::from(vec![1, 2, 3]);
        let verifier =
            PinnedClient { certificate: pinned.clone(), provider: Arc::new(aws_lc_rs::default_provider()) };
        for (presented, accepted) in
            [(vec![1, 2, 3], true), (vec![1, 2], false), (vec![1, 2, 3, 4], false), (vec![], false)]
        {
            let presented = CertificateDer::from(presented);
            let verdict =
                verifier.verify_client_cert(&presented, std::slice::from_ref(&pinned), UnixTime::now());
            assert_eq!(verdict.is_ok(), accepted, "{presented:?}");
        }
        assert!(verifier.client_auth_mandatory());
        assert!(verifier.supported_verify_schemes().contains(&SignatureScheme::ECDSA_NISTP521_SHA512));
    }
}
