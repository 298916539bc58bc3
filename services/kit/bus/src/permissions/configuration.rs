//! The part of nats-server's configuration that says who may do what.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use schemas::TenantId;

use super::keys::{Keys, KeysError};
use super::{User, users};

/// The server's certificate, by the paths that the server sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// A folder with `tls.crt`, `tls.key` and `ca.crt`, as a Kubernetes Secret of cert-manager has them.
    pub folder: PathBuf,
    /// Whether clients must show a certificate of the same authority too.
    pub verify: bool,
}

/// What a configuration of nats-server includes to know all users, with keys from a folder; missing ones are made there.
/// It holds no secret.
///
/// # Errors
/// When a key can't be read or made.
pub fn server_configuration(
    keys: &Keys,
    tenants: &[TenantId],
    tls: Option<&Tls>,
) -> Result<String, KeysError> {
    let mut text = String::from(
        "# Written by `contrail provision --print-nats-config`; public keys only, no secret.\n\
         # Include it in the server's configuration, and let the server read it again when it has changed:\n\
         # nats-server --signal reload\n",
    );
    if let Some(tls) = tls {
        text.push_str(&transport(tls));
    }
    text.push_str("authorization {\n  users = [\n");
    for user in users(tenants) {
        let key = keys.public_key(&user.name)?;
        text.push_str(&entry(&user, &key));
    }
    text.push_str("  ]\n}\n");
    Ok(text)
}

fn transport(tls: &Tls) -> String {
    let file = |name: &str| quoted(&tls.folder.join(name));
    format!(
        "tls {{\n  cert_file: {}\n  key_file: {}\n  ca_file: {}\n  verify: {}\n  min_version: \"1.3\"\n}}\n",
        file("tls.crt"),
        file("tls.key"),
        file("ca.crt"),
        tls.verify,
    )
}

fn entry(user: &User, key: &str) -> String {
    let mut text = format!("    # {}\n    {{ nkey: {key}, permissions: {{\n", user.name);
    for (action, subjects) in [("publish", &user.publish), ("subscribe", &user.subscribe)] {
        // Writing to a string can't fail.
        let _ = writeln!(text, "      {action}: {{ allow: [");
        for subject in subjects {
            let _ = writeln!(text, "        \"{subject}\"");
        }
        text.push_str("      ] }\n");
    }
    if user.answers {
        // The one reply to what it was asked, for as long as its asker may wait.
        text.push_str("      allow_responses: { max: 1, expires: \"2m\" }\n");
    }
    text.push_str("    } }\n");
    text
}

/// A path as a string of the configuration.
fn quoted(path: &Path) -> String {
    serde_json::Value::from(path.display().to_string()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_in_it_and_every_user_is() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::in_folder(folder.path());
        let tenants = [TenantId::local()];
        let tls = Tls {
            folder: "/etc/nats/tls".into(),
            verify: false,
        };
        let text = server_configuration(&keys, &tenants, Some(&tls)).unwrap();
        for user in users(&tenants) {
            assert!(text.contains(&format!("# {}\n", user.name)));
            assert!(text.contains(&keys.public_key(&user.name).unwrap()));
            let seed = std::fs::read_to_string(keys.seed_file(&user.name)).unwrap();
            assert!(!text.contains(seed.trim()));
        }
        assert!(text.contains("cert_file: \"/etc/nats/tls/tls.crt\""));
        assert_eq!(text, server_configuration(&keys, &tenants, Some(&tls)).unwrap());
    }
}
