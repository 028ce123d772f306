//! The day, for exceptions that run out.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;

use crate::calendar::civil;
use crate::review::exception::Day;

/// Today in UTC; the day of `SOURCE_DATE_EPOCH`, where that is set, so that a run can be repeated.
pub(super) fn today() -> anyhow::Result<Day> {
    let seconds = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text.trim().parse().with_context(|| format!("SOURCE_DATE_EPOCH={text}"))?,
        Err(_) => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs() as i64),
    };
    day(seconds).context("the clock is out of range")
}

fn day(seconds: i64) -> Option<Day> {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    Some(Day {
        year: u16::try_from(year).ok()?,
        month: u8::try_from(month + 1).ok()?,
        day: u8::try_from(day).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight() {
        assert_eq!(day(1_709_164_800), Some(Day { year: 2024, month: 2, day: 29 }));
        assert_eq!(day(1_709_164_799), Some(Day { year: 2024, month: 2, day: 28 }));
    }
}
