//! Who may do what on the bus: a user for each service, each tenant's producers, the provisioner and the operator, each
//! with the subjects that its work needs and no others.
//!
//! | module | what is in it |
//! |---|---|
//! | `roles` | what each service does, in the words of the domain: a table |
//! | `grants` | the subjects of what it does |
//! | [`keys`] | the users' keys, in a folder |
//! | [`configuration`] | the part of nats-server's configuration that says all this |
//!
//! Users are known by NKEYs (Ed25519): the server's configuration holds public keys only, so that it can be printed,
//! mounted and committed, and no password crosses the wire. A user's replies come to an inbox of its own
//! (`_INBOX_<user>.>`), so that no user can listen to what the server answers another.
//!
//! Buckets belong to tenants and NATS has no wildcards within a token: the configuration names the tenants, and is
//! written again, and read again by the server (`nats-server --signal reload`), when there is a new one.

pub mod configuration;
mod grants;
pub mod keys;
mod roles;

use schemas::TenantId;

pub use configuration::{Tls, server_configuration};
pub use keys::{Keys, KeysError};
pub use roles::services;

/// Makes streams, consumers and buckets.
pub const PROVISIONER: &str = "provision";
/// A person with the command line, which has this name on the bus: looks at everything, submits, sends dead letters again.
pub const OPERATOR: &str = "contrail";

/// A user and what it may do. Subjects are as nats-server matches them: `*` is one token, `>` the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its name, also of its key's folder: that of the service, or `producer-<tenant>`.
    pub name: String,
    /// Subjects that it may publish on, sorted.
    pub publish: Vec<String>,
    /// Subjects that it may subscribe to, sorted.
    pub subscribe: Vec<String>,
    /// Whether it may answer what it is asked, on whatever inbox the question names.
    pub answers: bool,
}

/// All users, for these tenants: services, provisioner and operator first, then the producers.
#[must_use]
pub fn users(tenants: &[TenantId]) -> Vec<User> {
    let services = roles::ROLES.iter().map(|role| grants::service(role, tenants));
    let people = [grants::provisioner(), grants::operator()];
    let producers = tenants.iter().map(grants::producer);
    services.chain(people).chain(producers).collect()
}

/// The name of a tenant's producer.
#[must_use]
pub fn producer_of(tenant: &TenantId) -> String {
    format!("producer-{tenant}")
}

impl User {
    /// Whether it may publish on a subject.
    #[must_use]
    pub fn may_publish(&self, subject: &str) -> bool {
        self.publish.iter().any(|granted| matches(granted, subject))
    }

    /// Whether it may subscribe to a subject.
    #[must_use]
    pub fn may_subscribe(&self, subject: &str) -> bool {
        self.subscribe.iter().any(|granted| matches(granted, subject))
    }
}

/// Whether a granted subject covers a subject (which may have wildcards of its own, that must be covered too).
fn matches(granted: &str, subject: &str) -> bool {
    let (mut granted, mut subject) = (granted.split('.'), subject.split('.'));
    loop {
        match (granted.next(), subject.next()) {
            (Some(">"), Some(_)) | (None, None) => return true,
            (Some("*"), Some(token)) if token != ">" => {}
            (Some(wanted), Some(token)) if wanted == token => {}
            (_, _) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::QUEUES;

    fn tenant(name: &str) -> TenantId {
        name.parse().unwrap()
    }

    fn user(name: &str) -> User {
        let all = users(&[tenant("red"), tenant("blue")]);
        all.into_iter().find(|user| user.name == name).unwrap()
    }

    #[test]
    fn wildcards_cover_as_the_server_has_it() {
        for (granted, subject, covers) in [
            ("job.ask.v1.*", "job.ask.v1.red", true),
            ("job.ask.v1.*", "job.ask.v1", false),
            ("job.ask.v1.*", "job.ask.v1.red.more", false),
            ("job.>", "job.ask.v1.red", true),
            ("job.>", "job", false),
            ("job.*", "job.>", false),
            ("job.ask", "job.*", false),
            (
                "$JS.ACK.*.*.JOBS_OCR.ocr.>",
                "$JS.ACK._.hub.JOBS_OCR.ocr.1.2.3.4.5.x",
                true,
            ),
        ] {
            assert_eq!(matches(granted, subject), covers, "{granted} {subject}");
        }
    }

    #[test]
    fn every_queue_has_a_user_that_may_take_from_it_and_from_no_other() {
        for (queue, consumer) in QUEUES {
            let service = user(consumer);
            for (other, other_consumer) in QUEUES {
                let stream = crate::topology::stream_of(other);
                let next = format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.{other_consumer}");
                assert_eq!(service.may_publish(&next), queue == other, "{consumer} {next}");
            }
        }
    }

    #[test]
    fn no_two_users_share_an_inbox_and_nobody_but_the_operator_hears_everything() {
        let all = users(&[tenant("red"), tenant("blue")]);
        for user in &all {
            assert!(
                user.may_subscribe(&format!("_INBOX_{}.x.y", user.name)),
                "{}",
                user.name
            );
            for other in all.iter().filter(|other| other.name != user.name) {
                let inbox = format!("_INBOX_{}.>", other.name);
                assert!(!user.may_subscribe(&inbox), "{} hears {}", user.name, other.name);
            }
            assert!(
                !user.may_subscribe(">") && !user.may_publish(">"),
                "{}",
                user.name
            );
            assert!(
                !user.may_subscribe("$SYS.>") && !user.may_publish("$SYS.x"),
                "{}",
                user.name
            );
        }
    }

    #[test]
    fn whoever_measures_the_queues_reads_none_of_them() {
        let gateway = user("gateway");
        for stream in ["JOBS_INGEST", "JOBS_OCR"] {
            assert!(gateway.may_publish(&format!("$JS.API.STREAM.INFO.{stream}")));
            assert!(!gateway.may_publish(&format!("$JS.API.STREAM.MSG.GET.{stream}")));
        }
        assert!(gateway.may_publish("$JS.API.CONSUMER.INFO.JOBS_OCR.ocr"));
        assert!(!gateway.may_publish("$JS.API.CONSUMER.MSG.NEXT.JOBS_OCR.ocr"));
        assert!(!user("ocr").may_publish("$JS.API.STREAM.INFO.JOBS_INGEST"));
    }

    #[test]
    fn a_producer_reaches_nothing_of_another_tenant() {
        let red = user("producer-red");
        for subject in red.publish.iter().chain(&red.subscribe) {
            assert!(!subject.contains("blue"), "{subject}");
            let broad = subject.split('.').all(|token| token == "*" || token == ">");
            assert!(!broad, "{subject}");
        }
        for subject in ["job.ask.v1.red", "$KV.names.red.abc", "$O.files_red.C.abc"] {
            assert!(red.may_publish(subject), "{subject}");
        }
        for subject in [
            "job.ask.v1.blue",
            "job.embed.v1.red",
            "event.answer-ready.v1.red",
            "$KV.names.blue.abc",
            "$KV.files.red.abc",
            "$O.files_blue.C.abc",
            "$O.answers_red.C.abc",
            "$JS.API.STREAM.DELETE.OBJ_files_red",
            "$JS.API.DIRECT.GET.KV_files",
            "$JS.API.CONSUMER.MSG.NEXT.JOBS_ASK.gateway",
            // A consumer of what it writes itself could have the server write that elsewhere.
            "$JS.API.CONSUMER.CREATE.KV_names.x.$KV.names.red.>",
            "$JS.API.CONSUMER.CREATE.OBJ_files_red.x.$O.files_red.C.x",
        ] {
            assert!(!red.may_publish(subject), "{subject}");
        }
    }

    #[test]
    fn only_the_provisioner_makes_and_removes_streams() {
        for user in users(&[tenant("red")]) {
            let makes = [
                "$JS.API.STREAM.CREATE.X",
                "$JS.API.STREAM.DELETE.X",
                "$JS.API.STREAM.UPDATE.X",
            ]
            .iter()
            .any(|subject| user.may_publish(subject));
            assert_eq!(
                makes,
                user.name == PROVISIONER || user.name == OPERATOR,
                "{}",
                user.name
            );
        }
    }
}
