//! Client assertions signed with a certificate's key: a PKCS#12 file in, a JWT out.
//! <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>
use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use serde_json::json;
use url::Url;

use crate::arm::Secret;
use crate::arm::correlation::new_id;
use crate::arm::error::{Error, ErrorKind};

/// An assertion is used at once; Entra ID recommends five to ten minutes.
const LIFE_SECONDS: i64 = 600;

/// Signs an assertion for `client_id` to `token_url` with the key in the file at `path`. `now`: seconds since 1970.
pub(super) async fn assertion(
    path: &str,
    password: Option<&Secret>,
    client_id: &str,
    token_url: &Url,
    now: i64,
) -> Result<Secret, Error> {
    let file =
        tokio::fs::read(path).await.map_err(|error| refused(path, &format!("cannot be read: {error}")))?;
    let password = password.cloned();
    // Opening the file derives a key from the password by many thousand rounds of hashing.
    let opened = tokio::task::spawn_blocking(move || open(&file, password.as_ref()));
    let opened = opened.await.unwrap_or_else(|_| Err("reading it failed".to_owned()));
    let signer = opened.map_err(|problem| refused(path, &problem))?;
    signer.sign(client_id, token_url, now).map_err(|problem| refused(path, &problem))
}

/// A certificate chain, leaf first, and the leaf's key.
struct Signer {
    key: RsaKeyPair,
    chain: Vec<Vec<u8>>,
}

fn open(file: &[u8], password: Option<&Secret>) -> Result<Signer, String> {
    if file.starts_with(b"-----BEGIN") {
        return Err("is PEM, and PKCS#12 is needed: convert it with `openssl pkcs12 -export`".to_owned());
    }
    let password = password.map(Secret::expose).unwrap_or_default();
    let store = KeyStore::from_pkcs12(file, password, Pkcs12ImportPolicy::Relaxed)
        .map_err(|error| format!("cannot be opened: {error} (is client_certificate_password right?)"))?;
    let (_, entry) = store.private_key_chain().ok_or("holds no private key with its certificate")?;
    let key = RsaKeyPair::from_pkcs8(entry.key().as_der())
        .map_err(|_| "holds a key that is not RSA of 2048 bits or more")?;
    let chain: Vec<Vec<u8>> = entry.certs().iter().map(|certificate| certificate.as_der().to_vec()).collect();
    if chain.is_empty() { Err("holds no certificate".to_owned()) } else { Ok(Signer { key, chain }) }
}

impl Signer {
    fn sign(&self, client_id: &str, token_url: &Url, now: i64) -> Result<Secret, String> {
        let thumbprint = |algorithm| URL_SAFE_NO_PAD.encode(digest::digest(algorithm, &self.chain[0]));
        let header = json!({
            "alg": "RS256",
            "typ": "JWT",
            "x5t": thumbprint(&digest::SHA1_FOR_LEGACY_USE_ONLY),
            "x5t#S256": thumbprint(&digest::SHA256),
            // The chain lets the application trust a subject name and issuer instead of one certificate.
            "x5c": self.chain.iter().map(|der| STANDARD.encode(der)).collect::<Vec<_>>(),
        });
        let claims = json!({
            "aud": token_url.as_str(),
            "iss": client_id,
            "sub": client_id,
            "jti": new_id(),
            "nbf": now,
            "iat": now,
            "exp": now + LIFE_SECONDS,
        });
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| "holds a key that cannot sign".to_owned())?;
        Ok(Secret::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }
}

fn refused(path: &str, problem: &str) -> Error {
    Error::new(ErrorKind::Credentials, format!("the client certificate {path} {problem}"))
}
