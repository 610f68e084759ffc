//! Deployments that fit nothing.

use super::{check, mistake};

/// The file, a text in it, what it is replaced by, and what is said then.
type Case = (&'static str, &'static str, &'static str, &'static str);

const SENSOR: &str = "components/defender_sensor.toml";
const GATING: &str = "components/gated_deployment.toml";
const AGENT: &str = "components/log_analytics_agent.toml";

const ON_AKS: &str = "holds = { targets = [\"aks_cluster\"] }";
const UNLIKE: &str = "follow from {WorkspaceId}, and its needs and takes name";

#[test]
fn names_and_inputs_and_rows() {
    for (file, from, to, expected) in [NAMES, INPUTS, ROWS].concat() {
        check(file, from, to, expected);
    }
}

#[test]
fn a_policy_may_be_for_more_targets() {
    let clusters = "holds = { targets = [\"aks_cluster\", \"arc_k8s_cluster\"] }";
    assert_eq!(mistake(SENSOR, ON_AKS, clusters), "nothing");
}

/// What nothing has, and what stands twice.
const NAMES: &[Case] = &[
    (
        SENSOR,
        "64def556-fbad",
        "64DEF556-fbad",
        "\"64DEF556-fbad-4622-930e-72d1d5589bf5\" is not a GUID in lower",
    ),
    (
        SENSOR,
        "708b60a6-d253-4fe0-9114-4be4c00f012c",
        "64def556-fbad-4622-930e-72d1d5589bf5",
        "64def556-fbad-4622-930e-72d1d5589bf5 stands twice",
    ),
    (SENSOR, "[\"5e93ba01", "[\"5e93ba02", "there is no role \"5e93ba02-8f92"),
    (
        SENSOR,
        "\"5e93ba01-8f92-4c7a-b12a-801e3df23824\"",
        "\"8bb6f106-b146-4ee6-a3f9-b9c5a96e0ae5\"",
        "has the role 8bb6f106-b146-4ee6-a3f9-b9c5a96e0ae5 twice",
    ),
    (
        SENSOR,
        "takes = [\"workspace_id\"]\nsources = [\"builtin_policies\"]",
        "takes = [\"workspace_id\"]\nsources = []",
        "no source is named",
    ),
    (
        SENSOR,
        "takes = [\"workspace_id\"]\nsources = [\"builtin_policies\"]",
        "takes = [\"workspace_id\"]\nsources = [\"hearsay\"]",
        "there is no source \"hearsay\"",
    ),
    (
        SENSOR,
        "{ targets = [\"aks_cluster\"] }",
        "{ targets = [\"aks_cluster\", \"aks\"] }",
        "there is no target \"aks\"",
    ),
    (
        GATING,
        "plan = \"Containers\"",
        "plan = \"Container\"",
        "there is no plan \"Container\"; there are: \"AI\"",
    ),
    (
        GATING,
        "name = \"ContainerSensor\"",
        "name = \"Sensor\"",
        "Containers has no extension \"Sensor\"; there are: ",
    ),
    (GATING, "plan = \"Containers\"", "plan = \"AI\"", "\"AI\" is no plan of the row for \"aks_cluster\""),
    (
        GATING,
        "SecurityGatingEnabled =",
        "Gating =",
        "\"ContainerSensor\" has no property \"Gating\"; there are: ",
    ),
    (
        "components/file_integrity_monitoring.toml",
        "properties = { DefinedWorkspaceId = \"{workspace_id}\" }\n",
        "",
        "\"FileIntegrityMonitoring\" lacks the property \"DefinedWorkspaceId\"",
    ),
];

/// What is taken and not named, or named and not taken.
const INPUTS: &[Case] = &[
    (
        SENSOR,
        "\"{workspace_id}\"",
        "\"{workspace}\"",
        "there is no placeholder \"{workspace}\"; there are: {workspace_id}, ",
    ),
    (SENSOR, "takes = [\"workspace_id\"]\n", "", UNLIKE),
    (SENSOR, "takes = [\"workspace_id\"]", "takes = [\"workspace_id\", \"location\"]", UNLIKE),
    (SENSOR, "takes = [\"workspace_id\"]", "takes = [\"workspace_id\"]\nneeds = [\"workspace_id\"]", UNLIKE),
    (
        SENSOR,
        "takes = [\"workspace_id\"]",
        "takes = [\"region\"]",
        "unknown variant `region`, expected `workspace_id` or `location`",
    ),
    (SENSOR, "parameters = { logAnalyticsWorkspaceResourceId = \"{workspace_id}\" }\n", "", "follow from {}"),
    (
        AGENT,
        "needs = [\"workspace_id\"]\nworkspace = \"own\"",
        "needs = [\"workspace_id\"]\nworkspace = \"default\"",
        "is for one kind of workspace and needs the other",
    ),
    (
        AGENT,
        "workspace = \"default\"",
        "workspace = \"own\"",
        "is for one kind of workspace and needs the other",
    ),
];

/// What does not fit the rows.
const ROWS: &[Case] = &[
    (
        SENSOR,
        ON_AKS,
        "holds = { targets = [\"arc_k8s_cluster\"] }",
        "\"aks_cluster\" has the mechanism Policy, and nothing in deploy.assignments",
    ),
    (
        SENSOR,
        ON_AKS,
        "holds = { targets = [\"aks_cluster\", \"azure_vm\"] }",
        "deploy.assignments names \"azure_vm\", which has no row",
    ),
    (
        SENSOR,
        "mechanism = \"policy\"",
        "mechanism = \"setting\"",
        "deploy.assignments names \"aks_cluster\", which has no row",
    ),
    (
        "components/vulnerability_assessment.toml",
        "clouds = [\"public\"] }",
        "clouds = [\"public\"], from = \"2024-08-11\" }",
        "\"azure_vm\" has the mechanism Policy",
    ),
    (
        "components/guest_configuration.toml",
        "from = \"2024-09-01\" }",
        "from = \"2024-09-02\" }",
        "\"arc_machine\" has the mechanism Included, and nothing in deploy.nothing",
    ),
    (
        "components/sql_protection_extension.toml",
        "os = \"windows\", clouds",
        "os = \"linux\", clouds",
        "deploy.assignments names \"azure_vm\"",
    ),
    (
        "components/log_analytics_agent.toml",
        "clouds = [\"public\"], until = \"2024-11-30\" }",
        "from = \"2024-12-30\", until = \"2024-11-30\" }",
        "it ends on 2024-11-30, and begins on 2024-12-30",
    ),
];
