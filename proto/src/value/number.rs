//! Numbers, exact as received.

use std::fmt;

use serde_json::Value as Json;

/// A number in the form in which it came, compared by what it means.
///
/// Terraform computes with 512-bit floats and sends an integer, a double, or decimal text where neither is
/// exact (`0.1` in HCL arrives as the text `"0.1"`). Rounding on the way through would be reported to users
/// as "inconsistent result", so nothing is converted until somebody asks for a machine type.
#[derive(Clone, Debug)]
pub enum Number {
    /// A signed integer.
    Int(i64),
    /// An integer above `i64::MAX`.
    Uint(u64),
    /// A double.
    Float(f64),
    /// Decimal text.
    Decimal(Box<str>),
}

impl Number {
    /// Reads decimal text, with or without fraction and exponent.
    ///
    /// Returns nothing where the text is not a number.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(int) = text.parse::<i64>() {
            return Some(Self::Int(int));
        }
        canonical(text).map(|_| Self::Decimal(text.into()))
    }

    /// Whether this is the double that is no number, for which Terraform has no word.
    pub(crate) fn is_nan(&self) -> bool {
        matches!(self, Self::Float(float) if float.is_nan())
    }

    /// The number as an integer, where it is one and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(int) => Some(*int),
            Self::Uint(int) => i64::try_from(*int).ok(),
            Self::Float(_) | Self::Decimal(_) => self.to_string().parse().ok(),
        }
    }

    /// Whether it is a whole number, of any size.
    pub fn is_whole(&self) -> bool {
        match self {
            Self::Int(_) | Self::Uint(_) => true,
            Self::Float(float) => float.fract() == 0.0,
            Self::Decimal(_) => !self.to_string().contains('.'),
        }
    }

    /// The number as JSON has it: an integer where it is one of at most 64 bits, else the nearest double, or text
    /// where it is larger than any double.
    pub fn to_json(&self) -> Json {
        let text = self.to_string();
        if let Ok(int) = text.parse::<i64>() {
            return int.into();
        }
        if let Ok(int) = text.parse::<u64>() {
            return int.into();
        }
        serde_json::Number::from_f64(self.as_f64()).map_or(Json::String(text), Json::Number)
    }

    /// The number that JSON spells like this, and not the double that is nearest to it.
    pub fn from_json(number: &serde_json::Number) -> Self {
        match (number.as_i64(), number.as_u64()) {
            (Some(int), _) => Self::Int(int),
            (None, Some(int)) => Self::Uint(int),
            (None, None) => {
                let text = number.to_string();
                canonical(&text).and_then(|text| Self::parse(&text)).unwrap_or(Self::Decimal(text.into()))
            }
        }
    }

    /// The number as a double, rounded where it must be.
    pub fn as_f64(&self) -> f64 {
        match self {
            Self::Float(float) => *float,
            Self::Int(_) | Self::Uint(_) | Self::Decimal(_) => self.to_string().parse().unwrap_or(f64::NAN),
        }
    }
}

/// Plain decimal text without exponent and superfluous zeros.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(int) => int.fmt(f),
            Self::Uint(int) => int.fmt(f),
            Self::Float(float) if *float == 0.0 => f.write_str("0"),
            Self::Float(float) => float.fmt(f),
            Self::Decimal(text) => f.write_str(&canonical(text).unwrap_or_else(|| text.to_string())),
        }
    }
}

/// Integers by value, everything else by shortest decimal text: cty's own rule for "unchanged".
impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a == b,
            _ => self.to_string() == other.to_string(),
        }
    }
}

/// Exponents beyond this are no numbers that a configuration holds; expanding them would only eat memory.
const EXPONENT_LIMIT: usize = 4096;

/// Plain decimal form of a decimal text: no exponent, no leading or trailing zeros, no negative zero.
fn canonical(text: &str) -> Option<String> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => (&digits[..at], digits[at + 1..].parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let shift = usize::try_from(exponent.unsigned_abs()).ok()?;
    if whole.len() + fraction.len() == 0
        || !all_digits(whole)
        || !all_digits(fraction)
        || shift > EXPONENT_LIMIT
    {
        return None;
    }
    let (whole, fraction) = if exponent >= 0 {
        let padded = format!("{fraction:0<shift$}");
        (format!("{whole}{}", &padded[..shift]), padded[shift..].to_owned())
    } else {
        let padded = format!("{whole:0>shift$}");
        let cut = padded.len() - shift;
        (padded[..cut].to_owned(), format!("{}{fraction}", &padded[cut..]))
    };
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let sign = if negative && !(whole.is_empty() && fraction.is_empty()) { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_text_has_one_canonical_form() {
        for (text, expected) in [
            ("0.1", "0.1"),
            ("1.50", "1.5"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("+7", "7"),
            ("1e3", "1000"),
            ("1.25e1", "12.5"),
            ("12e-3", "0.012"),
            ("100000000000000000000000000000", "100000000000000000000000000000"),
        ] {
            assert_eq!(Number::parse(text).map(|n| n.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "-", ".", "x", "1.2.3", "1e", "1e999999", "0x1"] {
            assert!(Number::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn json_spells_a_number_without_rounding_it() {
        for (json, expected, whole) in [
            ("1", "1", true),
            ("1.0", "1", true),
            ("0.1", "0.1", false),
            ("1e30", &format!("1{}", "0".repeat(30)), true),
        ] {
            let number = Number::from_json(&serde_json::from_str(json).unwrap());
            assert_eq!(number.to_string(), expected, "{json}");
            assert!(!matches!(number, Number::Float(_)) && number.is_whole() == whole, "{json}");
        }
        assert!(!Number::Float(f64::INFINITY).is_whole() && Number::Float(2.0).is_whole());
    }

    #[test]
    fn numbers_compare_by_meaning() {
        let decimal = |text: &str| Number::Decimal(text.into());
        assert_eq!(Number::Float(0.1), decimal("0.1"));
        assert_eq!(Number::Int(3), Number::Float(3.0));
        assert_eq!(Number::Uint(3), Number::Int(3));
        assert_eq!(Number::Float(-0.0), Number::Int(0));
        assert_ne!(decimal("123456789012345678901"), Number::Float(123_456_789_012_345_680_000.0));
    }
}
