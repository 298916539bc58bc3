//! TLS as `contrail provision --nats-tls` has the server want it: with certificates of an authority that the machine does not know.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use artifacts::Cache;
use bus::connection::ConnectError;
use bus::fault::reason;
use bus::permissions::{Keys, PROVISIONER, Tls, server_configuration};
use bus::server::NatsServer;
use bus::{Bus, BusConfig};
use schemas::TenantId;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;

/// A server with a certificate, and who may connect.
struct Stage {
    server: NatsServer,
    keys: Keys,
    folder: tempfile::TempDir,
}

impl Stage {
    async fn set(verify: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let certificates = Authority::at(folder.path().join("tls"));
        certificates.sign("tls", "subjectAltName=IP:127.0.0.1");
        let keys = Keys::in_folder(&folder.path().join("keys"));
        let tls = Tls {
            folder: certificates.0.clone(),
            verify,
        };
        let users = server_configuration(&keys, &[TenantId::local()], Some(&tls)).unwrap();
        let store = folder.path().join("store");
        std::fs::create_dir(&store).unwrap();
        let binary = tokio::task::spawn_blocking(|| Cache::new(None).ensure("nats-server"));
        let binary = binary.await.unwrap().unwrap();
        let server = NatsServer::start_with_users(&binary, &store, &users)
            .await
            .unwrap();
        Self { server, keys, folder }
    }

    /// The authority that has signed the server's certificate.
    fn authority(&self) -> Authority {
        Authority(self.folder.path().join("tls"))
    }

    /// Connects as the provisioner, and trusts an authority.
    async fn connect(
        &self,
        trusted: Option<&Authority>,
        own: Option<(PathBuf, PathBuf)>,
    ) -> Result<Bus, ConnectError> {
        let (certificate, certificate_key) = own.unzip();
        let config = BusConfig {
            inbox: Some(format!("_INBOX_{PROVISIONER}")),
            authorities: trusted.map(|authority| authority.0.join("ca.crt")),
            certificate,
            certificate_key,
            ..BusConfig::with_key(
                self.server.url().replace("nats://", "tls://"),
                self.keys.seed_file(PROVISIONER),
            )
        };
        Bus::connect(&config, "contrail").await
    }

    /// Why that does not work.
    async fn refusal(&self, trusted: Option<&Authority>, own: Option<(PathBuf, PathBuf)>) -> String {
        let error = self.connect(trusted, own).await.err().unwrap();
        reason(&error)
    }
}

/// A folder with `ca.crt` and `ca.key`, and what they have signed.
struct Authority(PathBuf);

impl Authority {
    fn at(folder: PathBuf) -> Self {
        std::fs::create_dir(&folder).unwrap();
        openssl(&folder, "ca", &["-subj", "/CN=authority of the tests"]);
        Self(folder)
    }

    /// Signs a certificate; its file and that of its key.
    fn sign(&self, name: &str, extension: &str) -> (PathBuf, PathBuf) {
        let signing = ["-CA", "ca.crt", "-CAkey", "ca.key", "-subj", "/CN=contrail"];
        let leaf = [
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-addext",
            extension,
        ];
        openssl(&self.0, name, &[&signing[..], &leaf[..]].concat());
        let file = |kind: &str| self.0.join(format!("{name}.{kind}"));
        (file("crt"), file("key"))
    }
}

/// Makes a key and a certificate.
fn openssl(folder: &Path, name: &str, more: &[&str]) {
    let (key, certificate) = (format!("{name}.key"), format!("{name}.crt"));
    let made = Command::new("openssl")
        .current_dir(folder)
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
        ])
        .args(["-nodes", "-days", "2", "-keyout", &key, "-out", &certificate])
        .args(more)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("openssl makes the certificates: {error}"));
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

#[tokio::test]
async fn a_server_is_trusted_by_its_authority_alone() {
    let stage = Stage::set(false).await;
    let authority = stage.authority();
    let bus = stage.connect(Some(&authority), None).await.unwrap();
    bus.provision(&BusConfig::at("").topology()).await.unwrap();
    assert_eq!(bus.tenants().await.unwrap(), [TenantId::local()]);
    bus.close().await;

    // The machine does not know the authority, and another one has signed nothing here.
    let refused = stage.refusal(None, None).await;
    assert!(refused.to_lowercase().contains("certificate"), "{refused}");
    let other = Authority::at(stage.folder.path().join("other"));
    let refused = stage.refusal(Some(&other), None).await;
    assert!(refused.to_lowercase().contains("certificate"), "{refused}");

    // Nobody is served without: the first line that the server says tells it.
    let address = stage.server.url().strip_prefix("nats://").unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).await.unwrap();
    assert!(line.contains(r#""tls_required":true"#), "{line}");
    stage.server.stop().await;
}

#[tokio::test]
async fn a_server_may_want_to_see_our_certificate_too() {
    let stage = Stage::set(true).await;
    let authority = stage.authority();
    let own = authority.sign("client", "extendedKeyUsage=clientAuth");
    let bus = stage.connect(Some(&authority), Some(own.clone())).await.unwrap();
    bus.provision(&BusConfig::at("").topology()).await.unwrap();
    bus.close().await;

    let other = Authority::at(stage.folder.path().join("other"));
    let strange = other.sign("client", "extendedKeyUsage=clientAuth");
    for own in [None, Some(strange)] {
        stage.refusal(Some(&authority), own).await;
    }
    let missing = (stage.folder.path().join("nothing.crt"), own.1);
    let refused = stage.refusal(Some(&authority), Some(missing)).await;
    assert!(
        refused.contains("nothing.crt") && refused.contains("our certificate"),
        "{refused}"
    );
    stage.server.stop().await;
}
