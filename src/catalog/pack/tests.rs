//! Every check refuses a row that is wrong, with the file, the line and what is allowed: the real files, each time with
//! one mistake.

use std::fs;
use std::path::Path;

use super::*;

mod deployments;

fn real_files() -> Vec<File> {
    let folders = [
        "src/catalog/data",
        "src/catalog/data/plans",
        "src/catalog/data/components",
        "src/availability/cases",
    ];
    let mut files = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let entry = entry.unwrap().path();
            if entry.extension().is_some_and(|extension| extension == "toml") {
                let name = entry.file_name().unwrap().to_str().unwrap();
                let text = fs::read_to_string(&entry).unwrap();
                files.push(File { path: format!("{folder}/{name}"), text });
            }
        }
    }
    files
}

/// What is said when this text of this file is replaced.
fn mistake(file: &str, from: &str, to: &str) -> String {
    let mut files = real_files();
    let wrong = files.iter_mut().find(|one| one.path.ends_with(file)).unwrap();
    assert!(wrong.text.contains(from), "{from:?} is not in {file}");
    wrong.text = wrong.text.replacen(from, to, 1);
    pack(&files).map_or_else(|problem| problem.to_string(), |_| "nothing".to_owned())
}

#[track_caller]
fn check(file: &str, from: &str, to: &str, expected: &str) {
    let said = mistake(file, from, to);
    assert!(said.contains(expected), "expected {expected:?}, said {said:?}");
    let place = said.split_once(": ").map(|(place, _)| place.rsplit(':').next()).unwrap();
    assert!(place.is_some_and(|line| line.parse::<usize>().is_ok_and(|line| line > 0)), "no line: {said}");
}

#[test]
fn the_rows_are_right_as_they_are() {
    assert_eq!(mistake("Arm.toml", "name", "name"), "nothing");
}

#[test]
fn rows_that_do_not_fit_their_types() {
    let sensor = "components/defender_sensor.toml";
    check(
        sensor,
        "state = \"ga\"",
        "state = \"released\"",
        "unknown variant `released`, expected one of `ga`, `preview`, `unknown`",
    );
    check(sensor, "summary", "sumary", "unknown field `sumary`, expected one of `id`, `title`");
    check(sensor, "mechanism = \"policy\"\n", "", "missing field `mechanism`");
    check(sensor, "2024-02-26", "2024-02-30", "\"2024-02-30\" is not a day such as \"2026-11-22\"");
    check(
        "rules.toml",
        "basis = \"input\"",
        "basis = \"hunch\"",
        "unknown variant `hunch`, expected one of `input`",
    );
    check(
        "plans/Arm.toml",
        "public = \"yes\"",
        "moon = \"yes\"",
        "unknown variant `moon`, expected one of `public`",
    );
    check(sensor, "id = ", "id == ", "defender_sensor.toml:1: ");
    assert!(
        mistake(sensor, "state = \"ga\"", "state = \"x\"")
            .starts_with("src/catalog/data/components/defender_sensor.toml:10: ")
    );
}

#[test]
fn names_that_nothing_has() {
    let sensor = "components/defender_sensor.toml";
    for (file, from, to, expected) in [
        (sensor, "id = \"seed\"", "id = \"sead\"", "there is no source \"sead\"; there are: "),
        (sensor, "\"8e3af657-", "\"00000000-", "there is no role \"00000000-a8ff"),
        (
            sensor,
            "plans = [\"Containers\"]",
            "plans = [\"Container\"]",
            "there is no plan \"Container\"; there are: \"AI\"",
        ),
        (
            sensor,
            "target = \"aks_cluster\"",
            "target = \"aks\"",
            "there is no target \"aks\"; there are: \"aks_cluster\"",
        ),
        (sensor, "page = \"containers_matrix\"", "page = \"gone\"", "there is no page \"gone\""),
        (
            "plans/KeyVaults.toml",
            "[\"PerKeyVault\"]",
            "[\"PerVault\"]",
            "there is no replacement \"PerVault\"; there are: \"PerKeyVault\"",
        ),
        (
            "plans/VirtualMachines.toml",
            "subplans = [\"P2\"]",
            "subplans = [\"P3\"]",
            "there is no sub-plan \"P3\"; there are: \"P1\", \"P2\"",
        ),
        ("plans/Dns.toml", "rule = \"MDC102\"", "rule = \"MDC999\"", "there is no rule \"MDC999\""),
        (
            "plans/Arm.toml",
            "sources = [\"pricings_api\", \"cloud_matrix\", \"builtin_policies\"]",
            "sources = []",
            "no source is named",
        ),
        ("plans/Arm.toml", "[\"b7021b2b-", "[\"B7021B2B-", "is not a GUID in lower case"),
        (
            "region_maps.toml",
            "defender_sensor/aks_cluster",
            "sensor/aks_cluster",
            "there is no component \"sensor\"",
        ),
        ("cases/vectors.toml", "about = \"MDC100\"", "about = \"MDC998\"", "there is no rule \"MDC998\""),
    ] {
        check(file, from, to, expected);
    }
}

#[test]
fn names_that_are_wrong_in_themselves() {
    for (file, from, to, expected) in [
        ("plans/Arm.toml", "name = \"Arm\"", "name = \"ARM\"", "\"ARM\" must stand in the file ARM.toml"),
        ("roles.toml", "8e3af657", "8E3AF657", "is not a GUID in lower case"),
        ("roles.toml", "8e3af657-a8ff", "8e3af657a8ff", "is not a GUID in lower case"),
        ("rules.toml", "id = \"MDC002\"", "id = \"MDC001\"", "\"MDC001\" stands twice"),
        ("rules.toml", "id = \"MDC002\"", "id = \"RULE2\"", "must stand before"),
        ("targets.toml", "id = \"azure_vmss\"", "id = \"azure_vm\"", "\"azure_vm\" stands twice"),
        (
            "pages.toml",
            "https://learn.microsoft.com/azure/defender-for-cloud/os-coverage",
            "https://example.com",
            "is not a page of learn.microsoft.com",
        ),
        ("sources.toml", "https://learn", "http://learn", "is not an https address"),
        (
            "components/defender_for_endpoint.toml",
            "os = \"windows\"",
            "os = \"linux\"",
            "two rows for one operating system",
        ),
        ("components/defender_sensor.toml", "\"M14\"", "\"M15\"", "M15 stands in "),
        ("cases/plans.toml", "id = \"unknown plan\"", "id = \"T01\"", "stands twice"),
    ] {
        check(file, from, to, expected);
    }
}

#[test]
fn days_out_of_order() {
    for (file, from, to, expected) in [
        (
            "components/defender_sensor.toml",
            "conflicts_with = [\"seed\", \"monitoring_components\"]",
            "",
            "is not later than its row",
        ),
        (
            "components/gated_deployment.toml",
            "since = \"2025-11-26\"",
            "since = \"2026-11-26\"",
            "a row since 2026-11-26 in a text of 2026-07-31",
        ),
        (
            "components/log_analytics_agent.toml",
            "on = \"2024-09-30\"",
            "on = \"2024-12-30\"",
            "2024-11-30 stands behind 2024-12-30",
        ),
        (
            "plans/KeyVaults.toml",
            "on = \"2026-07-05\"",
            "on = \"2022-07-05\"",
            "a milestone on 2022-07-05 before the announcement, 2023-08-01",
        ),
    ] {
        check(file, from, to, expected);
    }
}

#[test]
fn ends_that_lead_nowhere() {
    let retired = "retired_on = \"2020-01-01\"\nreplaced_by = []\ninstead = \"x\"\nsources = [\"release_notes\"]\npage = \"cspm\"\n";
    let end = format!(
        "[lifecycle]\nrule = \"MDC101\"\n{retired}\n[[lifecycle.milestones]]\non = \"2020-01-01\"\napplies_to = \"all\"\neffect = \"docs_only\"\nsources = [\"release_notes\"]\n\n[[extensions]]"
    );
    check(
        "plans/Containers.toml",
        "[[extensions]]",
        &end,
        "\"ContainerRegistry\" is replaced by \"Containers\", which is retired itself",
    );
    check(
        "plans/KeyVaults.toml",
        "replaced_by = [\"PerKeyVault\"]",
        "replaced_by = [\"PerTransaction\"]",
        "lead back to",
    );
    check("plans/Dns.toml", "rule = \"MDC102\"", "rule = \"MDC001\"", "is not about a retirement");
    check(
        "plans/CloudPosture.toml",
        "effect = \"docs_only\"",
        "effect = \"no_function\"",
        "with one source: name a second one",
    );
    let all = "applies_to = \"all\"\neffect = \"docs_only\"";
    let new = "applies_to = \"new_enablement\"\neffect = \"api_rejects\"";
    check("plans/CloudPosture.toml", all, new, "but no milestone applies to \"all\"");
}

#[test]
fn rules_that_no_case_shows() {
    let expect = "expect = [\"warning MDC038\"]";
    check("cases/clusters.toml", expect, "expect = []", "no case in which it speaks for \"MDC038\"");
    let negative = "id = \"tags required, own workspace\"\nabout = \"MDC038\"";
    let other = "id = \"tags required, own workspace\"\nabout = \"MDC039\"";
    check("cases/clusters.toml", negative, other, "no case in which it does not for \"MDC038\"");
}
