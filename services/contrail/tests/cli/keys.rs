//! Keys of the HTTP API: made, listed, wanted by the server, revoked while it runs.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Place, Up, document, exited, stderr};

/// The status of `GET /api/files` with a key.
fn status(up: &Up, key: Option<&str>) -> u16 {
    let host = up.http.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let key = key.map(|key| format!("Authorization: Bearer {key}\r\n"));
    let head = format!(
        "GET /api/files HTTP/1.1\r\nHost: {host}\r\n{}Connection: close\r\n\r\n",
        key.unwrap_or_default()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let code = response
        .split(' ')
        .nth(1)
        .unwrap_or_else(|| panic!("{response:?}"));
    code.parse().unwrap()
}

fn create(place: &Place, more: &[&str]) -> String {
    let output = place.run(&[&["keys", "create"], more].concat());
    exited(&output, 0);
    let key = String::from_utf8(output.stdout).unwrap();
    assert!(key.starts_with("contrail_") && key.lines().count() == 1, "{key}");
    key.trim().to_owned()
}

#[test]
fn a_key_is_shown_once_and_opens_the_server_until_it_is_revoked() {
    let place = Place::new();
    let open = ["up", "--listen", "0.0.0.0:0"];
    let refused = place.run(&open);
    exited(&refused, 1);
    assert!(
        stderr(&refused).contains("contrail keys create"),
        "{}",
        stderr(&refused)
    );

    let first = create(&place, &["--name", "laptop", "--max-upload", "20MB"]);
    let other = create(
        &place,
        &[
            "--tenant",
            "north",
            "--name",
            "report",
            "--requests-per-minute",
            "60",
        ],
    );
    let file = place.data().join("api-keys");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains(&first) && !text.contains(&other), "{text}");
    for path in [file.clone(), place.data().join("api-keys.links")] {
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
    let list = document(&place.run(&["keys", "list", "--json"]));
    let settings = |key: &Value| {
        json!([
            key["tenant"],
            key["name"],
            key["requests_per_minute"],
            key["max_upload"]
        ])
    };
    let known: Vec<Value> = list.as_array().unwrap().iter().map(settings).collect();
    assert_eq!(
        known,
        [
            json!(["local", "laptop", null, 20 << 20]),
            json!(["north", "report", 60, null])
        ]
    );
    let shown = place.run(&["keys", "list"]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("laptop") && !shown.contains(&first), "{shown}");

    let up = Up::start(&place);
    assert_eq!(status(&up, None), 401);
    assert_eq!(status(&up, Some(&first)), 200);
    let later = create(&place, &["--name", "phone"]);
    assert_eq!(status(&up, Some(&later)), 200);
    exited(&place.run(&["keys", "revoke", "laptop"]), 0);
    assert_eq!(status(&up, Some(&first)), 401);
    assert_eq!(status(&up, Some(&later)), 200);
}

#[test]
fn what_can_not_be_done_with_keys_is_told() {
    let place = Place::new();
    let keys = place.folder.path().join("keys");
    let run = |arguments: &[&str]| {
        let mut command = place.command(&[&["keys"], arguments].concat());
        command.env("CONTRAIL_API_KEYS_FILE", &keys).output().unwrap()
    };
    let nothing = run(&["list"]);
    exited(&nothing, 0);
    assert!(String::from_utf8_lossy(&nothing.stdout).contains("there are no keys"));
    exited(&run(&["create", "--name", "a"]), 0);
    for (arguments, code, expect) in [
        (&["create", "--name", "a"][..], 1, "already"),
        (&["create", "--name", "two words"], 2, "blanks"),
        (&["create", "--max-upload", "20 MB"], 2, "20MB"),
        (&["revoke", "b"], 1, "there is no key b"),
    ] {
        let output = run(arguments);
        exited(&output, code);
        assert!(stderr(&output).contains(expect), "{}", stderr(&output));
    }
    exited(&run(&["revoke", "a"]), 0);
    std::fs::write(&keys, "local nothing\n").unwrap();
    let broken = run(&["create"]);
    exited(&broken, 1);
    assert!(stderr(&broken).contains("line 1"), "{}", stderr(&broken));
    assert!(!place.data().exists(), "no data folder was needed");
}
