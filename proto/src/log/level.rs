//! The log level that the user asked for through the environment.

use tracing::level_filters::LevelFilter;

/// Reads the level for the provider called `name`; the most specific variable that is set decides.
///
/// The names and the meaning of odd values are Terraform's: `JSON` is TRACE in another format, and what is no
/// level counts as TRACE. Nothing set means errors only.
/// <https://developer.hashicorp.com/terraform/plugin/log/managing>
pub(crate) fn level(variable: impl Fn(&str) -> Option<String>, name: &str) -> LevelFilter {
    let own = format!("TF_LOG_PROVIDER_{}", name.to_uppercase().replace('-', "_"));
    let set = |name: &str| variable(name).filter(|level| !level.is_empty());
    let level = [&own, "TF_LOG_PROVIDER", "TF_LOG"].into_iter().find_map(set);
    match level.as_deref().map(str::to_ascii_uppercase).as_deref() {
        None | Some("ERROR") => LevelFilter::ERROR,
        Some("OFF") => LevelFilter::OFF,
        Some("WARN") => LevelFilter::WARN,
        Some("INFO") => LevelFilter::INFO,
        Some("DEBUG") => LevelFilter::DEBUG,
        Some(_) => LevelFilter::TRACE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_variable_decides() {
        let cases: &[(&[(&str, &str)], LevelFilter)] = &[
            (&[], LevelFilter::ERROR),
            (&[("TF_LOG", "info")], LevelFilter::INFO),
            (&[("TF_LOG", "JSON")], LevelFilter::TRACE),
            (&[("TF_LOG", "loud")], LevelFilter::TRACE),
            (&[("TF_LOG", "TRACE"), ("TF_LOG_PROVIDER", "WARN")], LevelFilter::WARN),
            (&[("TF_LOG", "DEBUG"), ("TF_LOG_PROVIDER", "")], LevelFilter::DEBUG),
            (&[("TF_LOG_PROVIDER", "TRACE"), ("TF_LOG_PROVIDER_MY_CLOUD", "off")], LevelFilter::OFF),
            (&[("TF_LOG_PROVIDER_OTHER", "TRACE")], LevelFilter::ERROR),
        ];
        for (variables, expected) in cases {
            let variable = |name: &str| {
                variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(level(variable, "my-cloud"), *expected, "{variables:?}");
        }
    }
}
