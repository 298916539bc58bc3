//! What the sandbox costs: the same executable started barely, started with all layers, and taken from the pool, turn by
//! turn in one run; and the memory of workers that wait.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints its table and may panic"
)]

use std::fs;
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sandbox::{Job, Kind, Limits, NoBulk, Pool, PoolSettings};

const RUNS: usize = 400;
const IDLE: usize = 4;
/// Between jobs of the pool that is not hurried: the time in which the next worker gets ready.
const PAUSE: Duration = Duration::from_millis(25);

const ECHO: Kind = Kind {
    name: "echo",
    preload: sandbox::no_preload,
    serve: |io| Ok(io.request().to_vec()),
};

fn main() {
    sandbox::enter_if_worker(&[ECHO]);
    if std::env::args()
        .nth(1)
        .is_some_and(|argument| argument == "--bare")
    {
        let mut request = Vec::new();
        std::io::stdin().read_to_end(&mut request).unwrap();
        std::io::stdout().write_all(&request).unwrap();
        return;
    }
    let settings = |idle| PoolSettings {
        idle,
        ..PoolSettings::new(&ECHO, Limits::plan())
    };
    let cold = Pool::start(settings(0)).unwrap();
    let pool = Pool::start(settings(IDLE)).unwrap();
    let hurried = Pool::start(settings(IDLE)).unwrap();
    for (layer, state) in cold.layers().iter() {
        println!("{:<18} {state:?}", layer.name());
    }

    let mut times = [const { Vec::new() }; 3];
    for _ in 0..RUNS {
        times[0].push(timed(bare));
        times[1].push(timed(|| run(&cold)));
        thread::sleep(PAUSE);
        times[2].push(timed(|| run(&pool)));
    }
    let hurry = (0..RUNS).map(|_| timed(|| run(&hurried))).collect();
    let [bare, cold_times, pool_times] = times;
    let base = percentile(bare.clone(), 50);
    println!("\n{RUNS} jobs each, turn by turn; goals: cold 10 ms, from the pool 2 ms at p50");
    println!("{:<28} {:>9} {:>9} {:>8}", "", "p50 ms", "p99 ms", "× bare");
    for (name, times) in [
        ("bare exec", bare),
        ("all layers, cold", cold_times),
        ("all layers, from the pool", pool_times),
        ("the same, without a pause", hurry),
    ] {
        let (p50, p99) = (percentile(times.clone(), 50), percentile(times, 99));
        println!(
            "{name:<28} {:>9.2} {:>9.2} {:>8.2}",
            p50 * 1e3,
            p99 * 1e3,
            p50 / base
        );
    }
    thread::sleep(PAUSE);
    println!("\nworkers that wait, KB each");
    for pid in pool.waiting() {
        println!(
            "  resident {:>6}, its share {:>6}, its own {:>6}",
            rollup(pid, "Rss:"),
            rollup(pid, "Pss:"),
            rollup(pid, "Private_Dirty:")
        );
    }
}

fn timed(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_secs_f64()
}

fn bare() {
    let mut child = Command::new("/proc/self/exe")
        .arg("--bare")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&[7; 1024]).unwrap();
    let mut answer = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut answer).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(answer, [7; 1024]);
}

fn run(pool: &Pool) {
    let job = Job {
        request: vec![7; 1024],
        ..Job::default()
    };
    assert_eq!(pool.run(job, &mut NoBulk).unwrap().result, [7; 1024]);
}

fn percentile(mut times: Vec<f64>, percent: usize) -> f64 {
    times.sort_by(f64::total_cmp);
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

/// A line of the summary of a process's memory, for those who may read it.
fn rollup(pid: i32, line: &str) -> String {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let found = text.lines().find_map(|each| each.strip_prefix(line));
    found
        .and_then(|rest| rest.split_whitespace().next())
        .unwrap_or("?")
        .to_owned()
}
