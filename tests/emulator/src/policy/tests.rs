//! The rules of definitions, as conversations with the whole service short of the sockets.

use hyper::Method;
use serde_json::{Value, json};

use crate::Cloud;
use crate::conversation::{SUBSCRIPTION, azure, get, in_words, send};

/// Puts Azure Policy on AKS clusters.
const ON_AKS: &str = "a8eff44f-8c92-45c3-a3fb-9880802d67a7";
/// The prerequisites of guest configuration.
const GUEST: &str = "12794019-7a00-42cf-95c2-882eed337cc8";

fn of_family(scope: &str, kind: &str, name: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/{kind}/{name}?api-version=2024-05-01")
        .replace("/?", "?")
}

#[test]
fn built_in_definitions_can_be_read_and_listed() {
    let mut world = azure(Cloud::Public, &json!([]));
    let aks = get(&mut world, &of_family("", "policyDefinitions", ON_AKS));
    assert_eq!(aks["properties"]["policyType"], "BuiltIn");
    assert_eq!(
        aks["properties"]["policyRule"]["then"]["details"]["roleDefinitionIds"].as_array().unwrap().len(),
        2
    );
    let older =
        get(&mut world, &of_family("", "policyDefinitions", ON_AKS).replace("2024-05-01", "2021-06-01"));
    assert_eq!(older["properties"].get("version"), None);
    let target = of_family(SUBSCRIPTION, "policySetDefinitions", "");
    let list = get(&mut world, &format!("{target}&$filter=policyType eq 'BuiltIn'&$top=10"));
    assert_eq!(list["value"].as_array().unwrap().len(), 10);
    let rest = get(&mut world, list["nextLink"].as_str().unwrap().trim_start_matches("https://localhost:1"));
    assert_eq!((rest["value"].as_array().unwrap().len(), rest.get("nextLink")), (8, None));
    let mut check = |method: Method, kind: &str, name: &str, expected: &str| {
        let answer = send(&mut world, method, &of_family("", kind, name), &json!({}));
        assert_eq!(in_words(&answer), expected, "{kind} {name}");
    };
    let nothing = "00000000-0000-0000-0000-000000000000";
    check(Method::GET, "policyDefinitions", nothing, "404 PolicyDefinitionNotFound");
    check(Method::GET, "policySetDefinitions", nothing, "404 PolicySetDefinitionNotFound");
    check(
        Method::GET,
        "policyDefinitions",
        "eab1f514-22e3-42e3-9a1f-e1dc9199355c",
        "501 NotImplementedByEmulator",
    );
    check(Method::PUT, "policyDefinitions", ON_AKS, "405 MethodNotAllowed");
    check(Method::DELETE, "policySetDefinitions", GUEST, "405 MethodNotAllowed");
    let mut government = azure(Cloud::UsGovernment, &json!([]));
    let machines = of_family("", "policyDefinitions", "13ce0167-8ca6-4048-8e6b-f996402e3c1b");
    let answer = send(&mut government, Method::GET, &machines, &Value::Null);
    assert_eq!(in_words(&answer), "404 PolicyDefinitionNotFound");
}
