//! Parts of an AKS cluster that have no resource of their own: the Defender profile and add-ons. They are changed by a write
//! of the whole cluster, so nothing else of it may change on the way.
//! <https://learn.microsoft.com/rest/api/aks/managed-clusters/create-or-update>

use serde_json::{Value, json};

use super::{Found, Machines, Target};
use crate::arm::{Call, Error, ErrorKind, Request};

/// A part of a cluster, as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// `securityProfile.defender`, on with a workspace, or off.
    DefenderProfile(Option<String>),
    /// An add-on, on or off.
    Addon(String, bool),
}

/// How often somebody else may change the cluster in between.
const TRIES: u32 = 5;

impl Part {
    /// Writes the part into the body of a cluster.
    fn apply(&self, body: &mut Value) {
        let properties = &mut body["properties"];
        match self {
            Self::DefenderProfile(workspace) => {
                let defender = &mut properties["securityProfile"]["defender"];
                defender["securityMonitoring"] = json!({"enabled": workspace.is_some()});
                match workspace {
                    Some(workspace) => defender["logAnalyticsWorkspaceResourceId"] = json!(workspace),
                    None => {
                        defender
                            .as_object_mut()
                            .map(|profile| profile.remove("logAnalyticsWorkspaceResourceId"));
                    }
                }
            }
            Self::Addon(name, is_on) => {
                let addons = &mut properties["addonProfiles"];
                let known = addons.as_object().into_iter().flatten();
                let spelt =
                    known.map(|(name, _)| name.clone()).find(|known| known.eq_ignore_ascii_case(name));
                addons[spelt.unwrap_or_else(|| name.clone())]["enabled"] = json!(is_on);
            }
        }
    }
}

impl Machines {
    /// Changes a part of a cluster, and nothing else of it: what was read is written back, on the condition that nobody
    /// has changed it meanwhile.
    ///
    /// # Errors
    ///
    /// Why it could not be changed.
    pub async fn change(&self, target: &Target, part: &Part, call: &Call) -> Result<Found, Error> {
        let act = format!("changing the cluster {}", target.name());
        let unfinished =
            |kind| Error::not_sent(kind, &act, target.as_str(), "another change of it is under way");
        let _turn = self.writes.at(target.as_str(), call).await.map_err(unfinished)?;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.change_once(target, part, call).await {
                // Somebody else was faster.
                Err(error) if error.status() == Some(412) && tries < TRIES => {}
                outcome => return outcome,
            }
        }
    }

    async fn change_once(&self, target: &Target, part: &Part, call: &Call) -> Result<Found, Error> {
        let act = format!("changing the cluster {}", target.name());
        let missing =
            || Error::not_sent(ErrorKind::NotFound, &act, target.as_str(), "there is no such cluster");
        let mut body = self.body(target, call).await?.ok_or_else(missing)?;
        let before = body.clone();
        part.apply(&mut body);
        if body == before {
            return Ok(Found::of_body(target.kind, &body));
        }
        let tag = ["eTag", "etag"].iter().find_map(|name| body[*name].as_str()).map(str::to_owned);
        if let Some(body) = body.as_object_mut() {
            // What only Azure says is not sent back.
            for own in ["eTag", "etag", "systemData"] {
                body.remove(own);
            }
            // A cluster's own service principal is shown without its secret, and refused so; what is not sent stays.
            // <https://github.com/Azure/azure-cli/blob/dev/src/azure-cli/azure/cli/command_modules/acs/custom.py>
            if let Some(properties) = body.get_mut("properties").and_then(Value::as_object_mut) {
                properties.remove("servicePrincipalProfile");
            }
        }
        let mut request = Request::put(target.as_str(), target.kind.api_version(), body).act(act.as_str());
        if let Some(tag) = tag {
            request = request.if_match(tag);
        }
        let answer = self.client.send_and_wait(request, call).await;
        self.forget(target);
        Ok(Found::of_body(target.kind, &answer?.body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_changes_and_nothing_else() {
        let mut body = json!({"properties": {"dnsPrefix": "x", "addonProfiles": {"azurePolicy": {"enabled": false, "config": {"a": "b"}}},
            "securityProfile": {"imageCleaner": {"enabled": true}}}});
        Part::Addon("azurepolicy".to_owned(), true).apply(&mut body);
        assert_eq!(
            body["properties"]["addonProfiles"],
            json!({"azurePolicy": {"enabled": true, "config": {"a": "b"}}})
        );
        Part::DefenderProfile(Some("/w".to_owned())).apply(&mut body);
        let profile = json!({"imageCleaner": {"enabled": true},
            "defender": {"securityMonitoring": {"enabled": true}, "logAnalyticsWorkspaceResourceId": "/w"}});
        assert_eq!(body["properties"]["securityProfile"], profile);
        Part::DefenderProfile(None).apply(&mut body);
        assert_eq!(
            body["properties"]["securityProfile"]["defender"],
            json!({"securityMonitoring": {"enabled": false}})
        );
        assert_eq!(body["properties"]["dnsPrefix"], "x");
    }
}
