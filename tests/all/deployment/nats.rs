//! The configurations of NATS, read by nats-server itself, with the users that the code writes.

use std::fs;
use std::process::Command;

use artifacts::Cache;
use bus::permissions::{Keys, Tls, server_configuration};
use schemas::TenantId;

use crate::tidy::{read, root};

#[test]
fn the_server_takes_them() {
    let binary = Cache::new(None).ensure("nats-server").unwrap();
    for (file, users, name) in [
        ("compose/nats.conf", "users/users.conf", "SERVER_NAME"),
        ("compose/nats-cluster.conf", "users/users.conf", "SERVER_NAME"),
        ("k8s/base/nats.conf", "../nats-users/users.conf", "POD_NAME"),
        (
            "k8s/overlays/prod/nats.conf",
            "../nats-users/users.conf",
            "POD_NAME",
        ),
    ] {
        let text = read(&root().join(file));
        assert!(text.contains(&format!("include \"{users}\"")), "{file}");
        let check = |text: &str| {
            let folder = tempfile::tempdir().unwrap();
            let here = folder.path().join("nats");
            fs::create_dir(&here).unwrap();
            let keys = Keys::in_folder(&folder.path().join("keys"));
            let tenants = [TenantId::local(), "airport-north".parse().unwrap()];
            let config = server_configuration(&keys, &tenants, None).unwrap();
            let users = here.join(users);
            fs::create_dir_all(users.parent().unwrap()).unwrap();
            fs::write(&users, config).unwrap();
            let path = here.join("nats.conf");
            fs::write(
                &path,
                text.replace("/data", &folder.path().join("data").display().to_string()),
            )
            .unwrap();
            let output = Command::new(&binary)
                .arg("-t")
                .arg("-c")
                .arg(&path)
                .env(name, "nats-0")
                .output();
            let output = output.unwrap();
            let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            (output.status.success(), said.into_owned())
        };
        let (good, said) = check(&text);
        assert!(good, "{file}: {said}");
        let (good, said) = check(&text.replace("store_dir", "store_folder"));
        assert!(!good && said.contains("store_folder"), "{file}: {said}");
    }
}

#[test]
fn tls_is_demanded_with_the_files_of_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let tls = Tls {
        folder: "/etc/nats-tls".into(),
        verify: false,
    };
    let text = server_configuration(&Keys::in_folder(folder.path()), &[], Some(&tls)).unwrap();
    let mount = read(&root().join("k8s/components/tls/server.yaml"));
    for part in ["tls.crt", "tls.key", "ca.crt"] {
        assert!(text.contains(&format!("\"/etc/nats-tls/{part}\"")), "{text}");
    }
    assert!(mount.contains("mountPath: /etc/nats-tls,"));
}
