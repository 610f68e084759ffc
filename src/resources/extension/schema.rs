//! The schema, which is also the documentation.

use tfplugin_protocol::schema::{Attribute, Nesting};
use tfplugin_protocol::{Schema, Type, Value};

pub(super) fn schema() -> Schema {
    let schema = Schema::new(
        "A component of Defender for Cloud, or any other extension, on one virtual machine, scale set, Arc machine, AKS cluster \
         or Arc-enabled Kubernetes cluster. The plan says what becomes of an agent that is there already.",
    );
    computed(agents(deployed(asked(schema))))
}

fn text() -> Attribute {
    Attribute::string().optional()
}

fn asked(schema: Schema) -> Schema {
    schema
        .attribute(
            "target_id",
            Attribute::string().required().replace().same_if(Value::same_text).describe(
                "The id of the virtual machine, scale set, Arc machine, AKS cluster or Arc-enabled Kubernetes cluster.",
            ),
        )
        .attribute(
            "component",
            text().describe(
                "What is deployed, for example `defender_for_endpoint`: publisher, type, version and settings follow from it and \
                 from the target. Set this, or `type`.",
            ),
        )
        .attribute(
            "publisher",
            text().computed().keep().replace().same_if(Value::same_text).describe(
                "Who publishes the extension of a machine. Clusters have none. Default: that of the component.",
            ),
        )
        .attribute(
            "type",
            text().computed().keep().replace().same_if(Value::same_text).describe(
                "The extension's type, for example `MDE.Linux`. Default: that of the component.",
            ),
        )
        .attribute(
            "name",
            text().computed().keep().replace().same_if(Value::same_text).describe(
                "The extension's name. Default: that of an extension of the same publisher and type that is there already, or \
                 the usual one.",
            ),
        )
}

fn deployed(schema: Schema) -> Schema {
    schema
        .attribute(
            "type_handler_version",
            text().describe(
                "The version, for example `1.0`. A version that is not set is never a difference. Default: the one that built-in \
                 policies deploy, or Azure's choice.",
            ),
        )
        .attribute(
            "auto_upgrade_minor_version",
            Attribute::bool()
                .optional()
                .default(true)
                .describe("Whether newer minor versions are taken. Default: `true`."),
        )
        .attribute(
            "automatic_upgrade_enabled",
            Attribute::bool().optional().describe(
                "Whether Azure brings a machine's extension up to date by itself. Default: Azure's choice.",
            ),
        )
        .attribute(
            "settings",
            Attribute::of(Type::Dynamic).optional().same_if(Value::means).describe(
                "Settings, as an object, beside those of the component and before them. Clusters take texts only.",
            ),
        )
        .attribute(
            "protected_settings",
            Attribute::of(Type::Dynamic).optional().write_only().describe(
                "Settings that nobody sees, as an object: Azure never shows them, and neither the plan nor the state has them. \
                 They are sent with every write; to have them sent again, change `protected_settings_version`.",
            ),
        )
        .attribute(
            "protected_settings_version",
            text().describe("Any text; a change sends `protected_settings` again."),
        )
        .attribute(
            "workspace_id",
            text().same_if(Value::same_text).describe(
                "The id of the Log Analytics workspace that data goes to, for components that need one.",
            ),
        )
        .attribute(
            "accept_preview",
            Attribute::bool().optional().default(false).describe(
                "Whether it is known that previews come under terms of their own; without that they are warned of. Default: \
                 `false`.",
            ),
        )
}

fn agents(schema: Schema) -> Schema {
    let agent = [
        (
            "kind",
            text().computed().one_of(&["direct", "extension", "operations_manager"]).describe(
                "How it came there: `direct`, installed on the machine; `extension`; `operations_manager`, with System Center.",
            ),
        ),
        (
            "version",
            Attribute::integer().optional().computed().describe("Its version; of Operations Manager the year."),
        ),
        (
            "workspaces",
            Attribute::list(Type::String)
                .optional()
                .computed()
                .describe("The workspaces that it reports to."),
        ),
    ];
    schema
        .attribute(
            "existing_agent",
            Attribute::nested(Nesting::Single, agent).optional().computed().describe(
                "The agent that is on the machine already. Azure tells of one that is an extension; of any other only you do.",
            ),
        )
        .attribute(
            "workspace_solutions",
            Attribute::list(Type::String)
                .optional()
                .describe("Solutions of the workspace, such as `Security`, where you know them."),
        )
        .attribute(
            "onboarded_on",
            text().describe(
                "The day on which the subscription was onboarded to Defender for Cloud, as in `2019-03-16`, where you know it.",
            ),
        )
}

fn computed(schema: Schema) -> Schema {
    let string = || Attribute::string().computed();
    schema
        .attribute("id", string().keep().describe("The extension's id."))
        .attribute("all_settings", string().describe("All settings that it is to have, as JSON: of a cluster those that were asked for."))
        .attribute(
            "outcome",
            string().describe(
                "What happens: `deploy`; `adopt`, an extension of this publisher and type is there and is taken over; `keep`, it \
                 is there and stays as it is; `skip`, nothing is deployed; `side_by_side`, it is deployed beside another agent.",
            ),
        )
        .attribute(
            "reports_to",
            Attribute::list(Type::String)
                .computed()
                .describe("The workspaces that the machine reports to afterwards."),
        )
        .attribute("current_version", string().describe("The version that is there, as far as Azure says."))
}
