//! Completing a plan: what is deployed where, by which assignments and settings.

use tfplugin_protocol::provider::{Call, Planning};
use tfplugin_protocol::{Attr, Result};

use super::assigning::Assigning;
use super::check::{scope, settings_above};
use super::deciding::{Asked, Decision, Kept, Question, all_targets, decide};
use super::judging::{self, base_facts};
use super::model::{Model, Skipped, Switched, id};
use super::record::Record;
use super::{no_component, refusing, telling};
use crate::arm::{Scope, ScopeKind};
use crate::assignment::claims::{Claimant, claim};
use crate::assignment::completing;
use crate::assignment::model::known_texts;
use crate::availability::Fact;
use crate::catalog::Catalog;
use crate::catalog::model::{Component, Day, Setting};
use crate::catalog::{read_word, word};
use crate::context::{Context, patience, planned_scope, succession};
use crate::diagnostics::tell;
use crate::settings::Settings;

pub(super) async fn plan(call: &mut Call<Context>, planning: Planning<Model>) -> Result<Model> {
    let Planning { config, prior, mut planned, .. } = planning;
    if planned.scope.is_unknown() && config.scope.is_null() {
        planned.scope = planned_scope(call)?;
    }
    let scope = planned.scope.known().map(|text| scope(text)).transpose()?;
    if let (Some(scope), Some(component)) = (&scope, planned.component.known()) {
        planned.id = Attr::Known(id(scope.as_str(), component));
    }
    if prior.as_ref().is_some_and(|prior| is_another(prior, &planned)) {
        call.replace("location");
        // Another object takes its place, and is planned once more, as a creation.
        return Ok(planned);
    }
    let (Some(context), Some(id)) = (call.context_if_configured(), planned.component.known()) else {
        return Ok(planned);
    };
    let component = Catalog::get().component(id).ok_or_else(|| no_component(id))?;
    let Fact::Known(today) = context.rules.date else { return Ok(planned) };
    // What is not decided on yet: how grave rules are, and which cloud it is.
    if context.rules.levels.is_none() || context.cloud.is_unknown() {
        return Ok(planned);
    }
    if config.targets.is_unknown() || config.targets.known_items().count() < count(&config) {
        return Ok(planned);
    }
    if prior.is_none() {
        succession::inherit(call, &context, &planned.id);
    }
    let question = Question {
        component,
        targets: asked(component, &config, prior.as_ref(), &Record::of(&call.private), today),
        cloud: context.cloud,
        own_workspace: own_workspace(&planned),
        rules: &context.rules,
        facts: &base_facts(component, prior.as_ref(), &planned),
    };
    let drafting =
        Drafting { context: &context, scope: scope.as_ref(), config: &config, prior: prior.as_ref() };
    drafting.complete(call, planned, &question).await
}

fn count(config: &Model) -> usize {
    config.targets.known().map_or(0, Vec::len)
}

/// Another place or component is another object, and so is another region where identities live in one.
fn is_another(prior: &Model, planned: &Model) -> bool {
    let same = |a: &Attr<String>, b: &Attr<String>| match (a, b) {
        (Attr::Known(a), Attr::Known(b)) => a.eq_ignore_ascii_case(b),
        (a, b) => a.is_null() && b.is_null(),
    };
    !same(&prior.scope, &planned.scope)
        || !same(&prior.component, &planned.component)
        || (prior.location != planned.location && prior.assignments.known_items().next().is_some())
}

/// The targets, each with what was decided of it before.
fn asked(
    component: &'static Component,
    config: &Model,
    prior: Option<&Model>,
    record: &Record,
    today: Day,
) -> Vec<Asked> {
    let named = known_texts(&config.targets);
    let wanted = match prior {
        _ if !config.targets.is_null() => named,
        // What was left out stays so, and stays told.
        Some(prior) => {
            let left_out = skipped(prior).filter_map(|skipped| skipped.target.known().cloned());
            known_texts(&prior.targets).into_iter().chain(left_out).collect()
        }
        None => all_targets(component),
    };
    let kept = |target: &str| {
        let prior = prior?;
        let was_accepted = prior.accepted().any(|accepted| accepted == target);
        let was_skipped = skipped(prior).any(|skipped| is_for(skipped, target));
        (was_accepted || was_skipped).then(|| Kept {
            without: skipped(prior)
                .filter(|skipped| is_for(skipped, target))
                .filter_map(|skipped| read_word(skipped.os.known()?))
                .collect(),
            is_left_out: !was_accepted,
        })
    };
    let asked = wanted.into_iter().map(|id| {
        let kept = kept(&id);
        let before = record.decided.get(&id).copied().filter(|_| kept.is_some());
        Asked { date: before.unwrap_or(today), kept, id }
    });
    let mut asked: Vec<Asked> = asked.collect();
    // Sets have no order, and plans must have one.
    let rank = |asked: &Asked| component.rows.iter().position(|row| row.target == asked.id);
    asked.sort_by_key(|asked| (rank(asked).unwrap_or(usize::MAX), asked.id.clone()));
    asked.dedup_by(|one, other| one.id == other.id);
    asked
}

fn skipped(model: &Model) -> impl Iterator<Item = &Skipped> {
    model.skipped.known_items()
}

fn is_for(skipped: &Skipped, target: &str) -> bool {
    skipped.target.known().is_some_and(|one| one == target)
}

/// Whether data goes to a workspace that the user names. One that is not known yet may still turn out to be none.
fn own_workspace(planned: &Model) -> Option<bool> {
    match &planned.workspace_id {
        Attr::Null => Some(false),
        Attr::Unknown => None,
        Attr::Known(_) => Some(true),
    }
}

/// Fills in how each target is reached, and which are left out.
fn describe(
    config: &Model,
    prior: Option<&Model>,
    planned: &mut Model,
    asked: &[Asked],
    decision: &Decision,
) {
    let mut left_out: Vec<Skipped> = Vec::new();
    for one in asked {
        let news = decision.refused.iter().chain(&decision.nothing);
        for news in news.filter(|news| news.target == one.id).map(refusing::skipped) {
            // What was said before is not said in other words.
            let same = |before: &&Skipped| before.target == news.target && before.os == news.os;
            let before = prior.into_iter().flat_map(skipped).find(same).cloned();
            left_out.push(before.unwrap_or(news));
        }
    }
    planned.skipped = Attr::Known(left_out.into_iter().map(Attr::Known).collect());
    let ways = decision.mechanism.iter();
    let ways = ways.map(|(target, way)| (target.clone(), word(way).into()));
    planned.mechanism = Attr::Known(ways.collect());
    if config.targets.is_null() {
        let reached = decision.mechanism.keys().map(|target| target.as_str().into());
        planned.targets = Attr::Known(reached.collect());
    }
}

/// The settings that are written.
fn settings(planned: &Model, decision: &Decision, prior: Option<&Model>) -> Attr<Vec<Attr<Switched>>> {
    let scope = planned.scope.known().and_then(|text| text.parse::<Scope>().ok());
    let made = |setting: &Setting| {
        scope.as_ref().map_or(Attr::Unknown, |scope| Attr::Known(Settings::id(scope, setting)))
    };
    let id = |setting: &Setting| known_id(prior, &setting.name).unwrap_or_else(|| made(setting));
    let switched = decision.settings.iter().map(|setting| Switched::on(id(setting), setting));
    Attr::Known(switched.map(Attr::Known).collect())
}

fn known_id(prior: Option<&Model>, name: &str) -> Option<Attr<String>> {
    let mut known = prior?.settings.known_items();
    known.find(|one| one.name.known().is_some_and(|known| known == name)).map(|one| one.id.clone())
}

/// A plan in the making.
#[derive(Clone, Copy)]
struct Drafting<'a> {
    context: &'a Context,
    scope: Option<&'a Scope>,
    config: &'a Model,
    prior: Option<&'a Model>,
}

impl Drafting<'_> {
    async fn complete(
        self,
        call: &mut Call<Context>,
        mut planned: Model,
        question: &Question<'_>,
    ) -> Result<Model> {
        let Self { context, scope, config, prior } = self;
        let decision = decide(question);
        if let Some(scope) = scope.filter(|scope| scope.kind() == ScopeKind::ManagementGroup)
            && !decision.settings.is_empty()
        {
            return Err(settings_above(&question.component.title, scope).into());
        }
        // Its type follows from what is written; its ids keep a spelling that means the same.
        if let (Attr::Known(identity), Some(Attr::Known(written))) =
            (&mut planned.identity, completing::identity(&config.as_one(), None))
        {
            identity.kind = written.kind;
        }
        refusing::refuse(&decision, question.component, config, &planned)?;
        describe(config, prior, &mut planned, &question.targets, &decision);
        let mut record = Record::of(&call.private);
        record.decided = question.targets.iter().map(|asked| (asked.id.clone(), asked.date)).collect();
        planned.assignments = if decision.is_open {
            Attr::Unknown
        } else {
            let patience = patience(call);
            let assigning = Assigning { context, patience: &patience, prior, planned: &planned };
            let all = assigning.all(&decision, &mut record).await?;
            Attr::Known(all.into_iter().map(Attr::Known).collect())
        };
        planned.settings = settings(&planned, &decision, prior);
        let by = Claimant { is_new: prior.is_none(), decided_by: "component" };
        for id in planned.managed() {
            claim(call, id, by)?;
        }
        record.keep(&mut call.private);
        let writes = prior.is_none_or(|prior| {
            prior.assignments != planned.assignments || prior.settings != planned.settings
        });
        let findings = judging::judge(call, context, scope, &decision, writes).await;
        tell(call, telling::once(findings))?;
        if prior.is_none() {
            refusing::warn_of_nothing(call, question.component, &decision);
        }
        Ok(planned)
    }
}
