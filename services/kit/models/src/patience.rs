//! Which failures are worth another try, and when.

use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;

use crate::error::ChatError;

/// The first pause; each further one is twice as long.
const FIRST: Duration = Duration::from_millis(500);
/// The longest pause of our own.
const LONGEST: Duration = Duration::from_secs(20);
/// The longest pause that an endpoint may ask for; who asks for more is given up.
const OBEYED: Duration = Duration::from_secs(60);

/// What to do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Try the same endpoint again after a pause.
    Again(Duration),
    /// This endpoint will not do it.
    GiveUp,
}

/// What to do when the `tries`th try has failed, of so many `retries` that are allowed.
pub(crate) fn next(error: &ChatError, tries: u32, retries: u32) -> Next {
    if tries > retries {
        return Next::GiveUp;
    }
    match error {
        ChatError::Status {
            status: 408 | 409 | 425 | 429 | 500..=599,
            retry_after,
            ..
        } => match retry_after {
            Some(wanted) if *wanted > OBEYED => Next::GiveUp,
            Some(wanted) => Next::Again(*wanted),
            None => Next::Again(pause(tries)),
        },
        ChatError::Idle { .. }
        | ChatError::Connection { .. }
        | ChatError::Cut { .. }
        | ChatError::Unreadable { .. } => Next::Again(pause(tries)),
        ChatError::Status { .. }
        | ChatError::TimedOut { .. }
        | ChatError::TooLong { .. }
        | ChatError::NoEndpoint
        | ChatError::NotRecorded => Next::GiveUp,
    }
}

/// Twice as long each time, and not the same for all who wait: between half of it and all of it.
fn pause(tries: u32) -> Duration {
    let doubled = FIRST.saturating_mul(1 << tries.saturating_sub(1).min(16));
    doubled.min(LONGEST).mul_f64(0.5 + 0.5 * fastrand::f64())
}

/// What `Retry-After` asks for: seconds, or a date (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get("retry-after")?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16, retry_after: Option<u64>) -> ChatError {
        ChatError::Status {
            endpoint: "a".to_owned(),
            status,
            retry_after: retry_after.map(Duration::from_secs),
            message: String::new(),
        }
    }

    #[test]
    fn overload_is_waited_for_and_a_wrong_key_is_not() {
        assert_eq!(
            next(&status(429, Some(7)), 1, 3),
            Next::Again(Duration::from_secs(7))
        );
        assert_eq!(next(&status(429, Some(7)), 4, 3), Next::GiveUp);
        assert_eq!(next(&status(503, Some(3600)), 1, 3), Next::GiveUp);
        assert_eq!(next(&status(401, None), 1, 3), Next::GiveUp);
        assert_eq!(next(&status(404, None), 1, 3), Next::GiveUp);
        for tries in 1..=40 {
            let Next::Again(pause) = next(&status(500, None), tries, 100) else {
                panic!("given up");
            };
            assert!(pause >= FIRST / 2 && pause <= LONGEST, "{pause:?}");
        }
    }

    #[test]
    fn pauses_are_asked_for_in_seconds_or_by_date() {
        let asked = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", text.parse().unwrap());
            let now = httpdate::parse_http_date("Fri, 01 Mar 2024 10:00:00 GMT").unwrap();
            retry_after(&headers, now)
        };
        assert_eq!(asked("12"), Some(Duration::from_secs(12)));
        assert_eq!(
            asked("Fri, 01 Mar 2024 10:00:30 GMT"),
            Some(Duration::from_secs(30))
        );
        assert_eq!(asked("Fri, 01 Mar 2024 09:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(asked("soon"), None);
    }
}
