//! Names of resources: words that Terraform takes, and no two the same.

use std::collections::HashSet;

/// A text as a word of lower-case letters, digits and underscores. A large letter begins a new part where a small one
/// stands before it. Empty where nothing of the text is left.
pub(super) fn slug(text: &str) -> String {
    let mut word = String::new();
    let mut before = ' ';
    for c in text.chars() {
        if !c.is_ascii_alphanumeric() {
            before = ' ';
            continue;
        }
        let begins = before == ' ' || (c.is_ascii_uppercase() && !before.is_ascii_uppercase());
        if begins && !word.is_empty() {
            word.push('_');
        }
        word.push(c.to_ascii_lowercase());
        before = c;
    }
    word
}

/// How long the part of a name may be that comes from what Azure calls an object.
const LONGEST: usize = 60;

/// A word that is not too long to be read.
pub(super) fn short(word: &str) -> String {
    let word: String = word.chars().take(LONGEST).collect();
    word.trim_end_matches('_').to_owned()
}

/// Names for these subscriptions, by their own names and their GUIDs. Those of the same name get the beginning of the GUID
/// or, where that is not enough, all of it; one whose name is no word is called by its GUID.
pub(super) fn of_subscriptions(subscriptions: &[(Option<&str>, &str)]) -> Vec<String> {
    let short = |id: &str| id.split('-').next().unwrap_or_default().to_owned();
    let base = |(name, id): &(Option<&str>, &str)| {
        let word = slug(name.unwrap_or_default());
        match word.chars().next() {
            None => format!("subscription_{}", short(id)),
            // Names begin with a letter.
            Some(first) if first.is_ascii_digit() => format!("subscription_{word}"),
            Some(_) => word,
        }
    };
    let bases: Vec<String> = subscriptions.iter().map(base).collect();
    let longer: Vec<String> = distinguished(&bases, |index| short(subscriptions[index].1));
    distinguished(&longer, |index| slug(subscriptions[index].1))
}

/// Adds to each name that stands more than once what tells it apart.
fn distinguished(names: &[String], suffix: impl Fn(usize) -> String) -> Vec<String> {
    let count = |name: &String| names.iter().filter(|other| *other == name).count();
    let name = |(index, name): (usize, &String)| {
        if count(name) > 1 { format!("{name}_{}", suffix(index)) } else { name.clone() }
    };
    names.iter().enumerate().map(name).collect()
}

/// Names that were given already, with the types for which they were.
#[derive(Debug, Default)]
pub(super) struct Given(HashSet<(&'static str, String)>);

impl Given {
    /// The name, or the name with the first number that makes it a new one.
    pub(super) fn unique(&mut self, kind: &'static str, name: String) -> String {
        let numbered = (2_u32..).map(|number| format!("{name}_{number}"));
        let is_free = |name: &String| !self.0.contains(&(kind, name.clone()));
        let free = std::iter::once(name.clone()).chain(numbered).find(is_free);
        let free = free.unwrap_or(name);
        self.0.insert((kind, free.clone()));
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_terraform_takes() {
        for (text, expected) in [
            ("VirtualMachines", "virtual_machines"),
            ("AI", "ai"),
            ("CosmosDbs", "cosmos_dbs"),
            ("FoundationalCspm", "foundational_cspm"),
            ("Contoso \"Prod\" ${x}", "contoso_prod_x"),
            ("  --  ", ""),
            ("日本", ""),
            ("Über-Büro 7", "ber_b_ro_7"),
        ] {
            assert_eq!(slug(text), expected, "{text}");
        }
    }

    #[test]
    fn no_two_subscriptions_have_one_name() {
        let names = of_subscriptions(&[
            (Some("Prod"), "aaaaaaaa-0000"),
            (Some("prod"), "bbbbbbbb-0000"),
            (Some("Twin"), "cccccccc-0001"),
            (Some("twin"), "cccccccc-0002"),
            (Some("1st"), "dddddddd-0000"),
            (Some("日本"), "eeeeeeee-0000"),
            (None, "ffffffff-0000"),
        ]);
        let expected = [
            "prod_aaaaaaaa",
            "prod_bbbbbbbb",
            "twin_cccccccc_cccccccc_0001",
            "twin_cccccccc_cccccccc_0002",
            "subscription_1st",
            "subscription_eeeeeeee",
            "subscription_ffffffff",
        ];
        assert_eq!(names, expected);
        let mut given = Given::default();
        let unique = ["a", "a", "a_2", "b"].map(|name| given.unique("x", name.to_owned()));
        assert_eq!(unique, ["a", "a_2", "a_2_2", "b"]);
        assert_eq!(given.unique("y", "a".to_owned()), "a");
        assert_eq!(short(&format!("{}_bc", "a".repeat(59))), "a".repeat(59));
    }
}
