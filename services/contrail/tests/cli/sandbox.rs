//! What a machine gives to lock workers in, and what happens where it gives too little.

use std::process::{Command, Output};

use serde_json::{Value, json};

use super::{GATES, Place, document, exited, stderr, text};

/// Starts a program where neither Landlock nor user namespaces can be had, as on an old kernel in a strict container: a
/// seccomp filter answers for the kernel. Arguments: the numbers of landlock_create_ruleset and unshare, the program.
const STRICT: &str = "
import ctypes, errno, os, struct, sys
LOAD, EQUAL, RETURN, ALLOW, ERROR = 0x20, 0x15, 0x06, 0x7fff0000, 0x00050000
landlock, unshare = int(sys.argv[1]), int(sys.argv[2])
program = b''.join(struct.pack('HBBI', *line) for line in [
    (LOAD, 0, 0, 0),
    (EQUAL, 0, 1, landlock), (RETURN, 0, 0, ERROR | errno.ENOSYS),
    (EQUAL, 0, 1, unshare), (RETURN, 0, 0, ERROR | errno.EPERM),
    (RETURN, 0, 0, ALLOW),
])
class Program(ctypes.Structure):
    _fields_ = [('length', ctypes.c_ushort), ('filter', ctypes.c_char_p)]
libc = ctypes.CDLL(None, use_errno=True)
filter = Program(len(program) // 8, program)
NO_NEW_PRIVS, SECCOMP, FILTER = 38, 22, 2
assert libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0) == 0
assert libc.prctl(SECCOMP, FILTER, ctypes.byref(filter), 0, 0) == 0, ctypes.get_errno()
os.execv(sys.argv[3], sys.argv[3:])
";

const LANDLOCK: &str = "444";
const UNSHARE: &str = if cfg!(target_arch = "x86_64") { "272" } else { "97" };

/// Runs a command where the required layers are missing.
pub fn in_a_strict_place(command: &Command) -> Output {
    let mut strict = Command::new("python3");
    strict
        .args(["-c", STRICT, LANDLOCK, UNSHARE])
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => strict.env(name, value),
            None => strict.env_remove(name),
        };
    }
    strict.output().unwrap()
}

#[test]
fn the_layers_of_this_machine_are_told() {
    let place = Place::new();
    let told = place.run(&["sandbox", "check"]);
    exited(&told, 0);
    let table = String::from_utf8(told.stdout).unwrap();
    for word in ["layer", "seccomp", "required", "landlock", "one of two", "bonus"] {
        assert!(table.contains(word), "{table}");
    }
    let document = document(&place.run(&["sandbox", "check", "--json"]));
    assert_eq!(
        (&document["available"], &document["missing"]),
        (&json!(true), &Value::Null)
    );
    let layers = document["layers"].as_array().unwrap();
    let seccomp = layers.iter().find(|layer| layer["layer"] == "seccomp").unwrap();
    assert_eq!(
        (&seccomp["given"], &seccomp["need"]),
        (&json!(true), &json!("required"))
    );
    assert!(!place.data().exists(), "no server is needed to look");
}

#[test]
fn where_the_required_layers_are_missing_nothing_is_read() {
    let place = Place::new();
    let unavailable = "SANDBOX_UNAVAILABLE: landlock=ENOSYS userns=EPERM";
    let told = in_a_strict_place(&place.command(&["sandbox", "check", "--json"]));
    exited(&told, 1);
    assert!(stderr(&told).contains(unavailable), "{}", stderr(&told));
    assert_eq!(document(&told)["missing"], "landlock=ENOSYS userns=EPERM");

    let file = place.write("gates.csv", GATES);
    let question = ["ask", "--json", "--file", text(&file), "total passengers"];
    let refused = in_a_strict_place(&place.command(&question));
    exited(&refused, 1);
    assert!(stderr(&refused).contains(unavailable), "{}", stderr(&refused));

    let production = [&question[..], &["--insecure-no-sandbox", "--production"]].concat();
    let refused = in_a_strict_place(&place.command(&production));
    exited(&refused, 1);
    assert!(
        stderr(&refused).contains("refused in production"),
        "{}",
        stderr(&refused)
    );

    // Only when told so, and then the answer tells it too.
    let insecure = [&question[..], &["--insecure-no-sandbox"]].concat();
    let answered = in_a_strict_place(&place.command(&insecure));
    exited(&answered, 0);
    let answer = document(&answered);
    assert_eq!(answer["rows"], json!([[525]]));
    let assumptions = answer["trail"]["assumptions"].as_array().unwrap();
    assert!(
        assumptions
            .iter()
            .any(|assumption| assumption["about"] == "sandbox"),
        "{assumptions:?}"
    );
    assert!(
        stderr(&answered).contains("insecure-no-sandbox"),
        "{}",
        stderr(&answered)
    );
}
