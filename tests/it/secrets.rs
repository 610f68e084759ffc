//! What is written down at the most talkative level: every request, and nowhere a secret.

use crate::harness::{Scene, terraform};
use crate::shared::process::{Failure, Output};
use crate::sign_in::ASSERTION;
use arm_emulator::{Disconnect, Fault, LoggedRequest, Options};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// A secret that Azure does not take.
const WRONG_SECRET: &str = "mistyped-client-secret";

const CONFIGURATION: &str = r#"
resource "defender_plan" "this" {
  name = "KeyVaults"
}
"#;

/// Terraform's own log, below the workspace.
const LOG: &str = "trace.log";

#[test]
fn no_secret_is_written_anywhere_and_every_request_is() -> Result<(), Failure> {
    // Plain http, so that the test can ask for a token without a TLS client of its own.
    let azure = Options { http: true, ..Options::default() };
    let mut scene = Scene::with(terraform()?, azure, CONFIGURATION)?;
    scene.workspace.set("TF_LOG", "trace");
    scene.workspace.set("TF_LOG_PATH", scene.workspace.path().join(LOG));
    let said = talk(&mut scene)?;
    assert_requests_are_logged(&scene)?;
    let ready = scene.azure.ready();
    let secret = ready.client_secret.clone();
    let mut secrets = vec![secret, WRONG_SECRET.to_owned()];
    secrets.extend(distinct_parts(ASSERTION));
    secrets.extend(distinct_parts(&token(&ready.resource_manager)?));
    for (place, text) in &said {
        let found: Vec<_> = secrets.iter().filter(|secret| text.contains(secret.as_str())).collect();
        assert!(found.is_empty(), "{place} shows {found:?}:\n{text}");
    }
    Ok(())
}

/// Runs all kinds of commands, in which requests succeed, are refused and break off; returns everything that was
/// said or written, by place.
fn talk(scene: &mut Scene) -> Result<Vec<(String, String)>, Failure> {
    let put = || Fault { method: Some("PUT".to_owned()), ..Fault::default() };
    scene.azure.add_fault(Fault { status: Some(401), ..put() });
    scene.azure.add_fault(Fault { drop: Some(Disconnect::After), ..put() });
    let workspace = &mut scene.workspace;
    let mut outputs = vec![
        workspace.run(["plan", "-input=false", "-out=planned"])?.require(0)?,
        workspace.run(["show", "-json", "planned"])?.require(0)?,
        workspace.run(["apply", "-input=false", "planned"])?.require(0)?,
        workspace.plan()?.require(0)?,
    ];
    workspace.set("ARM_CLIENT_SECRET", WRONG_SECRET);
    outputs.push(workspace.plan()?.require(1)?.require_text("AADSTS7000215")?);
    workspace.set("ARM_CLIENT_SECRET", "");
    workspace.set("ARM_USE_OIDC", "true");
    workspace.set("ARM_OIDC_TOKEN", ASSERTION);
    outputs.push(workspace.destroy()?.require(0)?);
    let mut said = Vec::new();
    for Output { command, stdout, stderr, .. } in outputs {
        said.extend([(format!("stdout of {command}"), stdout), (format!("stderr of {command}"), stderr)]);
    }
    for file in fs::read_dir(workspace.path()).map_err(Failure::of("list the workspace"))?.flatten() {
        let bytes = fs::read(file.path()).unwrap_or_default();
        said.push((file.path().display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    Ok(said)
}

/// Each request that the emulator has seen stands in the log, with everything that its reader asks for; and all
/// that the provider wrote was understood, for Terraform would show other lines without their module.
fn assert_requests_are_logged(scene: &Scene) -> Result<(), Failure> {
    let log = fs::read_to_string(scene.workspace.path().join(LOG)).map_err(Failure::of("read the log"))?;
    let own = |line: &&str| line.contains(" provider.terraform-provider-defender: ");
    let mut lines: Vec<&str> = log.lines().filter(own).collect();
    assert_eq!(lines.iter().find(|line| !line.contains("@module=")), None, "Terraform did not understand it");
    for complaint in ["unexpected data", "plugin failed to exit gracefully"] {
        assert!(!log.contains(complaint), "Terraform's log says {complaint:?}");
    }
    let requests = scene.azure.requests();
    assert_eq!(requests.iter().filter(|request| request.status == 0).count(), 1, "{requests:?}");
    for request in &requests {
        let facts = facts(request);
        let found = lines.iter().position(|line| facts.iter().all(|fact| line.contains(fact)));
        let found = found.unwrap_or_else(|| panic!("no line has {facts:?} in\n{}", lines.join("\n")));
        lines.remove(found);
    }
    Ok(())
}

/// What a line says of a request. Token requests have no id, nor has a request that was not answered.
fn facts(request: &LoggedRequest) -> Vec<String> {
    let LoggedRequest { method, path, status, .. } = request;
    let mut facts = vec![format!("method={method}"), "duration_ms=".to_owned(), "tries=".to_owned()];
    facts.push(if *status == 0 { ": request failed:".to_owned() } else { format!("status={status}") });
    if path.contains("/oauth2/") {
        facts.push(format!("target=localhost{path}"));
    } else {
        facts.push(format!("target={path}"));
        facts.extend((*status == 200).then(|| "request_id=".to_owned()));
    }
    facts
}

/// The parts of a token that are the same in every token of its issuer, or say who it is for.
fn distinct_parts(token: &str) -> Vec<String> {
    let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    assert_eq!(parts.len(), 3, "{token} has three parts");
    assert!(parts.iter().all(|part| part.len() > 12), "no part is found by chance");
    parts
}

/// A token of the emulator, as a machine gets it.
fn token(address: &str) -> Result<String, Failure> {
    let host = address.trim_start_matches("http://");
    let path = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://example.test";
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nMetadata: true\r\nConnection: close\r\n\r\n");
    let ask = || {
        let mut stream = TcpStream::connect(host)?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        std::io::Result::Ok(answer)
    };
    let answer = ask().map_err(Failure::of("get a token"))?;
    let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
    let body: serde_json::Value = serde_json::from_str(body).map_err(Failure::of("read the token"))?;
    let token = body["access_token"].as_str();
    token.map(str::to_owned).ok_or_else(|| Failure::new(format!("there is no token in {body}")))
}
