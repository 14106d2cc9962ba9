//! Times as RFC 3339 writes them, of the years 1970 to 9999.

use crate::primitives::time::MAX_UNIX_SECONDS;

const DAY: i64 = 86_400;

/// Digits of a fraction: nanoseconds are the finest that clocks tell.
const MAX_FRACTION_DIGITS: usize = 9;

/// Unix seconds, without the fraction, of `YYYY-MM-DDTHH:MM:SS`, a fraction or
/// none, and `Z` or an offset. Leap seconds are not taken: no clock here counts
/// them.
pub(crate) fn parse(text: &[u8]) -> Option<i64> {
    let (date_and_time, rest) = text.split_first_chunk::<19>()?;
    let [
        y @ ..,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
    ] = date_and_time
    else {
        return None;
    };
    let number = |digits: &[u8], most: i64| number(digits).filter(|number| *number <= most);
    let year = number(y, 9999)?;
    let month = number(&[*m1, *m2], 12)?;
    let day = number(&[*d1, *d2], 31)?;
    let time =
        number(&[*h1, *h2], 23)? * 3600 + number(&[*n1, *n2], 59)? * 60 + number(&[*s1, *s2], 59)?;
    let offset = match without_fraction(rest)? {
        b"Z" => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let east = number(&[*h1, *h2], 23)? * 3600 + number(&[*m1, *m2], 59)? * 60;
            if *sign == b'+' { east } else { -east }
        }
        _ => return None,
    };
    let seconds = days(year, month, day)? * DAY + time - offset;
    (0..=MAX_UNIX_SECONDS).contains(&seconds).then_some(seconds)
}

/// The time in UTC.
pub(crate) fn print(seconds: i64) -> String {
    let seconds = seconds.clamp(0, MAX_UNIX_SECONDS);
    let (year, month, day) = date(seconds / DAY);
    let (hour, minute, second) = (seconds % DAY / 3600, seconds % 3600 / 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, byte| {
        let is_digit = byte.is_ascii_digit();
        is_digit.then(|| 10 * number + i64::from(byte - b'0'))
    })
}

/// What follows a fraction, if there is one.
fn without_fraction(text: &[u8]) -> Option<&[u8]> {
    let Some(rest) = text.strip_prefix(b".") else {
        return Some(text);
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_fraction = (1..=MAX_FRACTION_DIGITS).contains(&digits);
    is_fraction.then(|| &rest[digits..])
}

/// The days from 1970 to a date that is in the calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=days_of(year, month)).contains(&day) {
        return None;
    }
    let months = (1..month).map(|month| days_of(year, month));
    Some(days_before(year) + months.sum::<i64>() + day - 1)
}

/// The date that is so many days after 1970 began.
fn date(days: i64) -> (i64, i64, i64) {
    // No year is longer than 366 days, so this is not past the year.
    let mut year = 1970 + days / 366;
    while days_before(year + 1) <= days {
        year += 1;
    }
    let mut day = days - days_before(year);
    let mut month = 1;
    while day >= days_of(year, month) {
        day -= days_of(year, month);
        month += 1;
    }
    (year, month, day + 1)
}

/// The days from 1970 to the first of a year; fewer than none before.
const fn days_before(year: i64) -> i64 {
    const fn leap_days(years: i64) -> i64 {
        years / 4 - years / 100 + years / 400
    }
    365 * (year - 1970) + leap_days(year - 1) - leap_days(1969)
}

const fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Made with `datetime` of Python.
    #[test]
    fn times_are_read_as_others_read_them() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00-00:00", 0),
            ("1969-12-31T23:30:00-00:30", 0),
            ("1970-01-01T23:59:00+23:59", 0),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2012-04-26T20:45:04.751Z", 1_335_473_104),
            ("2024-02-29T23:59:59.999999999+05:30", 1_709_231_399),
            ("2026-11-30T18:55:00.1-08:00", 1_796_093_700),
            ("2100-02-28T23:59:59Z", 4_107_542_399),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("9999-12-31T23:59:59Z", MAX_UNIX_SECONDS),
        ] {
            assert_eq!(parse(text.as_bytes()), Some(seconds), "{text}");
        }
    }

    // Pitfalls TIME-2, TIME-5.
    #[test]
    fn other_texts_are_rejected() {
        for text in [
            "",
            "Z",
            "2026-11-30",
            "2026-11-30T18:55:00",
            "2026-11-30T18:55Z",
            "2026-11-30t18:55:00Z",
            "2026-11-30T18:55:00z",
            "2026-11-30 18:55:00Z",
            " 2026-11-30T18:55:00Z",
            "2026-11-30T18:55:00Z ",
            "2026-11-30T18:55:00Z\n",
            "2026-11-30T18:55:00 Z",
            "+2026-11-30T18:55:00Z",
            "02026-11-30T18:55:00Z",
            "26-11-30T18:55:00Z",
            "2026-1-30T18:55:00Z",
            "20261130T185500Z",
            "2026-11-30T18:55:00.Z",
            "2026-11-30T18:55:00.1234567890Z",
            "2026-11-30T18:55:00,5Z",
            "2026-11-30T18:55:00.5",
            "2026-11-30T18:55:00+0100",
            "2026-11-30T18:55:00+01",
            "2026-11-30T18:55:00+01:00:00",
            "2026-11-30T18:55:00+24:00",
            "2026-11-30T18:55:00+01:60",
            "2026-11-30T18:55:00\u{2212}01:00",
            "2026-11-30T24:00:00Z",
            "2026-11-30T18:60:00Z",
            "2026-12-31T23:59:60Z",
            "2026-00-30T18:55:00Z",
            "2026-13-30T18:55:00Z",
            "2026-11-00T18:55:00Z",
            "2026-11-31T18:55:00Z",
            "2026-02-29T18:55:00Z",
            "2100-02-29T18:55:00Z",
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00+00:01",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59-00:01",
            "-026-11-30T18:55:00Z",
            "2026-11-30T-1:55:00Z",
            "２０２６-11-30T18:55:00Z",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    /// Every day of the calendar, counted one by one.
    #[test]
    fn dates_are_those_of_the_calendar() {
        let (mut year, mut month, mut day) = (1970, 1, 1);
        let mut number = 0;
        while year < 10_000 {
            assert_eq!(days(year, month, day), Some(number));
            assert_eq!(date(number), (year, month, day));
            let is_leap = year % 400 == 0 || year % 4 == 0 && year % 100 != 0;
            let february = if is_leap { 29 } else { 28 };
            let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            number += 1;
            day += 1;
            if day > lengths[month as usize - 1] {
                assert_eq!(days(year, month, day), None);
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
        assert_eq!(number * DAY, MAX_UNIX_SECONDS + 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_printed_is_read(seconds in 0..=MAX_UNIX_SECONDS, fraction in "(\\.[0-9]{1,9})?") {
            let text = print(seconds);
            prop_assert_eq!(parse(text.as_bytes()), Some(seconds));
            let text = text.replace('Z', &format!("{fraction}+00:00"));
            prop_assert_eq!(parse(text.as_bytes()), Some(seconds));
        }

        #[test]
        fn an_offset_is_subtracted(
            seconds in DAY..=MAX_UNIX_SECONDS - DAY,
            hours in 0..24_i64,
            minutes in 0..60_i64,
            sign in "[+-]",
        ) {
            let east = (3600 * hours + 60 * minutes) * if sign == "+" { 1 } else { -1 };
            let text = print(seconds).replace('Z', &format!("{sign}{hours:02}:{minutes:02}"));
            prop_assert_eq!(parse(text.as_bytes()), Some(seconds - east));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[0-9TZ:.+-]{0,30}") {
            parse(text.as_bytes());
        }
    }
}
