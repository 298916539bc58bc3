//! The built binary, as a person uses it: real server, real files, exit codes.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its tests share"
)]

#[path = "cli/backup.rs"]
mod backup;
#[path = "cli/bench.rs"]
mod bench;
#[path = "cli/detect.rs"]
mod detect;
#[path = "cli/doctor.rs"]
mod doctor;
#[path = "cli/ended.rs"]
mod ended;
#[path = "cli/keys.rs"]
mod keys;
#[path = "cli/learned.rs"]
mod learned;
#[path = "cli/llm.rs"]
mod llm;
#[path = "cli/operations.rs"]
mod operations;
#[path = "../../kit/index/tests/conformance/qdrant.rs"]
mod qdrant;
#[path = "cli/sandbox.rs"]
mod sandbox;
#[path = "cli/tables.rs"]
mod tables;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};

const GATES: &str = "\
gate,terminal,passengers
A1,T1,120
A2,T1,80
B1,T2,200
B2,T2,50
C1,T3,75
";

/// A folder with a data folder in it, forgotten at the end.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The binary with nothing of our own environment that it would listen to.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_contrail"));
        let ours = |name: &str| {
            name.starts_with("CONTRAIL_") || name.starts_with("NATS_") || name.starts_with("OTEL_")
        };
        for (name, _) in std::env::vars().filter(|(name, _)| ours(name) && name != "CONTRAIL_CACHE") {
            command.env_remove(name);
        }
        command
            .env("CONTRAIL_DATA", self.data())
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn exited(output: &Output, code: i32) {
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        output.status.code(),
        Some(code),
        "stdout: {stdout}\nstderr: {}",
        stderr(output)
    );
}

/// All of standard output as one JSON document.
#[track_caller]
fn document(output: &Output) -> Value {
    let stdout = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(stdout.lines().count(), 1, "{stdout}");
    serde_json::from_str(&stdout).unwrap()
}

/// A running `contrail up`; killed at the end.
struct Up {
    process: Child,
    http: String,
}

impl Up {
    fn start(place: &Place) -> Self {
        let mut process = place
            .command(&["up", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let http = line.split_whitespace().find(|word| word.starts_with("http://"));
        let http = http
            .unwrap_or_else(|| panic!("no address in {line:?}"))
            .to_owned();
        Self { process, http }
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn help_is_there_and_wrong_usage_is_told() {
    let place = Place::new();
    let help = place.run(&["ask", "--help"]);
    exited(&help, 0);
    let shown = String::from_utf8(help.stdout).unwrap();
    assert!(
        shown.contains("Examples:") && shown.contains("Exit codes"),
        "{shown}"
    );
    exited(&place.run(&["ask", "--today", "2024-02-30", "how many gates"]), 2);
    exited(&place.run(&["ask", "  "]), 2);
    exited(&place.run(&["no-such-command"]), 2);
    assert!(!place.data().exists(), "no server was needed");
}

#[test]
fn a_question_about_a_file_is_answered_as_json() {
    let place = Place::new();
    let file = place.write("gates.csv", GATES);
    let question = "total passengers by terminal";
    let output = place.run(&[
        "ask",
        "--json",
        "--today",
        "2024-06-30",
        "--file",
        text(&file),
        question,
    ]);
    exited(&output, 0);
    let answer = document(&output);
    assert_eq!(answer["status"], "answered");
    let mut rows: Vec<String> = answer["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(Value::to_string)
        .collect();
    rows.sort();
    assert_eq!(rows, [r#"["T1",200]"#, r#"["T2",250]"#, r#"["T3",75]"#]);
    let trace = answer["trace_id"].as_str().unwrap();
    assert!(
        trace.len() == 32 && trace.bytes().any(|digit| digit != b'0'),
        "{trace}"
    );
    for part in ["plan", "ledger", "checks", "assumptions", "readings", "code"] {
        assert!(
            answer["trail"].get(part).is_some(),
            "{part} is missing: {}",
            answer["trail"]
        );
    }
    // The same in words, over the file that is known by now.
    let output = place.run(&["ask", "各航站楼的passengers合计"]);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        [Some(0), Some(3)].contains(&output.status.code()),
        "{shown}{}",
        stderr(&output)
    );
    assert!(
        shown.contains(|c: char| ('\u{4e00}'..='\u{9fff}').contains(&c)),
        "{shown}"
    );
}

#[test]
fn what_is_not_understood_is_refused() {
    let place = Place::new();
    let file = place.write("gates.csv", GATES);
    let question = "which xylophone frobnicates the quux";
    let output = place.run(&["ask", "--json", "--file", text(&file), question]);
    exited(&output, 3);
    let answer = document(&output);
    assert_eq!(answer["status"], "refused");
    assert!(!answer["text"].as_str().unwrap().is_empty());
}

#[test]
fn a_file_that_can_not_be_read_is_named_with_reason_and_place() {
    let place = Place::new();
    for (name, bytes, expect) in [
        ("twice.csv", "gate,gate\nA1,A2\n", "duplicate_header"),
        ("nothing.csv", "", "empty"),
        ("header.csv", "gate,terminal\n", "no_rows"),
        ("cut.xlsx", "PK\u{3}\u{4} and no more", "corrupt"),
        ("tune.mp3", "la la la", "unknown_kind"),
    ] {
        let file = place.write(name, bytes);
        let output = place.run(&["ask", "--json", "--file", text(&file), "how many gates"]);
        exited(&output, 1);
        assert!(output.stdout.is_empty());
        let told = stderr(&output);
        assert!(told.contains(name) && told.contains(expect), "{told}");
    }
    let output = place.run(&["ask", "--file", "nowhere.csv", "how many gates"]);
    exited(&output, 1);
    assert!(stderr(&output).contains("nowhere.csv"), "{}", stderr(&output));
}

#[test]
fn files_come_and_go() {
    let place = Place::new();
    let (good, bad) = (
        place.write("gates.csv", GATES),
        place.write("bad.csv", "a,a\n1,2\n"),
    );
    let output = place.run(&["add", "--json", text(&good), text(&bad)]);
    exited(&output, 1);
    let added = document(&output);
    assert_eq!(
        (&added[0]["state"], &added[1]["state"]),
        (&json!("indexed"), &json!("rejected"))
    );
    assert_eq!(added[1]["rejection"]["code"], "duplicate_header");

    let status = document(&place.run(&["status", "--json"]));
    assert_eq!(status["files_by_state"], json!({ "indexed": 1, "rejected": 1 }));
    assert_eq!(status["server"]["running"], false);

    exited(&place.run(&["rm", "gates.csv"]), 0);
    let output = place.run(&["rm", "gates.csv"]);
    exited(&output, 1);
    assert!(stderr(&output).contains("gates.csv"), "{}", stderr(&output));
    exited(&place.run(&["add", text(&good)]), 0);
    let status = document(&place.run(&["status", "--json"]));
    assert_eq!(status["files_by_state"]["indexed"], 1);
}

#[test]
fn tenants_are_made_and_kept_apart() {
    let place = Place::new();
    let file = place.write("gates.csv", GATES);
    let output = place.run(&["add", "--tenant", "north", text(&file)]);
    exited(&output, 1);
    assert!(
        stderr(&output).contains("contrail tenants create north"),
        "{}",
        stderr(&output)
    );
    exited(&place.run(&["tenants", "create", "north"]), 0);
    let tenants = place.run(&["tenants", "list"]);
    assert_eq!(String::from_utf8(tenants.stdout).unwrap(), "local\nnorth\n");
    exited(&place.run(&["add", "--tenant", "north", text(&file)]), 0);
    let status = document(&place.run(&["status", "--json"]));
    assert_eq!(status["files"], json!([]));
}

#[test]
fn two_at_once_on_one_data_folder_both_succeed() {
    let place = Place::new();
    let file = place.write("gates.csv", GATES);
    let ask = || {
        let mut command = place.command(&["ask", "--json", "--file", text(&file), "total passengers"]);
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    for child in [ask(), ask()] {
        let output = child.wait_with_output().unwrap();
        exited(&output, 0);
        assert_eq!(document(&output)["rows"], json!([[525]]));
    }
}

#[test]
fn a_running_server_is_used_and_keeps_others_out() {
    let place = Place::new();
    let file = place.write("gates.csv", GATES);
    let up = Up::start(&place);
    let output = place.run(&["ask", "--json", "--file", text(&file), "total passengers"]);
    exited(&output, 0);
    assert_eq!(document(&output)["rows"], json!([[525]]));
    let status = document(&place.run(&["status", "--json"]));
    assert_eq!(status["server"]["http_url"], up.http.as_str());
    let second = place.run(&["up", "--listen", "127.0.0.1:0"]);
    exited(&second, 1);
    assert!(stderr(&second).contains("in use"), "{}", stderr(&second));
}

#[cfg(target_os = "linux")]
#[test]
fn questions_with_known_answers_are_counted() {
    let place = Place::new();
    place.write("set/csv/gates.csv", GATES);
    place.write("set/csv/broken.csv", "a,a\n1,2\n");
    let question = |id: &str, table: &str, en: &str, rows: Value| {
        json!({ "id": id, "table": table, "zh": "𰻞𰻞", "en": en, "sql": "", "rows": rows, "ordered": false })
            .to_string()
    };
    let lines = [
        question("right", "gates.csv", "total passengers", json!([[525]])),
        question("wrong", "gates.csv", "total passengers", json!([[1]])),
        question("unread", "broken.csv", "total passengers", json!([[1]])),
    ];
    place.write("set/questions.jsonl", lines.join("\n"));
    let (set, predictions) = (
        place.folder.path().join("set"),
        place.folder.path().join("predictions.jsonl"),
    );

    let output = place.run(&[
        "eval",
        "tables",
        "--data",
        text(&set),
        "--json",
        "--predictions",
        text(&predictions),
    ]);
    exited(&output, 0);
    let report = document(&output);
    let figures = |of: &str, names: [&str; 5]| names.map(|name| report[of][name].as_u64().unwrap());
    let names = ["asked", "answered", "correct", "wrong", "abstained"];
    assert_eq!(figures("en", names), [3, 2, 1, 1, 1], "{report}");
    assert_eq!(figures("zh", names), [3, 0, 0, 0, 3], "{report}");
    assert_eq!(report["en"]["precision"], 0.5);
    assert_eq!(report["rejected"][0]["name"], "broken.csv");

    let lines = std::fs::read_to_string(&predictions).unwrap();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 6);
    assert_eq!(
        (&lines[1]["id"], &lines[1]["lang"]),
        (&json!("right"), &json!("en"))
    );
    assert_eq!(
        (&lines[1]["status"], &lines[1]["rows"]),
        (&json!("answered"), &json!([[525]]))
    );
    assert_eq!(lines[5]["status"], "error");
    assert!(!place.data().exists(), "an evaluation has a folder of its own");
}

#[test]
fn a_question_set_that_is_broken_is_told() {
    let place = Place::new();
    let output = place.run(&[
        "eval",
        "tables",
        "--data",
        text(&place.folder.path().join("none")),
    ]);
    exited(&output, 1);
    place.write("set/csv/gates.csv", GATES);
    place.write("set/questions.jsonl", "{}\n");
    let output = place.run(&["eval", "tables", "--data", text(&place.folder.path().join("set"))]);
    exited(&output, 1);
    assert!(stderr(&output).contains("line 1"), "{}", stderr(&output));
}

#[test]
fn a_damaged_program_is_found_without_its_name() {
    let place = Place::new();
    exited(&place.run(&["artifacts", "fetch"]), 0);
    let path = place.run(&["artifacts", "path", "nats-server"]);
    let path = PathBuf::from(String::from_utf8(path.stdout).unwrap().trim());
    // The folder of one version, in the folder of one artifact, in the cache.
    let version = path.parent().unwrap();
    let cache = place.folder.path().join("cache");
    let copy = cache.join("nats-server").join(version.file_name().unwrap());
    let verify = || {
        place
            .command(&["artifacts", "verify"])
            .env("CONTRAIL_CACHE", &cache)
            .output()
            .unwrap()
    };
    let nothing = verify();
    exited(&nothing, 0);
    assert!(String::from_utf8_lossy(&nothing.stdout).contains("nothing is fetched"));

    std::fs::create_dir_all(&copy).unwrap();
    std::fs::copy(&path, copy.join("nats-server")).unwrap();
    exited(&verify(), 0);
    std::fs::write(copy.join("nats-server"), "cut short").unwrap();
    let damaged = verify();
    exited(&damaged, 1);
    assert!(stderr(&damaged).contains("is damaged"), "{}", stderr(&damaged));
}
