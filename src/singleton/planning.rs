//! Completing a plan. What is planned never depends on Azure.

use tfplugin_protocol::provider::{Call, Planning};
use tfplugin_protocol::{Attr, Diagnostic, Result};

use super::apply::{Leave, leave};
use super::kind::{Frame, Framed, Kind, Place};
use super::{marks, record};
use crate::arm::Scope;
use crate::availability::{Fact, Facts, Subject};
use crate::context::{Context, look_ahead, planned_scope};
use crate::diagnostics::{of_findings, tell};

pub(super) async fn plan<K: Kind>(
    call: &mut Call<Context>,
    planning: Planning<K::Model>,
) -> Result<K::Model> {
    let Planning { config, prior, mut planned, changed } = planning;
    let prior = prior.as_ref();
    let mut frame = planned.frame();
    if frame.place.is_unknown() && config.frame().place.is_null() {
        frame.place = spelt_as_before(prior, planned_scope(call)?);
        planned.set_frame(frame.clone());
    }
    if changed {
        K::complete(&config, &mut planned);
    }
    let place = K::place(&planned)?;
    let before = prior.map(|prior| K::place(prior)).transpose()?.flatten();
    let is_same = |one: &Place, other: &Place| one.id.eq_ignore_ascii_case(&other.id);
    let stays = matches!((&before, &place), (Some(before), Some(place)) if is_same(before, place));
    let id = match &place {
        Some(_) if stays => prior.map_or(Attr::Unknown, |prior| prior.frame().id),
        Some(place) => place.id.as_str().into(),
        None => Attr::Unknown,
    };
    planned.set_frame(Frame { id, ..planned.frame() });
    // What is replaced is planned once more, as a creation.
    let Some(place) = place.filter(|_| prior.is_none() || stays) else { return Ok(planned) };
    marks::claim(call, &place, prior.is_none(), K::PLACED_BY)?;
    let writes = prior.is_none_or(|prior| needs_write::<K>(prior, &planned));
    if writes {
        warn_of_permissions::<K>(call, &place.scope).await?;
    }
    K::judge(call, prior, &planned).await?;
    Ok(planned)
}

/// Says beforehand what destroying will not do.
pub(super) fn plan_delete<K: Kind>(call: &mut Call<Context>, prior: &K::Model) -> Result<()> {
    let Some(place) = K::place(prior)? else { return Ok(()) };
    marks::give_up(call, &place);
    if leave(prior.frame().on_destroy.known(), record::before(&call.private, &place)) == Leave::Unknown {
        warn_of_nothing(call, &place);
    }
    Ok(())
}

/// Says that destroying puts nothing back, because nothing is known.
pub(super) fn warn_of_nothing(call: &mut Call<Context>, place: &Place) {
    let detail = format!(
        "{} stays as it is now: what was there before this resource is not known, as it was imported, or Azure did not \
         show it. on_destroy = \"keep\" says the same without this warning.",
        place.id
    );
    call.warn(Diagnostic::warning("Destroying changes nothing in Azure", detail).at("on_destroy"));
}

/// Whether Azure has to be told: everything else is between this resource and Terraform.
pub(super) fn needs_write<K: Kind>(prior: &K::Model, planned: &K::Model) -> bool {
    let inner = |model: &K::Model| {
        let mut model = model.clone();
        model.set_frame(Frame::default());
        model
    };
    inner(prior) != inner(planned)
}

/// The provider's subscription in the state's letter case, where it is the same.
fn spelt_as_before<M: Framed>(prior: Option<&M>, scope: Attr<String>) -> Attr<String> {
    let before = prior.map(Framed::frame).and_then(|frame| frame.place.into_known());
    match (before, scope) {
        (Some(before), Attr::Known(scope)) if before.eq_ignore_ascii_case(&scope) => before.into(),
        (_, scope) => scope,
    }
}

/// Says that the caller does not appear to be allowed to write this type of setting.
async fn warn_of_permissions<K: Kind>(call: &mut Call<Context>, scope: &Scope) -> Result<()> {
    let Some(context) = call.context_if_configured() else { return Ok(()) };
    let Some(granted) = context.granted(scope, &look_ahead(call)).await else { return Ok(()) };
    let facts = Facts {
        setting: Fact::Known(K::TYPE.to_owned()),
        scope: Fact::Known(scope.as_str().to_owned()),
        granted: Fact::Known(granted),
        cloud: context.cloud,
        ..Facts::default()
    };
    let path = |subject: &Subject| (*subject == Subject::Setting).then(|| K::PLACED_BY.into());
    tell(call, of_findings(context.rules.judge(&facts), path))
}
