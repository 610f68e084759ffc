//! The steps of the tour, what each must end with, and the summary.

use crate::azure::{self, Plans};
use crate::console::Console;
use crate::shared::process::{Failure, Output};
use crate::shared::requests;
use crate::shared::workspace::Workspace;
use arm_emulator::Emulator;
use std::time::Duration;

const CONFIGURATION: &str = include_str!("main.tf");

/// The plan that somebody turns off behind Terraform's back.
const DRIFTED: &str = "KeyVaults";

/// A walk through the life of a configuration.
#[derive(Debug)]
pub(crate) struct Tour {
    console: Console,
    azure: Emulator,
    workspace: Workspace,
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    title: String,
    took: Duration,
    requests: String,
}

impl Tour {
    /// A tour that has not begun.
    pub(crate) fn new(console: Console, azure: Emulator, workspace: Workspace) -> Self {
        Self { console, azure, workspace, steps: Vec::new() }
    }

    /// Walks through all steps.
    ///
    /// # Errors
    ///
    /// The first step that does not end as it must.
    pub(crate) fn walk(&mut self) -> Result<(), Failure> {
        self.workspace.write_provider(self.azure.ready(), "")?;
        self.workspace.write("main.tf", CONFIGURATION)?;
        self.console.heading("The configuration (main.tf)")?;
        self.console.quote(CONFIGURATION)?;
        let before = azure::plans(&self.azure);
        let applied = self.create()?;
        self.drift(&applied)?;
        self.destroy(&before, &applied)?;
        self.summarize()
    }

    /// Says where the working directory is, and removes it unless it is to be kept.
    ///
    /// # Errors
    ///
    /// Standard output is closed.
    pub(crate) fn leave(self, keep: bool) -> Result<(), Failure> {
        let Self { console, workspace, .. } = self;
        if keep {
            console.say(&format!("The working directory is {}", workspace.keep().display()))
        } else {
            console.say("The working directory is removed; --keep leaves it behind.")
        }
    }

    fn create(&mut self) -> Result<Plans, Failure> {
        let before = azure::plans(&self.azure);
        self.step(
            "plan",
            "Its state is empty: it reads whether you may do this, and what Azure has where that changes what is said.",
            2,
            Workspace::plan,
        )?;
        self.confirm("plan changed nothing in Azure", azure::plans(&self.azure) == before)?;

        self.step(
            "apply",
            "The plans are turned on. Defender for Servers moves from P1 to P2 in place.",
            0,
            Workspace::apply,
        )?;
        let applied = azure::plans(&self.azure);
        for (plan, wanted) in
            [("VirtualMachines", "Standard P2"), ("StorageAccounts", "+ OnUploadMalwareScanning")]
        {
            let found = applied.get(plan).map(azure::in_words).unwrap_or_default();
            self.confirm(&format!("{plan} in Azure is now: {found}"), found.contains(wanted))?;
        }

        self.step(
            "plan, again",
            "What was applied is what Azure says: nothing is left to do.",
            0,
            Workspace::plan,
        )?;
        Ok(applied)
    }

    fn drift(&mut self, applied: &Plans) -> Result<(), Failure> {
        azure::turn_off(&self.azure, DRIFTED)?;
        let title = "plan, after a drift";
        let what = format!("Somebody turned {DRIFTED} off in the portal, behind Terraform's back.");
        let output = self.step(title, &what, 2, Workspace::plan)?;
        output.require_text(&format!("defender_plan.this[\"{DRIFTED}\"]"))?;
        self.console
            .say(&format!("✓ exit code 2: the drift of {DRIFTED} is found, as a pipeline would find it"))?;

        self.step("apply, which heals it", "Only the plan that drifted is written.", 0, Workspace::apply)?;
        self.confirm("Azure is as it was before the drift", azure::plans(&self.azure) == *applied)
    }

    fn destroy(&mut self, before: &Plans, applied: &Plans) -> Result<(), Failure> {
        self.step(
            "destroy",
            "Each plan goes back to what it was before Terraform came.",
            0,
            Workspace::destroy,
        )?;
        let after = azure::plans(&self.azure);
        let words = |plans: &Plans, plan: &str| plans.get(plan).map(azure::in_words).unwrap_or_default();
        let mut rows = vec![["plan", "before", "with Terraform", "after destroy"].map(str::to_owned)];
        for plan in before.keys().filter(|plan| before.get(*plan) != applied.get(*plan)) {
            rows.push([plan.clone(), words(before, plan), words(applied, plan), words(&after, plan)]);
        }
        self.console.table(&rows)?;
        let changed = before.iter().filter(|(plan, settings)| after.get(*plan) != Some(settings));
        for (plan, settings) in changed {
            let now = after.get(plan).map(ToString::to_string).unwrap_or_default();
            self.console.say(&format!("✗ {plan} was {settings} and is {now}"))?;
        }
        let count = before.len();
        self.confirm(
            &format!("all {count} plans of the subscription are as they were before"),
            after == *before,
        )
    }

    /// Runs one command, shows it, and requires its exit code.
    fn step(
        &mut self,
        title: &str,
        what: &str,
        code: i32,
        command: impl FnOnce(&Workspace) -> Result<Output, Failure>,
    ) -> Result<Output, Failure> {
        self.console.heading(&format!("{}. terraform {title}", self.steps.len() + 1))?;
        self.console.say(what)?;
        self.azure.clear_requests();
        let output = command(&self.workspace)?;
        let requests = requests::in_words(&self.azure.requests());
        self.console.quote(&output.stdout)?;
        self.console.say(&format!("{:.2} s; requests to Azure: {requests}", output.took.as_secs_f64()))?;
        self.steps.push(Step { title: title.to_owned(), took: output.took, requests });
        output.require(code)
    }

    fn confirm(&self, what: &str, holds: bool) -> Result<(), Failure> {
        if holds {
            self.console.say(&format!("✓ {what}"))
        } else {
            Err(Failure::new(format!("not so: {what}")))
        }
    }

    fn summarize(&self) -> Result<(), Failure> {
        self.console.heading("Summary: every step ended as it must")?;
        let titles = ["step", "time", "requests to Azure"].map(str::to_owned);
        let rows = self.steps.iter().map(|Step { title, took, requests }| {
            [title.clone(), format!("{:.2} s", took.as_secs_f64()), requests.clone()]
        });
        self.console.table(&[vec![titles], rows.collect()].concat())
    }
}
