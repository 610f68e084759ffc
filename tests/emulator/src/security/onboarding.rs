//! `Microsoft.Security/mdeOnboardings`: what onboards machines to Defender for Endpoint, the same for everybody here.
//! <https://learn.microsoft.com/rest/api/defenderforcloud/mde-onboardings>

use hyper::Method;
use serde_json::json;

use crate::arm::{ResourceType, Visit};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType =
    ResourceType { name: "Microsoft.Security/mdeOnboardings", versions: &["2021-10-01-preview"], answer };

/// The only name.
const NAME: &str = "default";

fn answer(_: &mut World, visit: &Visit<'_>) -> Answer {
    let id = format!("{}/providers/{}/{NAME}", visit.place.scope, TYPE.name);
    // Packages are base64; what is in these is only their names.
    let document = json!({ "id": id, "name": NAME, "type": TYPE.name, "properties": {
        "onboardingPackageWindows": "d2luZG93cw==", "onboardingPackageLinux": "bGludXg=" } });
    match (&visit.call.method, visit.place.name()) {
        _ if !super::at_subscription(visit) => not_implemented(visit.call),
        (&Method::GET, None) => Answer::json(200, &json!({ "value": [document] })),
        (&Method::GET, Some(NAME)) => Answer::json(200, &document),
        _ => not_implemented(visit.call),
    }
}
