//! Laws that hold for any facts.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::cases::{all, short};
use super::{Fact, Facts, Finding, evaluate};
use crate::catalog::model::{Catalog, Day};

/// Whether everything in `fewer` is in `more`, there at least as grave.
fn is_part_of(fewer: &[Finding], more: &[Finding]) -> bool {
    fewer.iter().all(|one| {
        more.iter().any(|other| {
            one.rule.id == other.rule.id && one.subject == other.subject && one.severity <= other.severity
        })
    })
}

/// Facts of several cases, mixed: what one case does not know, another one may.
fn mixed(names: &[&str], sources: &[Facts]) -> Facts {
    let mut facts = sources[0].clone();
    for (source, chunk) in sources.iter().zip(names.chunks(names.len().div_ceil(sources.len()).max(1))) {
        for name in chunk {
            facts.take_from(source, name);
        }
    }
    facts
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let known: Vec<Facts> = all().iter().map(super::cases::Case::facts).collect();
    let names = Facts::NAMES.to_vec();
    let count = names.len();
    (subsequence(names, count).prop_shuffle(), prop::collection::vec(select(known), 1..4))
        .prop_map(|(names, sources)| mixed(&names, &sources))
}

fn any_date() -> impl Strategy<Value = Fact<Day>> {
    (2019u16..2028, 1u8..13, 1u8..29, 0u8..10).prop_map(|(year, month, day, unknown)| {
        match Day::new(year, month, day) {
            Some(day) if unknown > 0 => Fact::Known(day),
            _ => Fact::Unknown,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// The law of the rules: an unknown takes findings away or makes them milder, and never the other way.
    #[test]
    fn an_unknown_only_takes_away(facts in any_facts(), name in select(Facts::NAMES.to_vec()), date in any_date()) {
        let more = evaluate(Catalog::get(), &facts, date);
        let mut unknown = facts.clone();
        unknown.forget(name);
        let fewer = evaluate(Catalog::get(), &unknown, date);
        let words = |findings: &[Finding]| findings.iter().map(short).collect::<Vec<_>>();
        prop_assert!(is_part_of(&fewer, &more), "without {name}: {:?}, with: {:?}", words(&fewer), words(&more));
    }

    /// The same of the parts of extensions.
    #[test]
    fn an_unknown_part_only_takes_away(facts in any_facts(), at in 0usize..4, property: bool, date in any_date()) {
        let more = evaluate(Catalog::get(), &facts, date);
        let mut unknown = facts;
        if let Fact::Known(wishes) = &mut unknown.extensions
            && let Some(wish) = wishes.get_mut(at)
        {
            if property { wish.properties = Fact::Unknown } else { wish.enabled = Fact::Unknown }
        }
        prop_assert!(is_part_of(&evaluate(Catalog::get(), &unknown, date), &more));
    }

    /// Without a day there is less to say than with any.
    #[test]
    fn what_holds_on_any_day_holds_on_each(facts in any_facts(), date in any_date()) {
        let more = evaluate(Catalog::get(), &facts, date);
        prop_assert!(is_part_of(&evaluate(Catalog::get(), &facts, Fact::Unknown), &more));
    }
}
