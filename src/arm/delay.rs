//! How long to wait before the next try: what the server asks for, else a back-off. Pure: clock and chance are
//! arguments.
use std::time::Duration;

use reqwest::header::HeaderMap;
use time::format_description::well_known::{Rfc2822, Rfc3339};
use time::{OffsetDateTime, PrimitiveDateTime};

const BACKOFF_FIRST: Duration = Duration::from_millis(500);
/// Longer than any timeout of ours; bounds what a wrong answer can ask for.
const ASKED_MAX: Duration = Duration::from_secs(24 * 60 * 60);
const BACKOFF_MAX: Duration = Duration::from_secs(30);
/// A wait that the server asked for is lengthened by up to a tenth, so that many callers do not come back at once.
const ASKED_SPREAD: f64 = 0.1;
/// A tenth of at most this.
const SPREAD_FROM_MAX: Duration = Duration::from_secs(60);

/// The wait after `tries` tries: half a second, doubled for each further try up to 30 s, of which `random` (0.0 to
/// 1.0) chooses the upper half.
pub(super) fn backoff(tries: u32, random: f64) -> Duration {
    let doubled =
        BACKOFF_FIRST.saturating_mul(1_u32.checked_shl(tries.saturating_sub(1)).unwrap_or(u32::MAX));
    doubled.min(BACKOFF_MAX).mul_f64(0.5 + random / 2.0)
}

/// The wait that an answer asks for, if it asks, plus a little of `random`.
///
/// In order: `x-ms-retry-after-ms` and `retry-after-ms` (Azure's finer forms,
/// <https://github.com/Azure/azure-sdk-for-go/blob/main/sdk/azcore/internal/shared/shared.go>), `Retry-After` in
/// seconds or as a date (<https://www.rfc-editor.org/rfc/rfc9110#field.retry-after>), and a date in a plain-text body
/// without any header (seen from Microsoft.HybridCompute: `Please retry after '2023-11-27T09:04:57.0000000Z' UTC.`).
pub(super) fn asked(headers: &HeaderMap, body: &[u8], now: OffsetDateTime, random: f64) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let milliseconds = ["x-ms-retry-after-ms", "retry-after-ms"]
        .into_iter()
        .find_map(|name| text(name)?.parse().ok().map(Duration::from_millis));
    // The server's own clock says how far its date is away, however wrong ours is.
    let server_now = text("date").and_then(parse_http_date).unwrap_or(now);
    let wait = milliseconds.or_else(|| {
        let after = text("retry-after")?;
        after
            .parse()
            .ok()
            .map(Duration::from_secs)
            .or_else(|| Some(until(parse_http_date(after)?, server_now)))
    });
    let wait = wait.or_else(|| Some(until(parse_text_date(&String::from_utf8_lossy(body))?, server_now)));
    wait.map(|wait| {
        let wait = wait.min(ASKED_MAX);
        wait + wait.min(SPREAD_FROM_MAX).mul_f64(ASKED_SPREAD * random)
    })
}

fn until(date: OffsetDateTime, now: OffsetDateTime) -> Duration {
    (date - now).try_into().unwrap_or(Duration::ZERO)
}

fn parse_http_date(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc2822).ok()
}

fn parse_text_date(text: &str) -> Option<OffsetDateTime> {
    let (_, after) = text.split_once("retry after '")?;
    let (date, _) = after.split_once('\'')?;
    OffsetDateTime::parse(date, &Rfc3339).ok().or_else(|| {
        PrimitiveDateTime::parse(&format!("{}Z", date.trim_end_matches('Z')), &Rfc3339)
            .ok()
            .map(PrimitiveDateTime::assume_utc)
    })
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-23 12:00:00 UTC);

    fn check(headers: &[(&str, &str)], body: &str, expected: Option<u64>) {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                (HeaderName::try_from(*name).unwrap(), HeaderValue::try_from(*value).unwrap())
            })
            .collect();
        let found = asked(&headers, body.as_bytes(), NOW, 0.0);
        assert_eq!(found, expected.map(Duration::from_millis), "{headers:?} {body}");
    }

    #[test]
    fn every_form_of_asking() {
        check(&[], "busy", None);
        check(&[("retry-after", "7")], "", Some(7_000));
        check(&[("retry-after", " 0 ")], "", Some(0));
        check(&[("retry-after", "soon")], "", None);
        check(&[("retry-after", "18446744073709551615")], "", Some(86_400_000));
        check(&[("retry-after", "Mon, 23 Nov 9999 12:00:00 GMT")], "", Some(86_400_000));
        check(&[("retry-after", "Mon, 23 Nov 2026 12:00:30 GMT")], "", Some(30_000));
        check(&[("retry-after", "Mon, 23 Nov 2026 11:00:00 GMT")], "", Some(0));
        // The server's clock is an hour behind ours.
        check(
            &[("retry-after", "Mon, 23 Nov 2026 11:00:30 GMT"), ("date", "Mon, 23 Nov 2026 11:00:00 GMT")],
            "",
            Some(30_000),
        );
        check(&[("x-ms-retry-after-ms", "900"), ("retry-after", "30")], "", Some(900));
        check(&[("retry-after-ms", "250")], "", Some(250));
        let limit = "You have reached the limit of allowed 'GetOperationStatus' API calls.Please retry after '{}' UTC.";
        check(&[], &limit.replace("{}", "2026-11-23T12:00:05.0000000Z"), Some(5_000));
        check(&[], &limit.replace("{}", "2026-11-23T12:00:05"), Some(5_000));
        check(&[], &limit.replace("{}", "2026-11-23T11:59:00Z"), Some(0));
        check(&[], &limit.replace("{}", "later"), None);
    }

    #[test]
    fn chance_only_lengthens_what_was_asked() {
        let headers = HeaderMap::from_iter([(reqwest::header::RETRY_AFTER, HeaderValue::from_static("10"))]);
        assert_eq!(asked(&headers, b"", NOW, 1.0), Some(Duration::from_secs(11)));
    }

    #[test]
    fn backoff_doubles_up_to_its_bound() {
        let milliseconds = |tries, random| backoff(tries, random).as_millis();
        let at_most = [1, 2, 3, 6, 7, 40, u32::MAX].map(|tries| milliseconds(tries, 1.0));
        assert_eq!(at_most, [500, 1_000, 2_000, 16_000, 30_000, 30_000, 30_000]);
        assert_eq!(milliseconds(3, 0.0), 1_000);
    }
}
