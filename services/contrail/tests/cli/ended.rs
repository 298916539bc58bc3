//! It ends, by a signal or a kill: nothing is left running.

use std::process::Command;
use std::time::{Duration, Instant};

use super::{Place, Up, document};

#[test]
fn nothing_is_left_running_when_it_is_killed() {
    let place = Place::new();
    let mut up = Up::start(&place);
    let children = descendants_of(up.process.id());
    assert!(
        children.iter().any(|(_, name)| name.starts_with("nats-server")),
        "{children:?}"
    );
    up.process.kill().unwrap();
    up.process.wait().unwrap();
    let end = Instant::now() + Duration::from_secs(20);
    for (pid, name) in &children {
        while is_running(*pid) {
            assert!(Instant::now() < end, "{name} ({pid}) is still running");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    // And what it left behind is no obstacle.
    let status = document(&place.run(&["status", "--json"]));
    assert_eq!(status["server"]["running"], false);
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_ends_it_well() {
    let place = Place::new();
    let mut up = Up::start(&place);
    let pid = up.process.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(up.process.wait().unwrap().code(), Some(0));
    assert!(!place.data().join("run.json").exists());
}

/// Process ids and names of a process's children, and of theirs.
#[cfg(target_os = "linux")]
fn descendants_of(ancestor: u32) -> Vec<(u32, String)> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let all: Vec<(u32, String, u32)> = pids
        .filter_map(|pid| stat(pid).map(|(name, _, parent)| (pid, name, parent)))
        .collect();
    let mut found: Vec<(u32, String)> = Vec::new();
    let mut parents = vec![ancestor];
    while let Some(owner) = parents.pop() {
        for (pid, name, _) in all.iter().filter(|(_, _, parent)| *parent == owner) {
            parents.push(*pid);
            found.push((*pid, name.clone()));
        }
    }
    found
}

#[cfg(target_os = "linux")]
fn is_running(pid: u32) -> bool {
    stat(pid).is_some_and(|(_, state, _)| state != "Z" && state != "X")
}

/// Name, state and parent of a process.
#[cfg(target_os = "linux")]
fn stat(pid: u32) -> Option<(String, String, u32)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (head, tail) = stat.rsplit_once(") ")?;
    let name = head.split_once('(')?.1.to_owned();
    let mut fields = tail.split(' ');
    Some((name, fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}
