//! Dates as mail writes them.
//!
//! In: seconds and a zone. Out: `Mon, 17 Sep 2001 00:00:00 +0200`.

use crate::calendar::civil;
use crate::series::repo::Timestamp;

const DAY: i64 = 86_400;
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The `Date:` of a mail, with the day as git writes it, without a zero in front.
pub(super) fn mail_date(when: Timestamp) -> String {
    let offset = i64::from(when.offset_minutes);
    let local = when.seconds + offset * 60;
    let (days, second) = (local.div_euclid(DAY), local.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    let weekday = WEEKDAYS[days.rem_euclid(7) as usize];
    let sign = if offset < 0 { '-' } else { '+' };
    format!(
        "{weekday}, {day} {} {year} {:02}:{:02}:{:02} {sign}{:02}{:02}",
        MONTHS[month],
        second / 3600,
        second / 60 % 60,
        second % 60,
        offset.abs() / 60,
        offset.abs() % 60,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds: i64, offset_minutes: i32, expected: &str) {
        assert_eq!(mail_date(Timestamp { seconds, offset_minutes }), expected);
    }

    #[test]
    fn dates_are_right_in_their_zone() {
        check(0, 0, "Thu, 1 Jan 1970 00:00:00 +0000");
        check(951_782_400, 60, "Tue, 29 Feb 2000 01:00:00 +0100");
        check(1_709_164_799, 0, "Wed, 28 Feb 2024 23:59:59 +0000");
        check(1_735_689_600, -330, "Tue, 31 Dec 2024 18:30:00 -0530");
        check(-1, 0, "Wed, 31 Dec 1969 23:59:59 +0000");
    }
}
