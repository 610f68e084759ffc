//! Azure Pipelines.

use super::{Repository, assert_harmless, break_azure, set_hostile, turn, yaml};
use crate::shared::process::{Failure, Output};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Pipeline {
    jobs: Vec<Job>,
}

#[derive(Deserialize)]
struct Job {
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    task: Option<String>,
    bash: Option<String>,
    #[serde(default)]
    inputs: BTreeMap<String, Value>,
    #[serde(default)]
    env: BTreeMap<String, String>,
}

/// Clean, drift and error have exit codes of their own, and the findings are there to be published, in both modes.
#[test]
fn each_end_is_told_apart() -> Result<(), Failure> {
    for mode in ["plan", "refresh-only"] {
        let repository = Repository::new()?;
        let (code, said) = run(&repository, mode)?;
        assert_eq!(code, 0, "{said}");
        assert!(repository.file("drift-reports/drift.xml").contains("<testsuite"));

        turn(&repository, "Free");
        let (code, said) = run(&repository, mode)?;
        assert_eq!(code, 2, "{said}");
        assert!(repository.file("drift-reports/drift.xml").contains("<failure"), "{said}");
        assert!(
            said.contains("##vso[task.logissue type=error]Microsoft Defender for Cloud has drifted"),
            "{said}"
        );

        set_hostile(&repository);
        let (code, said) = run(&repository, mode)?;
        assert_eq!(code, 2, "{said}");
        let own = said.replace("##vso[task.setvariable variable=code]2", "");
        let own = own.replace("##vso[task.uploadsummary]", "").replace("##vso[task.logissue", "");
        assert_harmless(&own, "subplan");

        break_azure(&repository);
        let (code, said) = run(&repository, mode)?;
        assert_eq!(code, 1, "{said}");
        let said = said.replace("##vso[task.setvariable variable=code]1", "");
        assert_harmless(&said, "AuthorizationFailed");
    }
    Ok(())
}

/// Runs the steps until one fails, and returns how that ended and what was said.
fn run(repository: &Repository, mode: &str) -> Result<(i32, String), Failure> {
    let pipeline: Pipeline = yaml("azure-devops/defender-drift.yml")?;
    let [job] = pipeline.jobs.as_slice() else { return Err(Failure::new("one job is expected")) };
    repository.clean();
    let (mut said, mut code) = (String::new(), String::new());
    for step in &job.steps {
        let script = step.bash.as_deref().or_else(|| step.inputs.get("inlineScript")?.as_str());
        let Some(script) = script else {
            check_task(repository, step)?;
            continue;
        };
        let mut variables = own_variables(repository, step);
        for (name, value) in &step.env {
            variables.push((name.clone(), filled(repository, value, mode, &code)?));
        }
        let Output { code: ended, stdout, stderr, .. } = repository.step("bash", script, &variables)?;
        let set = "##vso[task.setvariable variable=code]";
        if let Some(value) = stdout.lines().find_map(|line| line.strip_prefix(set)) {
            value.clone_into(&mut code);
        }
        for summary in stdout.lines().filter_map(|line| line.strip_prefix("##vso[task.uploadsummary]")) {
            assert!(std::path::Path::new(summary).is_file(), "{summary}");
        }
        said.push_str(&stdout);
        said.push_str(&stderr);
        if ended != Some(0) {
            return Ok((ended.unwrap_or(-1), said));
        }
    }
    repository.assert_reported()?;
    Ok((0, said))
}

/// What tasks take is there.
fn check_task(repository: &Repository, step: &Step) -> Result<(), Failure> {
    let input = |name: &str| step.inputs.get(name).and_then(Value::as_str).unwrap_or_default();
    match step.task.as_deref() {
        None | Some("TerraformInstaller@1") => {}
        Some("PublishTestResults@2") => {
            assert!(!repository.file(input("testResultsFiles")).is_empty(), "{}", input("testResultsFiles"));
        }
        Some("PublishPipelineArtifact@1") => repository.assert_reported()?,
        Some(other) => return Err(Failure::new(format!("the task {other} is not known here"))),
    }
    Ok(())
}

/// What the agent sets, and the task that signs in besides.
/// <https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/azure-cli-v2>
fn own_variables(repository: &Repository, step: &Step) -> Vec<(String, String)> {
    let ready = repository.scene.azure.ready();
    let mut variables = Vec::new();
    if step.task.as_deref() == Some("AzureCLI@2") {
        variables.push(("SYSTEM_OIDCREQUESTURI", repository.tokens.clone()));
        variables.push(("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", "connection".to_owned()));
        if step.inputs.get("addSpnToEnvironment") == Some(&Value::Bool(true)) {
            variables.push(("servicePrincipalId", ready.client_id.clone()));
            variables.push(("tenantId", ready.tenant_id.clone()));
        }
    }
    variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The value of a variable: a macro, a parameter, or text.
fn filled(repository: &Repository, value: &str, mode: &str, code: &str) -> Result<String, Failure> {
    Ok(match value {
        "$(subscriptionId)" => repository.scene.azure.ready().subscriptions[0].clone(),
        "$(System.AccessToken)" => "of-the-job".to_owned(),
        "$(code)" => code.to_owned(),
        "${{ parameters.mode }}" => mode.to_owned(),
        text if text.contains('$') => return Err(Failure::new(format!("{text} is not known here"))),
        text => text.to_owned(),
    })
}
