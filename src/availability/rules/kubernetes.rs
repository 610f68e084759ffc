//! Clusters: what the Defender sensor needs of them.
//! <https://learn.microsoft.com/azure/defender-for-cloud/support-matrix-defender-for-containers>

use super::super::finding::Subject;
use super::{Case, Rule, Said, say};

pub(super) const ALL: &[Rule] =
    &[needs_rbac, untested, excluded_by_tag, arm64_nodes, node_os, helm_and_policy];

/// The tag that keeps the sensor from a cluster.
const EXCLUSION_TAG: &str = "ms_defender_container_exclude_sensors";

/// The last version of AKS whose Arm64 nodes the sensor does not run on.
const ARM64_AFTER: (u16, u16) = (1, 28);

/// Distributions that were tested with Azure Arc: the list of 2024 and that of 2026 together.
const TESTED: [&str; 6] = ["aks_hybrid", "kubernetes", "aks_engine", "aro", "openshift", "generic"];

/// Operating systems of nodes, by how their names begin.
const NODE_SYSTEMS: [&str; 14] = [
    "amazon_linux_2",
    "azure_linux_1",
    "azure_linux_2",
    "bottlerocket",
    "centos_8",
    "debian_10",
    "debian_11",
    "google_cos",
    "mariner",
    "rhel_8",
    "ubuntu_16",
    "ubuntu_18",
    "ubuntu_20",
    "ubuntu_22",
];

fn wants_sensor(case: &Case<'_>) -> bool {
    case.is_component("defender_sensor") && case.is_wanted()
}

/// MDC040
fn needs_rbac(case: &Case<'_>) -> Vec<Said> {
    let on_aks = case.facts.target.known().is_some_and(|target| target == "aks_cluster");
    if !wants_sensor(case) || !on_aks || !case.facts.kubernetes_rbac.is(&false) {
        return Vec::new();
    }
    let detail = "The cluster has Kubernetes RBAC switched off, and the sensor supports only clusters where it is on. It cannot be \
                  switched on in place: AKS needs a new cluster. If this one must stay, keep\n\n    component = \
                  \"azure_policy_kubernetes\"\n\nwhich has no such requirement. There will be no alerts on its workloads.";
    let said = say("MDC040", Subject::Target, "The Defender sensor needs Kubernetes RBAC", detail);
    vec![said.of(case.standing())]
}

/// MDC041
fn untested(case: &Case<'_>) -> Vec<Said> {
    let through_arc = case.facts.target.known().is_some_and(|target| target == "arc_k8s_cluster");
    let Some(distribution) = case.facts.distribution.known().filter(|_| wants_sensor(case) && through_arc)
    else {
        return Vec::new();
    };
    if TESTED.contains(&distribution.to_ascii_lowercase().as_str()) {
        return Vec::new();
    }
    let detail = format!(
        "{distribution:?} is not among the distributions that Microsoft has tested. Any cluster that the CNCF has certified should \
         work."
    );
    vec![say("MDC041", Subject::Target, "The Kubernetes distribution is not tested", detail)]
}

/// MDC042
fn excluded_by_tag(case: &Case<'_>) -> Vec<Said> {
    let tags = case.facts.tags.known().into_iter().flatten();
    let mut excluding = tags.filter(|(name, value)| {
        name.eq_ignore_ascii_case(EXCLUSION_TAG) && value.eq_ignore_ascii_case("true")
    });
    if !wants_sensor(case) || excluding.next().is_none() {
        return Vec::new();
    }
    let detail = format!(
        "The cluster's tag {EXCLUSION_TAG} = \"true\" keeps automatic provisioning away from it. A sensor that is there already \
         stays. Remove the tag to have the sensor deployed by itself."
    );
    vec![say("MDC042", Subject::Target, "A tag keeps the sensor from the cluster", detail)]
}

/// MDC043
fn arm64_nodes(case: &Case<'_>) -> Vec<Said> {
    let old = case.facts.kubernetes_version.known().is_some_and(|version| *version <= ARM64_AFTER);
    if !wants_sensor(case) || !old || !case.facts.arm64_nodes.is(&true) {
        return Vec::new();
    }
    let detail = "The cluster has Arm64 nodes and is of version 1.28 or older, where the sensor does not run on them. Update the \
                  cluster first.";
    let said = say("MDC043", Subject::Target, "The sensor does not run on these Arm64 nodes", detail);
    vec![said.of(case.standing())]
}

/// MDC044
fn node_os(case: &Case<'_>) -> Vec<Said> {
    let Some(name) = case.facts.node_os.known().filter(|_| wants_sensor(case)) else { return Vec::new() };
    if NODE_SYSTEMS.iter().any(|known| name.starts_with(known)) {
        return Vec::new();
    }
    let detail = format!(
        "The nodes run {name:?}, which is not on the sensor's list. It needs a Linux kernel of 5.4 or later."
    );
    vec![say("MDC044", Subject::Target, "The nodes' system is not on the sensor's list", detail)]
}

/// MDC046
fn helm_and_policy(case: &Case<'_>) -> Vec<Said> {
    if !wants_sensor(case) || !case.facts.helm.is(&true) {
        return Vec::new();
    }
    let detail = "The sensor is installed by Helm on this cluster, and the policy that deploys it conflicts with that. Exclude the \
                  cluster from the policy, or remove the Helm release. DNS detection and anti-malware need the one by Helm.";
    vec![say("MDC046", Subject::Target, "The sensor is there by Helm already", detail)]
}
