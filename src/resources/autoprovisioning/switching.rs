//! Settings of the subscription: switched on, and put back to what they were.

use tfplugin_protocol::{Attr, Diagnostic, Result};

use super::apply::Everything;
use super::model::Switched;
use crate::arm::{self, Error, Scope};
use crate::catalog::model::{Setting, SettingValue};
use crate::context::Context;
use crate::settings::Settings;

/// How Azure says that the Log Analytics agent cannot be switched on any more.
const DEPRECATED: &str = "Deprecated";

/// Who is asked.
pub(super) struct Switching<'a> {
    pub(super) context: &'a Context,
    pub(super) settings: &'a Settings,
    pub(super) scope: &'a Scope,
    pub(super) patience: &'a arm::Call,
}

/// Switches a setting on. What it was before is remembered the first time.
pub(super) async fn on(by: &Switching<'_>, setting: &Setting, all: &Everything<'_>) -> Result<()> {
    by.context.note_creation(&Settings::id(by.scope, setting));
    let found = by.settings.read(by.scope, setting, by.patience).await?;
    all.note(|state, record| {
        // What was imported was on before, and what it was before that is not known.
        let is_ours = state.settings.known_items().any(|one| is_it(one, setting));
        if !is_ours {
            record.before.entry(setting.name.clone()).or_insert_with(|| found.clone());
        }
    });
    if found.as_ref() != Some(&setting.on) {
        let now = by.settings.write(by.scope, setting, &setting.on, by.patience).await?;
        if now != setting.on {
            return Err(not_taken(by.scope, setting, &now).into());
        }
    }
    all.note(|state, _| {
        let mut settings: Vec<Switched> = state.settings.known_items().cloned().collect();
        settings.retain(|one| !is_it(one, setting));
        settings.push(Switched::on(Settings::id(by.scope, setting).into(), setting));
        state.settings = Attr::Known(settings.into_iter().map(Attr::Known).collect());
    });
    Ok(())
}

/// Puts a setting back to what it was. Where that is not known, it stays as it is.
pub(super) async fn back(by: &Switching<'_>, setting: &Setting, all: &Everything<'_>) -> Result<()> {
    let before = all.look(|_, record| record.before.get(&setting.name).cloned());
    match before {
        // Another resource has taken its place in this run, and goes on with what is there.
        _ if by.context.has_created(&Settings::id(by.scope, setting)) => {}
        None => all.warn(stays(by.scope, setting)),
        Some(Some(before)) if before == setting.on => {}
        Some(before) => match restore(by, setting, before.as_ref()).await {
            Err(error) if error.code() == Some(DEPRECATED) => all.warn(no_way_back(&error)),
            outcome => outcome?,
        },
    }
    all.note(|state, record| {
        let left = state.settings.known_items().filter(|one| !is_it(one, setting)).cloned();
        state.settings = Attr::Known(left.map(Attr::Known).collect());
        record.before.remove(&setting.name);
    });
    Ok(())
}

async fn restore(
    by: &Switching<'_>,
    setting: &Setting,
    before: Option<&SettingValue>,
) -> std::result::Result<(), Error> {
    match before.or(setting.off.as_ref()) {
        Some(value) => by.settings.write(by.scope, setting, value, by.patience).await.map(drop),
        None => by.settings.delete(by.scope, setting, by.patience).await,
    }
}

fn is_it(one: &Switched, setting: &Setting) -> bool {
    one.name.known().is_some_and(|name| *name == setting.name)
}

fn not_taken(scope: &Scope, setting: &Setting, now: &SettingValue) -> Diagnostic {
    let detail = format!(
        "{} was set to {}, and Azure answered without an error that it is {now}. Look whether something else sets it, a \
         policy for example, and apply again.",
        Settings::id(scope, setting),
        setting.on
    );
    Diagnostic::error("The setting has not changed", detail).at("component")
}

fn stays(scope: &Scope, setting: &Setting) -> Diagnostic {
    let detail = format!(
        "{} stays as it is: it is not known what it was before, as after an import.",
        Settings::id(scope, setting)
    );
    Diagnostic::warning("A setting is not put back", detail)
}

fn no_way_back(error: &Error) -> Diagnostic {
    let detail = format!("{error}.\n\nWhat it was before is not possible any more, and it stays as it is.");
    Diagnostic::warning("A setting cannot be put back", detail)
}
