//! The date of HTTP headers (RFC 9110 section 5.6.7), in the form that senders make.

use crate::primitives::rfc3339;

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const SECONDS_OF_A_DAY: i64 = 86_400;

/// Unix seconds of `Sun, 06 Nov 1994 08:49:37 GMT`; the day of the week has to be that
/// of the date.
pub(crate) fn parse(text: &[u8]) -> Option<i64> {
    let text = str::from_utf8(text).ok()?;
    let (weekday, rest) = text.split_once(", ")?;
    let words: Vec<&str> = rest.splitn(6, ' ').collect();
    let [day, month, year, time, "GMT"] = words.as_slice() else {
        return None;
    };
    let month = MONTHS.iter().position(|known| known == month)? + 1;
    let is_plain = day.len() == 2 && year.len() == 4 && time.len() == 8;
    let seconds = rfc3339::parse(format!("{year}-{month:02}-{day}T{time}Z").as_bytes())?;
    (is_plain && DAYS.get(weekday_of(seconds)?) == Some(&weekday)).then_some(seconds)
}

pub(crate) fn print(seconds: i64) -> String {
    let text = rfc3339::print(seconds);
    let part = |start: usize, end: usize| text.get(start..end).unwrap_or_default();
    let month = part(5, 7)
        .parse()
        .ok()
        .and_then(|month: usize| MONTHS.get(month.checked_sub(1)?));
    let weekday = weekday_of(seconds).and_then(|day| DAYS.get(day));
    format!(
        "{}, {} {} {} {} GMT",
        weekday.copied().unwrap_or_default(),
        part(8, 10),
        month.copied().unwrap_or_default(),
        part(0, 4),
        part(11, 19)
    )
}

fn weekday_of(seconds: i64) -> Option<usize> {
    usize::try_from(seconds.div_euclid(SECONDS_OF_A_DAY) % 7).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_date_is_read_in_its_one_form() {
        assert_eq!(parse(b"Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(parse(b"Tue, 20 Apr 2021 02:07:55 GMT"), Some(1_618_884_475));
        for text in [
            "",
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 08:49:37",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "sun, 06 nov 1994 08:49:37 gmt",
            "Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sun, 31 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT x",
            "Sun, 06 Nov 1994 8:49:037 GMT",
            "Sun,  06 Nov 1994 08:49:37 GMT",
            "\u{e4}, 06 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read(seconds in 0..=253_402_300_799_i64) {
            prop_assert_eq!(parse(print(seconds).as_bytes()), Some(seconds));
        }
    }
}
