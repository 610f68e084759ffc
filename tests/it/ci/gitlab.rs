//! GitLab.

use super::{Repository, assert_harmless, break_azure, turn, yaml};
use crate::shared::process::{Failure, Output};
use crate::sign_in::ASSERTION;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct File {
    #[serde(rename = "defender-drift")]
    job: Job,
}

#[derive(Deserialize)]
struct Job {
    rules: Vec<Rule>,
    id_tokens: BTreeMap<String, BTreeMap<String, String>>,
    variables: BTreeMap<String, String>,
    script: Vec<String>,
    artifacts: Artifacts,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(rename = "if")]
    condition: String,
    #[serde(default)]
    variables: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Artifacts {
    when: String,
    paths: Vec<String>,
    reports: BTreeMap<String, String>,
}

/// Clean, drift and error have exit codes of their own, on a schedule and under a merge request.
#[test]
fn each_end_is_told_apart() -> Result<(), Failure> {
    for (source, mode) in [("schedule", "plan"), ("merge_request_event", "refresh-only")] {
        let File { job } = yaml("gitlab/defender-drift.gitlab-ci.yml")?;
        assert_eq!(
            (job.artifacts.when.as_str(), job.artifacts.paths.as_slice()),
            ("always", &["drift-reports/".to_owned()][..])
        );
        let repository = Repository::new()?;
        assert_eq!(variables(&repository, &job, source)?["DRIFT_MODE"], mode);

        run(&repository, &job, source)?.require(0)?;
        repository.assert_reported()?;
        turn(&repository, "Free");
        run(&repository, &job, source)?.require(2)?.require_text("KeyVaults")?;
        repository.assert_reported()?;
        assert!(repository.file(&job.artifacts.reports["junit"]).contains("<failure"));

        break_azure(&repository);
        let broken = run(&repository, &job, source)?.require(1)?;
        assert_harmless(&format!("{}{}", broken.stdout, broken.stderr), "AuthorizationFailed");
    }
    Ok(())
}

/// What the job is told to do otherwise is done, or refused.
#[test]
fn the_script_takes_orders() -> Result<(), Failure> {
    let File { job } = yaml("gitlab/defender-drift.gitlab-ci.yml")?;
    let repository = Repository::new()?;
    turn(&repository, "Free");
    let with = |name: &str, value: &str| {
        let mut variables = variables(&repository, &job, "schedule")?;
        variables.insert(name.to_owned(), value.to_owned());
        let variables: Vec<_> = variables.into_iter().collect();
        repository.clean();
        repository.step("sh", &job.script.join("\n"), &variables)
    };
    with("DRIFT_MODE", "both")?
        .require(1)?
        .require_text("DRIFT_MODE is neither plan nor refresh-only: both")?;
    with("DRIFT_FAIL_ON", "never")?.require(0)?;
    with("DRIFT_FAIL_ON", "nothing")?.require(1)?.require_text("--fail-on")?;
    let accepted =
        "[[accept]]\npath = \"defender_plan.key_vault*\"\nexpires = \"2999-12-31\"\nreason = \"a test\"\n";
    repository.scene.workspace.write("drift-baseline.toml", accepted)?;
    with("DRIFT_MODE", "plan")?.require(0)?;
    with("DRIFT_BASELINE", "none.toml")?.require(2).map(drop)
}

fn run(repository: &Repository, job: &Job, source: &str) -> Result<Output, Failure> {
    repository.clean();
    let variables: Vec<_> = variables(repository, job, source)?.into_iter().collect();
    repository.step("sh", &job.script.join("\n"), &variables)
}

/// The job's variables, those of the first rule that holds, and tokens.
fn variables(repository: &Repository, job: &Job, source: &str) -> Result<BTreeMap<String, String>, Failure> {
    let ready = repository.scene.azure.ready();
    let condition = format!("$CI_PIPELINE_SOURCE == \"{source}\"");
    let rule = job.rules.iter().find(|rule| rule.condition == condition);
    let rule = rule.ok_or_else(|| Failure::new(format!("no rule for {source}")))?;
    let mut variables: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in job.variables.iter().chain(&rule.variables) {
        let value = match value.as_str() {
            "$DRIFT_CLIENT_ID" => ready.client_id.clone(),
            "$DRIFT_TENANT_ID" => ready.tenant_id.clone(),
            "$DRIFT_SUBSCRIPTION_ID" => ready.subscriptions[0].clone(),
            text if text.contains('$') => return Err(Failure::new(format!("{text} is not known here"))),
            text => text.to_owned(),
        };
        variables.insert(name.clone(), value);
    }
    for (name, token) in &job.id_tokens {
        assert_eq!(token["aud"], "api://AzureADTokenExchange", "what Entra takes");
        variables.insert(name.clone(), ASSERTION.to_owned());
    }
    Ok(variables)
}
