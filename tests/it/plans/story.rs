//! The steps of a story.

use crate::harness::{SUBSCRIPTION, Scene};
use crate::shared::process::{Failure, Output};
use arm_emulator::{Emulator, LoggedRequest};
use serde_json::{Value, json};

/// Where the machines of the stories lie: name and type.
const MACHINES: [(&str, &str); 3] = [
    ("vm1", "Microsoft.Compute/virtualMachines"),
    ("set1", "Microsoft.Compute/virtualMachineScaleSets"),
    ("arc1", "Microsoft.HybridCompute/machines"),
];

/// How Terraform begins a warning. It gives one of its own, about the development override.
const WARNING: &str = "Warning: ";

/// A scene and what happens in it.
#[derive(Debug)]
pub(crate) struct Story {
    /// The Azure and the workspace.
    pub(crate) scene: Scene,
}

/// A configuration with one plan, `defender_plan.it`.
pub(crate) fn one(body: &str) -> String {
    format!("resource \"defender_plan\" \"it\" {{\n{body}\n}}\n")
}

/// The id of one of the three machines.
pub(crate) fn machine(name: &str) -> String {
    let kind = MACHINES.iter().find(|(known, _)| *known == name).expect("a machine of the stories").1;
    format!("{SUBSCRIPTION}/resourceGroups/g/providers/{kind}/{name}")
}

/// The id of a plan: `KeyVaults` of the subscription, `vm1/VirtualMachines` of a machine.
pub(crate) fn id(place: &str) -> String {
    let (scope, name) = match place.split_once('/') {
        Some((machine, name)) => (self::machine(machine), name),
        None => (SUBSCRIPTION.to_owned(), place),
    };
    format!("{scope}/providers/Microsoft.Security/pricings/{name}")
}

impl Story {
    /// A story in a subscription where these plans stand so, and all others are as Azure makes them: `Free`.
    pub(crate) fn new(plans: &[(&str, Value)]) -> Result<Self, Failure> {
        let story = Self { scene: Scene::new("")? };
        for (place, properties) in plans {
            story.edit(place, properties);
        }
        Ok(story)
    }

    /// Somebody else sets a plan.
    pub(crate) fn edit(&self, place: &str, properties: &Value) {
        let name = place.rsplit('/').next().unwrap_or_default();
        let mut document =
            json!({"name": name, "type": "Microsoft.Security/pricings", "properties": properties});
        document["properties"]["freeTrialRemainingTime"] = json!("PT0S");
        self.scene.azure.put_resource(&id(place), document);
    }

    /// Applies a configuration without a warning; the plan after it is empty and writes nothing.
    pub(crate) fn apply(&self, configuration: &str, sends: &str, leaves: &str) -> Result<(), Failure> {
        let output = self.apply_with_warnings(configuration, sends, leaves)?;
        assert_eq!(warnings(&output), 0, "{}{}", output.stdout, output.stderr);
        let plan = self.plan(0, &["No changes."])?;
        assert_eq!(warnings(&plan), 0, "{}{}", plan.stdout, plan.stderr);
        Ok(())
    }

    /// Applies a configuration with which the story begins.
    pub(crate) fn begin(&self, configuration: &str) -> Result<(), Failure> {
        self.write(configuration)?;
        self.scene.workspace.apply()?.require(0)?;
        self.take_sent();
        Ok(())
    }

    /// Applies a configuration.
    pub(crate) fn apply_with_warnings(
        &self,
        configuration: &str,
        sends: &str,
        leaves: &str,
    ) -> Result<Output, Failure> {
        self.write(configuration)?;
        let output = self.scene.workspace.apply()?.require(0)?;
        self.assert_sent(sends, configuration);
        self.assert_azure(leaves, configuration);
        Ok(output)
    }

    /// Applies a configuration, which fails with these texts.
    pub(crate) fn fail(
        &self,
        configuration: &str,
        texts: &[&str],
        sends: &str,
        leaves: &str,
    ) -> Result<Output, Failure> {
        self.write(configuration)?;
        let output = require_texts(self.scene.workspace.apply()?.require(1)?, texts)?;
        self.assert_sent(sends, configuration);
        self.assert_azure(leaves, configuration);
        Ok(output)
    }

    /// Plans what is written, with this exit code and these texts; reads at most.
    pub(crate) fn plan(&self, code: i32, texts: &[&str]) -> Result<Output, Failure> {
        let output = require_texts(self.scene.workspace.plan()?.require(code)?, texts)?;
        let sent = self.take_sent();
        assert!(sent.iter().all(|line| line.starts_with("GET")), "a plan only reads: {sent:?}");
        Ok(output)
    }

    /// Destroys everything.
    pub(crate) fn destroy(&self, sends: &str, leaves: &str) -> Result<Output, Failure> {
        let output = self.scene.workspace.destroy()?.require(0)?;
        self.assert_sent(sends, "destroy");
        self.assert_azure(leaves, "destroy");
        Ok(output)
    }

    /// Writes the configuration.
    pub(crate) fn write(&self, configuration: &str) -> Result<(), Failure> {
        self.scene.workspace.write("main.tf", configuration)
    }

    /// Imports `defender_plan.it`, with exit code 0 and these texts, or 1 and these.
    pub(crate) fn import(&self, id: &str, code: i32, texts: &[&str]) -> Result<(), Failure> {
        let output = self.scene.workspace.import("defender_plan.it", id)?.require(code)?;
        require_texts(output, texts).map(drop)
    }

    /// The first object of the state; null where there is none.
    pub(crate) fn state(&self) -> Result<Value, Failure> {
        let state = self.scene.workspace.show_json()?;
        Ok(state.pointer("/values/root_module/resources/0").cloned().unwrap_or_default())
    }

    /// Asserts how plans stand in Azure, each as [`in_words`] writes it, with `; ` between them.
    pub(crate) fn assert_azure(&self, expected: &str, step: &str) {
        for line in expected.split("; ") {
            let place = line.split(' ').next().unwrap_or_default();
            assert_eq!(describe(&self.scene.azure, place), line, "after {step}");
        }
    }

    /// Asserts the requests since the last time but for those aside, in the order of their answers, as [`short`]
    /// writes them, with `, ` between them.
    fn assert_sent(&self, expected: &str, step: &str) {
        assert_eq!(self.take_sent().join(", "), expected, "sent by {step}");
    }

    /// The requests since the last time but for sign-ins and looks at permissions.
    pub(crate) fn take_sent(&self) -> Vec<String> {
        let requests = self.scene.azure.requests();
        self.scene.azure.clear_requests();
        requests.iter().filter(|request| !is_aside(request)).map(short).collect()
    }
}

/// Whether a request only prepares others: a sign-in, or a look at what the caller may do.
fn is_aside(request: &LoggedRequest) -> bool {
    request.path.contains("/oauth2/") || request.path.contains("/Microsoft.Authorization/permissions")
}

/// How many warnings are not Terraform's own.
pub(crate) fn warnings(output: &Output) -> usize {
    let said = output.stdout.clone() + &output.stderr;
    said.matches(WARNING).count() - said.matches("Warning: Provider development overrides").count()
}

/// Returns the output if it has all texts.
pub(crate) fn require_texts(output: Output, texts: &[&str]) -> Result<Output, Failure> {
    texts.iter().try_fold(output, |output, text| output.require_text(text))
}

/// `PUT vm1/VirtualMachines 409`; plans of the subscription stand alone, a list is `*`, and 200 goes without saying.
pub(crate) fn short(request: &LoggedRequest) -> String {
    let path = request.path.split('?').next().unwrap_or_default();
    let place = match path.split_once("/providers/Microsoft.Security/pricings") {
        Some((SUBSCRIPTION, "")) => "*".to_owned(),
        Some((SUBSCRIPTION, name)) => name.trim_start_matches('/').to_owned(),
        Some((scope, name)) => {
            let scope = scope.rsplit('/').next().unwrap_or_default();
            format!("{scope}{}", if name.is_empty() { "/*" } else { name })
        }
        None => path.to_owned(),
    };
    match request.status {
        200 => format!("{} {place}", request.method),
        status => format!("{} {place} {status}", request.method),
    }
}

fn describe(azure: &Emulator, place: &str) -> String {
    azure
        .resource(&id(place))
        .map_or_else(|| format!("{place} inherits"), |document| in_words(place, &document))
}

/// A plan in Azure in one line: `VirtualMachines Standard P2 enforced AgentlessVmScanning{ExclusionTags=[]} -Other`,
/// where `-` says that an extension is off. A plan of a machine that has none of its own `inherits`.
pub(crate) fn in_words(place: &str, document: &Value) -> String {
    let properties = &document["properties"];
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut words = vec![place.to_owned(), text(&properties["pricingTier"])];
    words.extend(properties["subPlan"].as_str().map(str::to_owned));
    words.extend((properties["enforce"] == "True").then(|| "enforced".to_owned()));
    for extension in properties["extensions"].as_array().into_iter().flatten() {
        let name = text(&extension["name"]);
        if extension["isEnabled"] != "True" {
            words.push(format!("-{name}"));
            continue;
        }
        let fields = extension["additionalExtensionProperties"].as_object().into_iter().flatten();
        let fields: Vec<_> = fields.map(|(name, value)| format!("{name}={}", text(value))).collect();
        words.push(if fields.is_empty() { name } else { format!("{name}{{{}}}", fields.join(",")) });
    }
    words.join(" ")
}
