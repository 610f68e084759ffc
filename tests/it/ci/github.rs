//! GitHub Actions.

use super::{Repository, assert_harmless, break_azure, set_hostile, turn, yaml};
use crate::shared::process::{Failure, Output};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Workflow {
    permissions: BTreeMap<String, String>,
    concurrency: Value,
    jobs: BTreeMap<String, Job>,
}

#[derive(Deserialize)]
struct Job {
    #[serde(rename = "if")]
    condition: Option<String>,
    permissions: BTreeMap<String, String>,
    #[serde(default)]
    outputs: BTreeMap<String, String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    #[serde(rename = "if")]
    condition: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    run: Option<String>,
}

/// Why the workflow runs.
#[derive(Clone, Copy, PartialEq)]
enum Event {
    Schedule,
    PullRequest,
}

/// A run of the workflow: how each job has ended, and what was said; nothing of a job that did not run.
struct Run {
    look: (i32, String),
    tell: Option<i32>,
    summary: String,
}

/// What the runner knows.
struct Runner<'a> {
    repository: &'a Repository,
    event: Event,
    code: String,
}

#[test]
fn each_job_may_do_what_it_must_and_no_more() -> Result<(), Failure> {
    let workflow: Workflow = yaml("github/defender-drift.yml")?;
    assert!(workflow.permissions.is_empty(), "nothing by default");
    assert_eq!(workflow.concurrency["cancel-in-progress"], false);
    let of = |job: &str| {
        let permissions = workflow.jobs[job].permissions.iter();
        permissions.map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(of("look"), "contents: read, id-token: write");
    assert_eq!(of("tell"), "contents: read, issues: write, pull-requests: write, security-events: write");
    assert_eq!(workflow.jobs["look"].outputs["code"], "${{ steps.drift.outputs.code }}");
    Ok(())
}

/// The story of one issue.
#[test]
fn one_issue_opens_and_closes_by_itself() -> Result<(), Failure> {
    let repository = Repository::new()?;
    let list = "issue list --state open --label defender-drift --limit 1 --json number --jq .[].number";

    let clean = run(&repository, Event::Schedule)?;
    assert_eq!((clean.look.0, clean.tell), (0, Some(0)), "{}", clean.look.1);
    assert_eq!(repository.asked_of_gh(), [list]);
    assert!(clean.summary.contains("No drift"), "{}", clean.summary);

    turn(&repository, "Free");
    let drifted = run(&repository, Event::Schedule)?;
    assert_eq!((drifted.look.0, drifted.tell), (0, Some(2)), "{}", drifted.look.1);
    let asked = repository.asked_of_gh();
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert!(asked[1].starts_with("label create defender-drift --force"), "{asked:?}");
    assert_eq!(
        asked[2],
        "issue create --label defender-drift --title Microsoft Defender for Cloud has drifted --body-file drift-reports/drift.md"
    );
    assert!(drifted.summary.contains("KeyVaults"), "{}", drifted.summary);

    let still = run(&repository, Event::Schedule)?;
    assert_eq!((still.look.0, still.tell), (0, Some(2)));
    assert_eq!(repository.asked_of_gh(), [list, "issue edit 7 --body-file drift-reports/drift.md"]);

    break_azure(&repository);
    let broken = run(&repository, Event::Schedule)?;
    assert_eq!((broken.look.0, broken.tell), (1, None), "{}", broken.look.1);
    assert_harmless(&broken.look.1, "AuthorizationFailed");
    assert_eq!(repository.asked_of_gh(), Vec::<String>::new(), "nobody knows, so nothing is told");
    repository.scene.azure.clear_faults();

    set_hostile(&repository);
    let hostile = run(&repository, Event::Schedule)?;
    assert_eq!((hostile.look.0, hostile.tell), (0, Some(2)), "{}", hostile.look.1);
    assert_harmless(&hostile.look.1, "subplan");
    repository.asked_of_gh();

    turn(&repository, "Standard");
    let healed = run(&repository, Event::Schedule)?;
    assert_eq!((healed.look.0, healed.tell), (0, Some(0)), "{}", healed.look.1);
    let asked = repository.asked_of_gh();
    assert!(asked.len() == 2 && asked[1].starts_with("issue close 7 --reason completed"), "{asked:?}");
    Ok(())
}

/// What a pull request is about to change is no drift, and what Azure has changed goes into one comment.
#[test]
fn a_pull_request_gets_a_comment() -> Result<(), Failure> {
    let repository = Repository::new()?;
    let comment = "pr comment 12 --edit-last --create-if-none --body-file drift-reports/drift.md";
    let more = format!(
        "{}\nresource \"defender_plan\" \"arm\" {{\n  name = \"Arm\"\n}}\n",
        repository.file("main.tf")
    );
    repository.scene.workspace.write("main.tf", &more)?;
    let clean = run(&repository, Event::PullRequest)?;
    assert_eq!((clean.look.0, clean.tell), (0, Some(0)), "{}", clean.look.1);
    assert_eq!(repository.asked_of_gh(), [comment]);
    turn(&repository, "Free");
    let drifted = run(&repository, Event::PullRequest)?;
    assert_eq!((drifted.look.0, drifted.tell), (0, Some(2)), "{}", drifted.look.1);
    assert_eq!(repository.asked_of_gh(), [comment]);
    assert!(drifted.summary.contains("KeyVaults") && !drifted.summary.contains("defender_plan.arm"));
    Ok(())
}

/// Who calls the script for the issue with something else is told.
#[test]
fn an_issue_is_not_touched_on_a_guess() -> Result<(), Failure> {
    let repository = Repository::new()?;
    let token =
        [("GH_TOKEN", "t"), ("GH_REPO", "o/r")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let output = repository.step("sh", "sh ci/issue.sh 1 none.md", &token)?.require(1)?;
    output
        .require_text("nobody knows whether anything has drifted (exit code 1): the issue stays as it is")?;
    Ok(())
}

fn run(repository: &Repository, event: Event) -> Result<Run, Failure> {
    let workflow: Workflow = yaml("github/defender-drift.yml")?;
    repository.clean();
    for file in ["github.output", "github.summary"] {
        repository.scene.workspace.write(file, "")?;
    }
    let mut runner = Runner { repository, event, code: String::new() };
    let look = runner.job(&workflow.jobs["look"])?.expect("the job runs");
    let summary = repository.file("github.summary");
    let output = repository.file("github.output");
    runner.code = output.trim().strip_prefix("code=").unwrap_or_default().to_owned();
    if look.0 != 0 {
        return Ok(Run { look, tell: None, summary });
    }
    repository.assert_reported()?;
    let tell = runner.job(&workflow.jobs["tell"])?.map(|(code, _)| code);
    Ok(Run { look, tell, summary })
}

impl Runner<'_> {
    /// Runs the shell steps of a job until one fails; nothing if the job is not to run.
    fn job(&self, job: &Job) -> Result<Option<(i32, String)>, Failure> {
        if !self.holds(job.condition.as_deref())? {
            return Ok(None);
        }
        let mut said = String::new();
        for step in &job.steps {
            let Some(script) = step.run.as_deref() else { continue };
            if !self.holds(step.condition.as_deref())? {
                continue;
            }
            let mut variables = self.own_variables(job);
            for (name, value) in job.env.iter().chain(&step.env) {
                variables.push((name.clone(), self.filled(value)?));
            }
            let Output { code, stdout, stderr, .. } =
                self.repository.step("bash", &self.filled(script)?, &variables)?;
            said.push_str(&stdout);
            said.push_str(&stderr);
            match code {
                Some(0) => {}
                code => return Ok(Some((code.unwrap_or(-1), said))),
            }
        }
        Ok(Some((0, said)))
    }

    /// What GitHub itself sets. Tokens for Azure are for jobs that may have them.
    fn own_variables(&self, job: &Job) -> Vec<(String, String)> {
        let path = |file: &str| self.repository.scene.workspace.path().join(file).display().to_string();
        let mut variables =
            vec![("GITHUB_OUTPUT", path("github.output")), ("GITHUB_STEP_SUMMARY", path("github.summary"))];
        if job.permissions.get("id-token").is_some_and(|permission| permission == "write") {
            variables.push(("ACTIONS_ID_TOKEN_REQUEST_URL", self.repository.tokens.clone()));
            variables.push(("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of-the-job".to_owned()));
        }
        variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn holds(&self, condition: Option<&str>) -> Result<bool, Failure> {
        let Some(condition) = condition else { return Ok(true) };
        match self.filled(condition)?.as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            other => Err(Failure::new(format!("{condition} is {other}"))),
        }
    }

    /// The text with the values of its expressions.
    fn filled(&self, text: &str) -> Result<String, Failure> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${{") {
            let (expression, after) =
                after.split_once("}}").ok_or_else(|| Failure::new(format!("{text} has no end")))?;
            filled.push_str(before);
            filled.push_str(&self.value(expression.trim())?);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// The expressions that the workflow has; another one must be added here.
    fn value(&self, expression: &str) -> Result<String, Failure> {
        let ready = self.repository.scene.azure.ready();
        let is_pull = self.event == Event::PullRequest;
        let value = match expression {
            "vars.DRIFT_CLIENT_ID" => ready.client_id.clone(),
            "vars.DRIFT_TENANT_ID" => ready.tenant_id.clone(),
            "vars.DRIFT_SUBSCRIPTION_ID" => ready.subscriptions[0].clone(),
            "inputs.mode || (github.event_name == 'pull_request' && 'refresh-only') || 'plan'" => {
                (if is_pull { "refresh-only" } else { "plan" }).to_owned()
            }
            "github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository" => {
                "true".to_owned()
            }
            "github.event_name == 'pull_request'" => is_pull.to_string(),
            "github.event_name != 'pull_request'" => (!is_pull).to_string(),
            "github.event.pull_request.number" => (if is_pull { "12" } else { "" }).to_owned(),
            "github.token" => "token".to_owned(),
            "github.repository" => "owner/repository".to_owned(),
            "needs.look.outputs.code" => self.code.clone(),
            other => return Err(Failure::new(format!("the expression {other} is not known here"))),
        };
        Ok(value)
    }
}

/// The reports are on the disk of the next job only because they were uploaded.
#[test]
fn reports_go_from_one_job_to_the_other() -> Result<(), Failure> {
    let workflow: Value = yaml("github/defender-drift.yml")?;
    let with = |job: &str, action: &str| {
        let steps = workflow["jobs"][job]["steps"].as_array().into_iter().flatten();
        let mut found =
            steps.filter(|step| step["uses"].as_str().is_some_and(|uses| uses.starts_with(action)));
        found.next().map(|step| step["with"].clone()).unwrap_or_default()
    };
    let up = with("look", "actions/upload-artifact@");
    let down = with("tell", "actions/download-artifact@");
    assert_eq!((&up["name"], &up["path"]), (&down["name"], &down["path"]));
    assert_eq!(up["path"], "drift-reports");
    assert_eq!(with("tell", "github/codeql-action/upload-sarif@")["sarif_file"], "drift-reports/drift.sarif");
    Ok(())
}
