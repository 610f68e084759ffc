//! What the provider block says of the availability rules: the day that they are judged against, and how grave each is.

use std::collections::BTreeMap;

use serde::Deserialize;
use tfplugin_protocol::provider::ProviderBlock;
use tfplugin_protocol::{Attr, AttributePath, Diagnostic, Diagnostics};
use time::OffsetDateTime;

use crate::availability::{Fact, Facts, Finding, Level, Levels, Severity, at_levels, evaluate};
use crate::catalog::model::Day;
use crate::catalog::{Catalog, nearest};

/// The attributes of the provider block that are about rules. Checks of resources read them, too, in processes that are
/// never configured.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct RuleBlock {
    /// The day against which dated rules are judged.
    pub reference_date: Attr<String>,
    /// How grave rules are, by their ids.
    pub rule_severity: Attr<BTreeMap<String, Attr<String>>>,
    /// Whether the caller's permissions are compared with what a plan needs.
    pub preflight_permissions: Attr<bool>,
}

/// What the rules of one configuration go by.
#[derive(Clone, Debug, Default)]
pub struct RuleSettings {
    /// The day against which dated rules are judged.
    pub date: Fact<Day>,
    /// How grave rules are where it is not as the catalogue has it; nothing while that is not known.
    pub levels: Option<Levels>,
    /// Whether the caller's permissions are compared with what a plan needs.
    pub preflight_permissions: bool,
}

impl RuleBlock {
    /// What is wrong with the attributes, as far as they are known.
    pub fn check(&self) -> Diagnostics {
        let mut diagnostics = Diagnostics::default();
        if let Some(text) = self.reference_date.known().filter(|text| Day::parse(text).is_none()) {
            let beginning: String = text.chars().take(100).collect();
            let detail =
                format!("{beginning:?} is not a day of the calendar. Write it as in \"2026-11-22\".");
            diagnostics.push(Diagnostic::error("Not a day", detail).at("reference_date"));
        }
        for (id, level) in self.rule_severity.known().into_iter().flatten() {
            diagnostics.extend(check_level(id, level));
        }
        diagnostics
    }

    /// The settings, on this day.
    pub fn settings(&self, today: Option<Day>) -> RuleSettings {
        let date = match &self.reference_date {
            Attr::Known(text) => Day::parse(text).into(),
            Attr::Null => today.into(),
            Attr::Unknown => Fact::Unknown,
        };
        let preflight_permissions = match self.preflight_permissions {
            Attr::Known(wanted) => wanted,
            Attr::Null => true,
            Attr::Unknown => false,
        };
        RuleSettings { date, levels: self.levels(), preflight_permissions }
    }

    /// Nothing is judged while it is not known how: a rule whose level is unknown is silent, and all of them are while the
    /// whole attribute is.
    fn levels(&self) -> Option<Levels> {
        let level = |level: &Attr<String>| level.known().and_then(|level| Level::parse(level));
        match &self.rule_severity {
            Attr::Unknown => None,
            Attr::Null => Some(Levels::new()),
            Attr::Known(levels) => Some(
                levels
                    .iter()
                    .filter(|(_, given)| !given.is_null())
                    .map(|(id, given)| (id.clone(), level(given).unwrap_or(Level::Off)))
                    .collect(),
            ),
        }
    }
}

/// What a check in a process without a configured provider goes by: the provider block as far as it was shown, and no
/// day, so that only rules speak that hold on any day.
pub fn static_settings(block: &ProviderBlock) -> RuleSettings {
    let block = if block.is_seen() { block.read() } else { Some(RuleBlock::default()) };
    let levels = block.and_then(|block: RuleBlock| block.levels());
    RuleSettings { levels, ..RuleSettings::default() }
}

impl RuleSettings {
    /// Everything that the rules find, as grave as it is to be.
    pub fn judge(&self, facts: &Facts) -> Vec<Finding> {
        match &self.levels {
            Some(levels) => at_levels(evaluate(Catalog::get(), facts, self.date), levels),
            None => Vec::new(),
        }
    }

    /// The same, but that these rules only warn unless the user has chosen how grave they are.
    pub fn judge_mildly(&self, facts: &Facts, is_mild: impl Fn(&str) -> bool) -> Vec<Finding> {
        let chosen = |rule: &str| self.levels.as_ref().is_some_and(|levels| levels.contains_key(rule));
        let mut findings = self.judge(facts);
        for finding in &mut findings {
            if is_mild(&finding.rule.id) && !chosen(&finding.rule.id) {
                finding.severity = finding.severity.min(Severity::Warning);
            }
        }
        findings
    }
}

fn check_level(id: &str, level: &Attr<String>) -> Option<Diagnostic> {
    let path = AttributePath::of("rule_severity").key(id);
    let rules = || Catalog::get().rules.iter().map(|rule| rule.id.as_str());
    if Catalog::get().rule(id).is_none() {
        let guess = nearest(id, rules().map(|id| (id, id)));
        let guess = guess.map(|guess| format!(" Did you mean {guess:?}?")).unwrap_or_default();
        let beginning: String = id.chars().take(100).collect();
        let detail = format!(
            "There is no rule {beginning:?}.{guess} A rule's id stands at the end of what it says, as in \"rule MDC006\"."
        );
        return Some(Diagnostic::error("There is no such rule", detail).at(path));
    }
    let wrong = level.known().filter(|level| Level::parse(level).is_none())?;
    let beginning: String = wrong.chars().take(100).collect();
    let allowed = Level::NAMES.map(|name| format!("{name:?}")).join(", ");
    let detail = format!("{beginning:?} is not one of the allowed values: {allowed}.");
    Some(Diagnostic::error("Not a severity", detail).at(path))
}

/// The day of a point in time, UTC.
pub fn day_of(time: OffsetDateTime) -> Option<Day> {
    Day::new(u16::try_from(time.year()).ok()?, u8::from(time.month()), time.day())
}

/// An attribute as the rules see it: what is not set is absent.
pub fn fact<T: Clone>(attribute: &Attr<T>) -> Fact<T> {
    match attribute {
        Attr::Known(value) => Fact::Known(value.clone()),
        Attr::Unknown => Fact::Unknown,
        Attr::Null => Fact::Absent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(severities: &[(&str, Attr<String>)]) -> RuleBlock {
        let severities = severities.iter().map(|(id, level)| ((*id).to_owned(), level.clone())).collect();
        RuleBlock { rule_severity: Attr::Known(severities), ..RuleBlock::default() }
    }

    #[test]
    fn mistakes_are_told_at_their_place() {
        let date = |text: &str| RuleBlock { reference_date: text.into(), ..RuleBlock::default() };
        for (block, expected) in [
            (date("2026-11-22"), ""),
            (date("2026-11-31"), "reference_date: Not a day: \"2026-11-31\" is not a day of the calendar."),
            (block(&[("MDC006", "warning".into()), ("MDC100", Attr::Unknown)]), ""),
            (
                block(&[("MDC06", "off".into())]),
                "rule_severity[\"MDC06\"]: There is no such rule: There is no rule \"MDC06\". Did you mean \"MDC006\"?",
            ),
            (
                block(&[("MDC006", "info".into())]),
                "rule_severity[\"MDC006\"]: Not a severity: \"info\" is not one of the allowed values: \"error\", \"warning\", \"off\".",
            ),
        ] {
            let said = block.check().to_string();
            assert!(said.starts_with(expected) && said.is_empty() == expected.is_empty(), "{said}");
        }
    }

    #[test]
    fn nothing_is_judged_while_it_is_not_known_how() {
        let facts = Facts {
            plan: Fact::Known("Discovery".to_owned()),
            enabled: Fact::Known(false),
            ..Facts::default()
        };
        let found = |block: RuleBlock| block.settings(None).judge(&facts).len();
        assert_eq!(found(RuleBlock::default()), 1);
        assert_eq!(found(block(&[("MDC085", "off".into())])), 0);
        assert_eq!(found(block(&[("MDC085", Attr::Unknown)])), 0);
        assert_eq!(found(block(&[("MDC085", Attr::Null)])), 1);
        assert_eq!(found(RuleBlock { rule_severity: Attr::Unknown, ..RuleBlock::default() }), 0);
    }

    #[test]
    fn the_day_is_today_unless_another_one_is_given_or_awaited() {
        let today = Day::new(2026, 11, 28);
        let date = |date: Attr<String>| {
            RuleBlock { reference_date: date, ..RuleBlock::default() }.settings(today).date
        };
        assert_eq!(date(Attr::Null), Fact::Known(today.unwrap()));
        assert_eq!(date("2024-03-13".into()), Fact::Known(Day::new(2024, 3, 13).unwrap()));
        assert_eq!(date(Attr::Unknown), Fact::Unknown);
        assert_eq!(day_of(time::macros::datetime!(2026-11-28 23:59:59 UTC)), today);
    }
}
