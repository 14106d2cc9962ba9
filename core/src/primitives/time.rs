//! Timestamps in their one canonical text, and the window around now.

use serde::Deserialize;

use crate::error::{Error, ErrorCode};
use crate::primitives::{http_date, rfc3339};

/// The last second of the year 9999.
pub(crate) const MAX_UNIX_SECONDS: i64 = 253_402_300_799;

/// A day: beyond it a time window protects nothing.
pub(crate) const MAX_TOLERANCE_SECONDS: u32 = 86_400;

/// How a timestamp is written.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TimeFormat {
    /// Whole seconds since 1970.
    Unix,
    /// Whole milliseconds since 1970.
    UnixMs,
    /// Date and time of RFC 3339.
    Rfc3339,
    /// That of HTTP headers.
    HttpDate,
}

impl TimeFormat {
    /// Unix seconds. Of a number only the canonical decimal text is accepted: no
    /// sign, no leading zero, no blank, no fraction.
    pub(crate) fn parse(self, text: &[u8]) -> Result<i64, Error> {
        let number =
            || canonical_decimal(text).ok_or_else(|| malformed("is not a canonical decimal"));
        let seconds = match self {
            Self::Unix => number()?,
            Self::UnixMs => number()? / 1000,
            Self::HttpDate => http_date::parse(text)
                .ok_or_else(|| malformed("is not a date of HTTP, such as of the header Date"))?,
            Self::Rfc3339 => rfc3339::parse(text).ok_or_else(|| {
                malformed("is not a time of RFC 3339 between the years 1970 and 9999")
            })?,
        };
        if seconds > MAX_UNIX_SECONDS {
            return Err(malformed("lies beyond the year 9999: check the unit"));
        }
        Ok(seconds)
    }

    pub(crate) fn print(self, seconds: i64) -> String {
        match self {
            Self::Unix => seconds.to_string(),
            Self::UnixMs => seconds.saturating_mul(1000).to_string(),
            Self::Rfc3339 => rfc3339::print(seconds),
            Self::HttpDate => http_date::print(seconds),
        }
    }
}

/// The seconds a timestamp may differ from now; both edges are inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tolerance {
    pub(crate) past: u32,
    pub(crate) future: u32,
}

impl Tolerance {
    pub(crate) fn check(self, timestamp: i64, now: i64) -> Result<(), Error> {
        if !(0..=MAX_UNIX_SECONDS).contains(&now) {
            return Err(Error::new(
                ErrorCode::Internal,
                "the clock is not between 1970 and 9999",
            ));
        }
        // Both lie in 0..=MAX_UNIX_SECONDS, so nothing here overflows.
        let age = now - timestamp;
        if age > i64::from(self.past) {
            return Err(Error::new(
                ErrorCode::TimestampTooOld,
                format!("the timestamp is {age} s old, {} s are allowed", self.past),
            ));
        }
        if -age > i64::from(self.future) {
            return Err(Error::new(
                ErrorCode::TimestampInFuture,
                format!(
                    "the timestamp is {} s ahead, {} s are allowed: check the clock",
                    -age, self.future
                ),
            ));
        }
        Ok(())
    }
}

fn canonical_decimal(text: &[u8]) -> Option<i64> {
    let canonical = matches!(text, [b'0'] | [b'1'..=b'9', ..])
        && text.len() <= 18
        && text.iter().all(u8::is_ascii_digit);
    if !canonical {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn malformed(what: &'static str) -> Error {
    Error::new(
        ErrorCode::MalformedTimestamp,
        format!("the timestamp {what}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    // Pitfalls TIME-2, TIME-5.
    #[test]
    fn only_the_canonical_text_is_accepted() {
        assert_eq!(
            TimeFormat::Unix.parse(b"1649367553").unwrap(),
            1_649_367_553
        );
        assert_eq!(
            TimeFormat::UnixMs.parse(b"1649367553999").unwrap(),
            1_649_367_553
        );
        assert_eq!(TimeFormat::Unix.parse(b"0").unwrap(), 0);
        for text in [
            "",
            " 1649367553",
            "1649367553 ",
            "+1649367553",
            "-1",
            "1649367553.7",
            "1649367553e0",
            "164_9367553",
            "1649367553abc",
            "01649367553",
            "１６４９",
            "123456789012345678901234",
            "9223372036854775807",
            "18446744073709551615",
            "1649367553999",
        ] {
            let error = TimeFormat::Unix.parse(text.as_bytes()).unwrap_err();
            assert_eq!(error.code(), ErrorCode::MalformedTimestamp, "{text}");
        }
    }

    #[test]
    fn a_time_of_rfc_3339_is_accepted_where_it_is_expected() {
        let text = TimeFormat::Rfc3339.print(1_335_473_104);
        assert_eq!(text, "2012-04-26T20:45:04Z");
        let seconds = TimeFormat::Rfc3339.parse(text.as_bytes()).unwrap();
        assert_eq!(seconds, 1_335_473_104);
        for (format, text) in [
            (TimeFormat::Rfc3339, "1335473104"),
            (TimeFormat::Unix, text.as_str()),
            (TimeFormat::UnixMs, text.as_str()),
        ] {
            let error = format.parse(text.as_bytes()).unwrap_err();
            assert_eq!(error.code(), ErrorCode::MalformedTimestamp);
        }
    }

    #[test]
    fn the_edges_are_inside() {
        let tolerance = Tolerance {
            past: 300,
            future: 60,
        };
        let code = |timestamp| {
            tolerance
                .check(timestamp, 1000)
                .map_err(|error| error.code())
        };
        assert_eq!(code(700), Ok(()));
        assert_eq!(code(699), Err(ErrorCode::TimestampTooOld));
        assert_eq!(code(1060), Ok(()));
        assert_eq!(code(1061), Err(ErrorCode::TimestampInFuture));
        assert!(tolerance.check(0, i64::MAX).is_err());
        assert!(tolerance.check(0, i64::MIN).is_err());
        assert!(tolerance.check(MAX_UNIX_SECONDS, 0).is_err());
    }
}
