//! The schema, which is also the documentation.

use tfplugin_protocol::schema::{Attribute, Nesting};
use tfplugin_protocol::{Schema, Type, Value};

use crate::singleton;

pub(super) fn schema() -> Schema {
    Schema::new(
        "What Microsoft Defender for Storage does on one storage account, other than its subscription says. Every account \
         has this setting: it is taken over as it is, and destroying puts back what was there before. What is not set stays \
         as it is.",
    )
    .attribute("id", singleton::id())
    .attribute(
        "storage_account_id",
        Attribute::string().required().replace().same_if(Value::same_text).describe("The id of the storage account."),
    )
    .attribute(
        "enabled",
        Attribute::bool().optional().default(true).describe(
            "Whether Defender for Storage protects the account. Default: `true`.",
        ),
    )
    .attribute(
        "override_subscription_settings",
        Attribute::bool().optional().computed().keep().describe(
            "Whether the account has settings of its own; otherwise those of the subscription count, whatever is set here. \
             Default: `true` where `enabled` is `false` or `malware_scanning` or `sensitive_data_discovery` is set; \
             otherwise it stays as it is.",
        ),
    )
    .attribute("malware_scanning", scanning())
    .attribute("sensitive_data_discovery", discovery())
    .attribute(
        "on_destroy",
        singleton::on_destroy("inherit", "the account follows its subscription again"),
    )
}

fn discovery() -> Attribute {
    let enabled = Attribute::bool().optional().default(true).describe("Whether it is on. Default: `true`.");
    Attribute::nested(Nesting::Single, [("enabled", enabled)])
        .optional()
        .computed()
        .keep()
        .describe("The search for sensitive data in blobs.")
}

fn scanning() -> Attribute {
    let topic = Attribute::string().optional().same_if(Value::same_text).describe(
        "The id of the Event Grid custom topic that the results go to. Where nothing is set, they go to none.",
    );
    let results = Attribute::string().optional().computed().keep().one_of(&["blobIndexTags", "None"]);
    let results = results
        .describe("Whether the result is written to the blob's index tags: `blobIndexTags` or `None`.");
    let attributes = [
        ("on_upload", on_upload()),
        ("scan_results_event_grid_topic_id", topic),
        ("blob_scan_results_options", results),
    ];
    Attribute::nested(Nesting::Single, attributes)
        .optional()
        .computed()
        .keep()
        .describe("The search for malware.")
}

fn on_upload() -> Attribute {
    let enabled = Attribute::bool().optional().default(true).describe("Whether it is on. Default: `true`.");
    let cap = Attribute::integer().optional().computed().keep().check(|value| {
        let is_wrong = whole(value).is_some_and(|cap| cap < -1 || cap == 0);
        let problem = "Write -1 for no limit, or a number of gigabytes from 1 on.";
        if is_wrong { Err(problem.to_owned()) } else { Ok(()) }
    });
    let cap = cap.describe("How many gigabytes are scanned in a month at most; `-1` is no limit.");
    Attribute::nested(
        Nesting::Single,
        [("enabled", enabled), ("cap_gb_per_month", cap), ("filters", filters())],
    )
    .optional()
    .computed()
    .keep()
    .describe("The scan of each blob when it is written.")
}

fn filters() -> Attribute {
    let texts = |what: &str| {
        Attribute::list(Type::String).optional().describe(format!("Blobs whose {what} are not scanned."))
    };
    let size = Attribute::integer().optional().check(|value| {
        let is_wrong = whole(value).is_some_and(|size| size < 1);
        if is_wrong { Err("A number of bytes from 1 on is required.".to_owned()) } else { Ok(()) }
    });
    let attributes = [
        ("exclude_blobs_with_prefix", texts("path, `container/folder/name`, begins with one of these")),
        ("exclude_blobs_with_suffix", texts("name ends with one of these")),
        ("exclude_blobs_larger_than", size.describe("Blobs of more bytes than this are not scanned.")),
    ];
    Attribute::nested(Nesting::Single, attributes).optional().computed().keep().describe(
        "Which blobs are not scanned. `{}` takes all filters out; where nothing is set, they stay as they are.",
    )
}

fn whole(value: &Value) -> Option<i64> {
    if let Value::Number(number) = value { number.as_i64() } else { None }
}
