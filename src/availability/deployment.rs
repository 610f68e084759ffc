//! What is called for a component to get to a target, in a cloud on a day.

use super::matrix::Effective;
use crate::catalog::model::{Assignment, Cloud, Holding, Mechanism, Nothing, PlanExtension, Setting};

/// What a row stands for. No list in it is empty.
#[derive(Clone, Debug)]
pub enum Deployment<'a> {
    /// Policy assignments. Which of them, where the workspace tells, says [`Assignment::is_for`].
    Assignments(Vec<&'a Assignment>),
    /// Settings of the subscription, all of them.
    Settings(Vec<&'a Setting>),
    /// Extensions to set on a plan: all that are named of one plan, and one plan is enough.
    Extensions(Vec<&'a PlanExtension>),
    /// Nothing is called, for a reason.
    Nothing(&'a Nothing),
    /// Nothing is known: of other means than those of Defender for Cloud, of the cloud, or of the day.
    Unknown,
}

impl<'a> Effective<'a> {
    /// What is called for it in a cloud. It says how, and not whether: what has come to its end, or is not available,
    /// may still be known here.
    pub fn deployment(self, cloud: Cloud) -> Deployment<'a> {
        let deploy = &self.component.deploy;
        let here = |holding: &Holding| {
            holding.covers(&self.row.target, self.row.os)
                && holding.is_on(self.date)
                && holding.is_in(cloud)
                && self.row.since.is_none_or(|since| since <= self.date)
        };
        let found = match self.mechanism() {
            Mechanism::Policy => {
                some(deploy.assignments.iter().filter(|one| here(&one.holds))).map(Deployment::Assignments)
            }
            Mechanism::Setting => {
                some(deploy.settings.iter().filter(|one| here(&one.holds))).map(Deployment::Settings)
            }
            Mechanism::PlanExtension => {
                some(deploy.extensions.iter().filter(|one| here(&one.holds))).map(Deployment::Extensions)
            }
            Mechanism::Included | Mechanism::Prerequisite => {
                deploy.nothing.iter().find(|one| here(&one.holds)).map(Deployment::Nothing)
            }
            Mechanism::Other => None,
        };
        found.unwrap_or(Deployment::Unknown)
    }
}

/// A list, if there is anything to put in it.
fn some<'a, T>(found: impl Iterator<Item = &'a T>) -> Option<Vec<&'a T>> {
    Some(found.collect::<Vec<_>>()).filter(|found| !found.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::availability::matrix::{Filter, rows};
    use crate::catalog::Catalog;
    use crate::catalog::model::{Day, Input, Os};

    /// What is called, in short, for all rows of a component on a day.
    fn called(component: &str, date: &str, cloud: Cloud) -> Vec<String> {
        let filter = Filter { component: Some(component), ..Filter::default() };
        rows(Catalog::get(), filter, Day::parse(date).unwrap())
            .map(|row| short(row.deployment(cloud)))
            .collect()
    }

    fn short(deployment: Deployment<'_>) -> String {
        let words: Vec<String> = match deployment {
            Deployment::Assignments(all) => {
                let word = |one: &&Assignment| format!("{}/{}", &one.definition[..8], one.roles.len());
                all.iter().map(word).collect()
            }
            Deployment::Settings(all) => all.iter().map(|one| format!("{}={}", one.name, one.on)).collect(),
            Deployment::Extensions(all) => {
                all.iter().map(|one| format!("{}.{}", one.plan, one.name)).collect()
            }
            Deployment::Nothing(one) => vec![one.why.clone()],
            Deployment::Unknown => vec!["unknown".to_owned()],
        };
        words.join(" ")
    }

    /// Every row of the document that the rows began with, on its day.
    #[test]
    fn the_document_is_deployed_so() {
        let day = "2024-03-13";
        let endpoint = "WDATP=true WDATP_EXCLUDE_LINUX_PUBLIC_PREVIEW=false";
        let (windows, session_host) = ("WDATP=true WDATP_UNIFIED_SOLUTION=true", "WDATP=true");
        let ama = "d7c3ea3a/5 de01d381/5";
        for (component, expected) in [
            ("azure_monitor_agent", vec![ama, ama]),
            ("log_analytics_agent", vec!["default=On", "bacd7fca/1 594c1276/1 9d2b61b4/1 69af7d4a/1"]),
            ("defender_for_endpoint", vec![endpoint, endpoint, windows, session_host, windows]),
            ("vulnerability_assessment", vec!["13ce0167/1", "13ce0167/1"]),
            ("guest_configuration", vec!["12794019/1", "unknown"]),
            ("defender_sensor", vec!["64def556/2", "708b60a6/2"]),
            ("azure_policy_kubernetes", vec!["a8eff44f/2", "0adc5395/1"]),
            (
                "azure_arc_agent",
                vec![
                    "Whoever connects a machine to Azure Arc installs it; Defender for Cloud finds it there.",
                ],
            ),
            ("sql_server_discovery", vec!["unknown"]),
            ("kubernetes_audit_logs", vec!["They come without an agent, and are on with the plan."]),
        ] {
            assert_eq!(called(component, day, Cloud::Public), expected, "{component}");
        }
    }

    #[test]
    fn what_is_called_has_changed_since() {
        let today = "2026-11-22";
        for (component, expected) in [
            ("log_analytics_agent", vec!["default=On", "unknown"]),
            ("vulnerability_assessment", vec!["azureServersSetting=MdeTvm"; 2]),
            ("guest_configuration", vec!["12794019/1", "The Azure Connected Machine agent contains it."]),
            ("sql_protection_extension", vec!["c1529623/3"; 2]),
            ("file_integrity_monitoring", vec!["VirtualMachines.FileIntegrityMonitoring"; 2]),
            (
                "gated_deployment",
                vec![
                    "Containers.ContainerSensor Containers.ContainerIntegrityContribution Containers.ContainerRegistriesVulnerabilityAssessments",
                ],
            ),
            (
                "agentless_vm_scanning",
                vec![
                    "VirtualMachines.AgentlessVmScanning CloudPosture.AgentlessVmScanning Containers.AgentlessVmScanning",
                ],
            ),
        ] {
            assert_eq!(called(component, today, Cloud::Public), expected, "{component}");
        }
        assert_eq!(called("sql_protection_extension", "2025-04-27", Cloud::Public), ["unknown"; 2]);
        let government = |component| called(component, today, Cloud::UsGovernment);
        assert_eq!(government("sql_protection_extension"), ["unknown"; 2]);
        assert_eq!(government("vulnerability_assessment"), ["azureServersSetting=MdeTvm"; 2]);
        assert_eq!(government("defender_sensor"), ["64def556/2", "708b60a6/2"]);
    }

    #[test]
    fn the_workspace_chooses_between_policies() {
        let filter = Filter {
            component: Some("log_analytics_agent"),
            target: Some("arc_machine"),
            ..Filter::default()
        };
        let row = rows(Catalog::get(), filter, Day::new(2024, 3, 13).unwrap()).next().unwrap();
        let Deployment::Assignments(all) = row.deployment(Cloud::Public) else { panic!("no assignments") };
        for (own, roles, inputs) in [
            (false, "b24988ac-6180-42a0-ab88-20f7382dd24c", vec![Input::Location]),
            (true, "92aaf0da-9dab-42b6-94a3-d43ce8d16293", vec![Input::WorkspaceId, Input::Location]),
        ] {
            let chosen: Vec<_> = all.iter().filter(|one| one.is_for(own)).collect();
            assert_eq!(chosen.iter().map(|one| one.holds.os).collect::<Vec<_>>(), [Os::Linux, Os::Windows]);
            assert!(chosen.iter().all(|one| one.roles == [roles] && one.required() == inputs), "{chosen:?}");
        }
    }
}
