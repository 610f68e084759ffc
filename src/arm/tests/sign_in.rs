//! What each way of signing in sends, what it makes of the answers, and what it says when it fails.
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tokio::time::Instant;
use url::form_urlencoded;

use crate::arm::testing::{SUBSCRIPTION, Script, Step, answer, call, refusal, settings, token};
use crate::arm::transport::{Fault, Wire};
use crate::arm::{Credentials, Error, ErrorKind, Host, Request, Secret, Settings};

/// Sends one request with these credentials, and answers its token requests with `steps`. Returns the token requests.
async fn sign_in(credentials: Credentials, host: Host, steps: Vec<Step>) -> (Result<(), Error>, Vec<Wire>) {
    let script = Script::of([answer(200, &json!({}))]).with_tokens(steps);
    let client = script.client_with(Settings { credentials, host, ..settings() });
    let found = client.send(Request::get(SUBSCRIPTION, "2022-12-01"), &call(300)).await.map(drop);
    (found, script.tokens_sent())
}

fn app() -> Credentials {
    let text = |value: &str| Some(value.to_owned());
    Credentials { tenant_id: text("tenant"), client_id: text("client"), ..Credentials::default() }
}

fn host() -> Host {
    settings().host
}

fn form(wire: &Wire) -> Vec<(String, String)> {
    form_urlencoded::parse(wire.body.as_deref().unwrap()).into_owned().collect()
}

fn field(wire: &Wire, name: &str) -> String {
    form(wire).into_iter().find(|(known, _)| known == name).map(|(_, value)| value).unwrap_or_default()
}

const TOKEN_URL: &str = "https://login.test/tenant/oauth2/v2.0/token";

fn check_assertion(wire: &Wire, assertion: &str) {
    assert_eq!((wire.method.as_str(), wire.url.as_str()), ("POST", TOKEN_URL));
    assert_eq!(wire.headers["content-type"], "application/x-www-form-urlencoded");
    let expected = [
        ("grant_type", "client_credentials"),
        ("client_id", "client"),
        ("scope", "https://arm.test/.default"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ];
    assert_eq!(form(wire), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test(start_paused = true)]
async fn client_secret() {
    let credentials = Credentials { client_secret: Some(Secret::new("s3c&ret")), ..app() };
    let (found, sent) = sign_in(credentials, host(), vec![]).await;
    found.unwrap();
    assert_eq!((sent[0].method.as_str(), sent[0].url.as_str()), ("POST", TOKEN_URL));
    let expected = [
        ("grant_type", "client_credentials"),
        ("client_id", "client"),
        ("scope", "https://arm.test/.default"),
        ("client_secret", "s3c&ret"),
    ];
    assert_eq!(form(&sent[0]), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test(start_paused = true)]
async fn oidc_tokens_given_and_from_a_file() {
    let credentials = Credentials { use_oidc: true, oidc_token: Some(Secret::new("a.b.c")), ..app() };
    let (found, sent) = sign_in(credentials, host(), vec![]).await;
    found.unwrap();
    check_assertion(&sent[0], "a.b.c");

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token");
    std::fs::write(&path, "d.e.f\n").unwrap();
    let text = path.to_str().map(str::to_owned);
    let credentials = Credentials { use_oidc: true, oidc_token_file_path: text.clone(), ..app() };
    let (found, sent) = sign_in(credentials, host(), vec![]).await;
    found.unwrap();
    check_assertion(&sent[0], "d.e.f");

    let credentials = Credentials { use_aks_workload_identity: true, ..app() };
    let (found, sent) = sign_in(credentials, Host { federated_token_file: text, ..host() }, vec![]).await;
    found.unwrap();
    check_assertion(&sent[0], "d.e.f");

    let missing = Some("/does/not/exist".to_owned());
    let credentials = Credentials { use_oidc: true, oidc_token_file_path: missing, ..app() };
    let error = sign_in(credentials, host(), vec![]).await.0.unwrap_err();
    assert!(error.message().starts_with("the OIDC token file /does/not/exist cannot be read: "), "{error}");
}

#[tokio::test(start_paused = true)]
async fn oidc_tokens_asked_for() {
    let credentials = Credentials {
        use_oidc: true,
        oidc_request_url: Some("https://github.test/token?run=1".to_owned()),
        oidc_request_token: Some(Secret::new("bearer")),
        ..app()
    };
    let steps = vec![answer(200, &json!({"count": 1, "value": "g.h.i"}))];
    let (found, sent) = sign_in(credentials.clone(), host(), steps).await;
    found.unwrap();
    let expected = "https://github.test/token?run=1&audience=api%3A%2F%2FAzureADTokenExchange";
    assert_eq!((sent[0].method.as_str(), sent[0].url.as_str()), ("GET", expected));
    assert_eq!(sent[0].headers["authorization"], "Bearer bearer");
    check_assertion(&sent[1], "g.h.i");

    let pipelines =
        Credentials { ado_pipeline_service_connection_id: Some("k".to_owned()), ..credentials.clone() };
    let (found, sent) = sign_in(pipelines, host(), vec![answer(200, &json!({"oidcToken": "j.k.l"}))]).await;
    found.unwrap();
    let expected = "https://github.test/token?run=1&api-version=7.1&serviceConnectionId=k";
    assert_eq!((sent[0].method.as_str(), sent[0].url.as_str()), ("POST", expected));
    check_assertion(&sent[1], "j.k.l");

    let steps = vec![refusal(403, "Forbidden", "no id-token permission")];
    let error = sign_in(credentials.clone(), host(), steps).await.0.unwrap_err();
    assert_eq!(
        error.message(),
        "no token from the OIDC token request (oidc_request_url): no id-token permission"
    );

    let plain = Credentials { oidc_request_url: Some("http://github.test/token".to_owned()), ..credentials };
    let error = sign_in(plain, host(), vec![]).await.0.unwrap_err();
    assert!(error.message().contains("is plain http"), "{error}");
}

#[tokio::test]
async fn client_certificate() {
    for (file, name) in
        [(&include_bytes!("data/modern.pfx")[..], "modern"), (include_bytes!("data/legacy.pfx"), "legacy")]
    {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("client.pfx");
        std::fs::write(&path, file).unwrap();
        let credentials = Credentials {
            client_certificate_path: path.to_str().map(str::to_owned),
            client_certificate_password: Some(Secret::new("test")),
            ..app()
        };
        let (found, sent) = sign_in(credentials.clone(), host(), vec![]).await;
        found.unwrap_or_else(|error| panic!("{name}: {error}"));
        check_jwt(&field(&sent[0], "client_assertion"));

        let wrong = Credentials { client_certificate_password: Some(Secret::new("wrong")), ..credentials };
        let error = sign_in(wrong, host(), vec![]).await.0.unwrap_err();
        assert!(error.message().contains("is client_certificate_password right?"), "{name}: {error}");
        assert!(!format!("{error:?}").contains("wrong"), "{error:?}");
    }
}

fn check_jwt(assertion: &str) {
    let parts: Vec<&str> = assertion.split('.').collect();
    let json = |part: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let (header, claims) = (json(parts[0]), json(parts[1]));
    assert_eq!(
        (&header["alg"], &header["typ"], &header["x5t"]),
        (&json!("RS256"), &json!("JWT"), &json!(THUMBPRINT))
    );
    let noon = 1_795_435_200;
    assert_eq!(
        (&claims["aud"], &claims["iss"], &claims["sub"], &claims["nbf"], &claims["exp"]),
        (&json!(TOKEN_URL), &json!("client"), &json!("client"), &json!(noon), &json!(noon + 600))
    );
    let certificate = STANDARD.decode(header["x5c"][0].as_str().unwrap()).unwrap();
    let public_key = public_key_of(&certificate);
    let signed = format!("{}.{}", parts[0], parts[1]);
    let signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_key)
        .verify(signed.as_bytes(), &signature)
        .unwrap();
}

/// The PKCS#1 public key of 2048 bits in a certificate: a sequence of 270 bytes inside a bit string.
fn public_key_of(certificate: &[u8]) -> &[u8] {
    let start = certificate.windows(5).position(|at| at == [0x00, 0x30, 0x82, 0x01, 0x0a]).unwrap() + 1;
    &certificate[start..start + 270]
}

#[tokio::test(start_paused = true)]
async fn a_certificate_file_that_is_none() {
    let directory = tempfile::tempdir().unwrap();
    for (content, problem) in
        [("-----BEGIN CERTIFICATE-----", "is PEM, and PKCS#12 is needed"), ("junk", "cannot be opened")]
    {
        let path = directory.path().join("client.pfx");
        std::fs::write(&path, content).unwrap();
        let credentials = Credentials { client_certificate_path: path.to_str().map(str::to_owned), ..app() };
        let error = sign_in(credentials, host(), vec![]).await.0.unwrap_err();
        assert!(error.message().contains(problem), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn managed_identity() {
    let machine = Credentials { use_msi: true, client_id: Some("mine".to_owned()), ..Credentials::default() };
    let query = "resource=https%3A%2F%2Farm.test&client_id=mine";
    // The metadata service is busy twice; its numbers are texts.
    let gone = || refusal(410, "Gone", "upgrading");
    let steps = vec![gone(), gone(), answer(200, &json!({"access_token": "t", "expires_in": "3599"}))];
    let (found, sent) = sign_in(machine.clone(), host(), steps).await;
    found.unwrap();
    let expected =
        format!("http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&{query}");
    assert_eq!((sent[2].method.as_str(), sent[2].url.as_str()), ("GET", expected.as_str()));
    assert_eq!(sent[2].headers["metadata"], "true");

    let given =
        Credentials { msi_endpoint: Some("http://127.0.0.1:50342/token".to_owned()), ..machine.clone() };
    let (found, sent) = sign_in(given, host(), vec![]).await;
    found.unwrap();
    assert_eq!(sent[0].url.as_str(), format!("http://127.0.0.1:50342/token?api-version=2018-02-01&{query}"));

    let app_service = Host {
        identity_endpoint: Some("http://127.0.0.1:41741/msi".to_owned()),
        identity_header: Some(Secret::new("header")),
        ..host()
    };
    let noon = 1_795_435_200;
    let steps = vec![answer(200, &json!({"access_token": "t", "expires_on": (noon + 3600).to_string()}))];
    let (found, sent) = sign_in(machine.clone(), app_service, steps).await;
    found.unwrap();
    assert_eq!(sent[0].url.as_str(), format!("http://127.0.0.1:41741/msi?api-version=2019-08-01&{query}"));
    assert_eq!(sent[0].headers["x-identity-header"], "header");

    let steps =
        vec![answer(400, &json!({"error": "invalid_request", "error_description": "Identity not found"}))];
    let error = sign_in(machine, host(), steps).await.0.unwrap_err();
    assert_eq!(error.message(), "no token from the managed identity: Identity not found");
}

#[cfg(unix)]
#[tokio::test]
async fn azure_cli() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let az = directory.path().join("az");
    let log = directory.path().join("log");
    let install = |script: &str| {
        std::fs::write(&az, format!("#!/bin/sh\necho \"$@\" >> {}\n{script}\n", log.display())).unwrap();
        std::fs::set_permissions(&az, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    let with_az = Host { search_path: Some(directory.path().into()), ..host() };
    let credentials =
        Credentials { use_cli: true, tenant_id: Some("t".to_owned()), ..Credentials::default() };

    install(r#"echo '{"accessToken":"cli-token","expires_on":1795438800,"tokenType":"Bearer"}'"#);
    sign_in(credentials.clone(), with_az.clone(), vec![]).await.0.unwrap();
    let arguments = "account get-access-token --output json --scope https://arm.test/.default --tenant t\n";
    assert_eq!(std::fs::read_to_string(&log).unwrap(), arguments);

    install("echo 'ERROR: Please run az login to setup account.' >&2; exit 1");
    let error = sign_in(credentials.clone(), with_az.clone(), vec![]).await.0.unwrap_err();
    assert!(
        error.message().starts_with(
            "no way to sign in worked. The Azure CLI gave no token (exit status: 1): Please run az login to setup \
             account. Not configured: client certificate: client_certificate_path is not set; client secret: "
        ),
        "{error}"
    );

    install("echo not-json-but-perhaps-a-token");
    let error = sign_in(credentials.clone(), with_az, vec![]).await.0.unwrap_err();
    assert!(
        error.message().contains("something other than a token") && !error.message().contains("perhaps"),
        "{error}"
    );

    let empty = tempfile::tempdir().unwrap();
    let without_az = Host { search_path: Some(empty.path().into()), ..host() };
    let error = sign_in(credentials, without_az, vec![]).await.0.unwrap_err();
    assert!(error.message().contains("(az) is not on the PATH"), "{error}");
    assert_eq!(*error.kind(), ErrorKind::Credentials);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_names_the_way_and_keeps_entra_s_words() {
    let body = json!({
        "error": "invalid_client",
        "error_description": "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: x",
    });
    let credentials = Credentials { client_secret: Some(Secret::new("s3cret")), ..app() };
    let error = sign_in(credentials.clone(), host(), vec![answer(401, &body)]).await.0.unwrap_err();
    assert_eq!(
        (error.kind(), error.code(), error.status()),
        (&ErrorKind::Credentials, Some("invalid_client"), Some(401))
    );
    assert_eq!(
        error.message(),
        "no token from the client secret: AADSTS7000215: Invalid client secret provided."
    );
    assert!(error.act().starts_with("GET /subscriptions/"));

    let error = sign_in(credentials.clone(), host(), vec![answer(200, &json!({}))]).await.0.unwrap_err();
    assert!(error.message().contains("has no access_token"), "{error}");

    // A token endpoint that is down for a moment is asked again.
    let dropped = Step::Fault(Fault::Dropped("reset".to_owned()));
    let steps = vec![refusal(503, "x", "y"), dropped, Step::Answer(token("t", 3600))];
    let (found, sent) = sign_in(credentials, host(), steps).await;
    found.unwrap();
    assert_eq!(sent.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn one_token_request_serves_all_who_wait() {
    let script = Script::of(vec![answer(200, &json!({})); 50]);
    let client = Arc::new(script.client());
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let client = Arc::clone(&client);
            tokio::spawn(async move { client.send(Request::get(SUBSCRIPTION, "1"), &call(60)).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!((script.tokens_sent().len(), script.sent().len()), (1, 50));
}

#[tokio::test(start_paused = true)]
async fn one_refusal_serves_all_who_wait_and_the_next_asks_again() {
    let refused =
        crate::arm::testing::reply(401, &[], &json!({"error": "invalid_client", "error_description": "no"}));
    let steps = vec![Step::Slow(Duration::from_secs(1), refused.clone()), Step::Answer(refused)];
    let script = Script::default().with_tokens(steps);
    let client = script.client();
    let call = call(60);
    let send = || client.send(Request::get(SUBSCRIPTION, "1"), &call);
    let (a, b, c) = tokio::join!(send(), send(), send());
    assert!(
        [a, b, c]
            .iter()
            .all(|found| found.as_ref().is_err_and(|error| *error.kind() == ErrorKind::Credentials))
    );
    assert_eq!(script.tokens_sent().len(), 1);
    assert!(send().await.is_err());
    assert_eq!(script.tokens_sent().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_before_it_expires() {
    let script = Script::of(vec![answer(200, &json!({})); 3])
        .with_tokens([Step::Answer(token("a", 3600)), Step::Answer(token("b", 3600))]);
    let client = script.client();
    let started = Instant::now();
    for at in [0, 3_299, 3_300] {
        tokio::time::sleep_until(started + Duration::from_secs(at)).await;
        client.send(Request::get(SUBSCRIPTION, "1"), &call(60)).await.unwrap();
    }
    let sent: Vec<_> = script.sent().iter().map(|wire| wire.headers["authorization"].clone()).collect();
    assert_eq!(sent, ["Bearer a", "Bearer a", "Bearer b"]);
}

#[tokio::test(start_paused = true)]
async fn auxiliary_tenants_have_tokens_of_their_own() {
    let script = Script::of([answer(200, &json!({}))]);
    let mut settings = settings();
    settings.credentials.auxiliary_tenant_ids = vec!["other".to_owned(), "third".to_owned()];
    script.client_with(settings).send(Request::get(SUBSCRIPTION, "1"), &call(60)).await.unwrap();
    let wire = &script.sent()[0];
    assert_eq!(wire.headers["authorization"], "Bearer token-1");
    assert_eq!(wire.headers["x-ms-authorization-auxiliary"], "Bearer token-2, Bearer token-3");
    let urls: Vec<String> = script.tokens_sent().iter().map(|wire| wire.url.path().to_owned()).collect();
    assert_eq!(urls, ["tenant", "other", "third"].map(|tenant| format!("/{tenant}/oauth2/v2.0/token")));
}

#[test]
fn nothing_secret_is_shown() {
    let credentials = Credentials {
        client_secret: Some(Secret::new("hidden-1")),
        client_certificate_password: Some(Secret::new("hidden-2")),
        oidc_token: Some(Secret::new("hidden-3")),
        oidc_request_token: Some(Secret::new("hidden-4")),
        ..app()
    };
    let settings = Settings { credentials, ..settings() };
    let client = Script::default().client_with(settings.clone());
    let shown = format!("{settings:?} {client:?}");
    assert!(!shown.contains("hidden") && shown.contains("***"), "{shown}");
}

/// SHA-1 of the certificate in both files, as `openssl x509 -fingerprint` gives it.
const THUMBPRINT: &str = "7G9S91qw8PlnZvHjaCVBu0wXwkw";
