//! Services as processes, to be killed.

use std::ffi::OsString;
use std::process::{Child, Command, Stdio};

/// One service as a process of its own; killed when dropped.
pub struct Process(Child);

impl Process {
    /// Starts `contrail run <service>` against a server, where no other one makes rows findable.
    pub fn start(service: &str, nats_url: &str) -> Self {
        let settings = [
            ("CONTRAIL_LISTEN", "127.0.0.1:0"),
            ("CONTRAIL_INGEST_ROW_PASSAGES", "false"),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.into()));
        Self::with(service, nats_url, settings)
    }

    /// Starts `contrail run <service>` against a server, with environment variables.
    pub fn with(
        service: &str,
        nats_url: &str,
        settings: impl IntoIterator<Item = (String, OsString)>,
    ) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_contrail-under-test"))
            .args(["run", service, "--nats-url", nats_url])
            .envs(settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(&mut self) {
        assert!(
            self.0.try_wait().unwrap().is_none(),
            "the process ended before it was killed"
        );
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
