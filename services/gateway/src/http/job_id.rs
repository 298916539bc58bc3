//! New job ids, and those that clients choose so that a repeated request is done once.

use http::HeaderMap;
use schemas::progress::{Progress, ProgressState};
use schemas::{JobId, TenantId};

use super::App;
use super::problem::Problem;

const HEADER: &str = "idempotency-key";

/// The id in `Idempotency-Key`, or a new one. The bus keeps a job once under the same id.
pub fn job_id(headers: &HeaderMap) -> Result<JobId, Problem> {
    let Some(key) = headers.get(HEADER) else {
        return Ok(bus::ids::new_job_id());
    };
    let key = key.to_str().map_err(|_| Problem::InvalidIdempotencyKey)?;
    JobId::new(key.trim().trim_matches('"').to_ascii_lowercase()).map_err(|_| Problem::InvalidIdempotencyKey)
}

/// Makes a job known before it is on the bus, so that who follows it at once finds it. A job that is known already
/// stays as it is: this is a repeated request.
pub async fn announce(app: &App, tenant: &TenantId, id: &JobId) -> Result<(), Problem> {
    if app.bus.last_report(tenant, id).await?.is_some() {
        return Ok(());
    }
    let queued = Progress {
        id: id.clone(),
        service: app.bus.service().to_owned(),
        stage: "waiting in the queue".to_owned(),
        done: 0,
        total: 0,
        state: ProgressState::Running,
        at: super::now(),
    };
    Ok(app.bus.report(tenant, &queued).await?)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn clients_may_choose_a_uuid() {
        let check = |key: &'static str, expect: Option<&str>| {
            let headers = HeaderMap::from_iter([(HEADER.parse().unwrap(), HeaderValue::from_static(key))]);
            assert_eq!(job_id(&headers).ok().as_ref().map(JobId::as_str), expect, "{key}");
        };
        let id = "0199f1d2-7c3a-7def-8123-456789abcdef";
        check("0199f1d2-7c3a-7def-8123-456789abcdef", Some(id));
        check("\"0199F1D2-7C3A-7DEF-8123-456789ABCDEF\"", Some(id));
        check("my-key", None);
        check("", None);
    }

    #[test]
    fn others_get_a_new_one_each() {
        let none = HeaderMap::new();
        assert_ne!(job_id(&none).unwrap(), job_id(&none).unwrap());
    }
}
