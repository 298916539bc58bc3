//! Times of day behind a day: `T10:00:00Z`, ` 10:30 PM`, ` 10时30分`, ` 下午3:05`.

use chrono::NaiveTime;

use super::{digits, two};

/// Chinese words before an hour, and whether it is one of the afternoon.
const HALVES_OF_DAYS: [(&str, bool); 8] = [
    ("上午", false),
    ("早上", false),
    ("凌晨", false),
    ("早晨", false),
    ("下午", true),
    ("晚上", true),
    ("中午", true),
    ("傍晚", true),
];

/// The time behind a day, to the end of the text: `T10:00:00Z`, ` 10:30 PM`, ` 10时30分`, or nothing.
pub(super) fn parse(text: &str) -> Option<(Option<NaiveTime>, Option<i32>)> {
    if text.trim().is_empty() {
        return Some((None, None));
    }
    if let Some(time) = plain_clock(text) {
        return Some((Some(time), None));
    }
    let half = HALVES_OF_DAYS
        .into_iter()
        .find_map(|(word, afternoon)| Some((text.trim().strip_prefix(word)?.trim(), afternoon)));
    let text = match half {
        Some((rest, _)) => rest,
        None => text.strip_prefix('T').or_else(|| text.strip_prefix(' '))?.trim(),
    };
    let upper = text.to_ascii_uppercase();
    let (body, afternoon) = if let Some((_, afternoon)) = half {
        (upper.as_str(), Some(afternoon))
    } else if let Some(body) = upper.strip_suffix("AM") {
        (body.trim_end(), Some(false))
    } else if let Some(body) = upper.strip_suffix("PM") {
        (body.trim_end(), Some(true))
    } else {
        (upper.as_str(), None)
    };
    let (body, zone) = split_zone(body)?;
    let plain = body.replace(['时', '点', '分'], ":").replace('秒', "");
    let mut parts = plain.trim_end_matches(':').split(':');
    let mut hour: u32 = two(parts.next()?)?;
    let minute = parts.next().map_or(Some(0), two)?;
    let (second, millis) = match parts.next() {
        None => (0, 0),
        Some(seconds) => match seconds.split_once('.') {
            None => (two(seconds)?, 0),
            Some((seconds, fraction)) => (two(seconds)?, thousandths(fraction)?),
        },
    };
    // `10` alone is no time, `10时` is.
    if parts.next().is_some() || !plain.contains(':') {
        return None;
    }
    if let Some(afternoon) = afternoon {
        // `下午15:05` is written too.
        let of_24 = half.is_some() && afternoon && (13..24).contains(&hour);
        if !(1..=12).contains(&hour) && !of_24 {
            return None;
        }
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    Some((
        Some(NaiveTime::from_hms_milli_opt(hour, minute, second, millis)?),
        zone,
    ))
}

/// `T10:30` or ` 10:30:00`, as most times are written.
fn plain_clock(text: &str) -> Option<NaiveTime> {
    let [b'T' | b' ', h1, h2, b':', m1, m2, rest @ ..] = text.as_bytes() else {
        return None;
    };
    let second = match *rest {
        [] => 0,
        [b':', s1, s2] => digits([s1, s2])?,
        _ => return None,
    };
    NaiveTime::from_hms_opt(digits([*h1, *h2])?, digits([*m1, *m2])?, second)
}

/// `Z`, `+08:00` or `-0530` at the end of a time.
fn split_zone(text: &str) -> Option<(&str, Option<i32>)> {
    if let Some(body) = text.strip_suffix('Z') {
        return Some((body, Some(0)));
    }
    let Some(place) = text.rfind(['+', '-']) else {
        return Some((text, None));
    };
    let (body, zone) = text.split_at(place);
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = (
        digits.get(..2)?,
        digits.get(2..).filter(|rest| !rest.is_empty()).unwrap_or("00"),
    );
    let size = i32::try_from(two(hours)? * 60 + two(minutes)?).ok()?;
    Some((
        body.trim_end(),
        Some(if zone.starts_with('-') { -size } else { size }),
    ))
}

fn thousandths(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{fraction:0<3}").get(..3)?.parse().ok()
}
