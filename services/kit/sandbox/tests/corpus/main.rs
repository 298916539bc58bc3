//! Attacks and honest work, each in a worker of its own, in each of the environments.
//!
//! A trial starts this executable again inside its environment (`environment`), where a pool runs the one case (`case`) in a
//! worker that is this executable once more. So the harness is its own.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test without the usual harness is a test all the same"
)]

mod attacks;
mod call;
mod case;
mod environment;
mod refusals;
mod work;

use std::path::Path;
use std::process::{Command, ExitCode};

use case::{Case, Tree};
use environment::Environment;
use libtest_mimic::{Arguments, Failed, Trial};

/// The first argument of this executable inside an environment.
const INSIDE: &str = "--inside";

fn main() -> ExitCode {
    sandbox::enter_if_worker(case::KINDS);
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, inside, environment, name, python @ ..] = arguments.as_slice()
        && inside == INSIDE
    {
        return run_inside(environment, name, python.first().map(Path::new));
    }
    let mut trials = Vec::new();
    for environment in Environment::ALL {
        for case in cases() {
            let name = format!("{}::{}", case.group, case.name);
            trials.push(trial(environment, &name, case.tree));
        }
    }
    for (environment, name) in refusals::TRIALS {
        trials.push(trial(*environment, name, Tree::None));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn cases() -> impl Iterator<Item = Case> {
    attacks::all().chain(work::cases())
}

fn trial(environment: Environment, name: &str, tree: Tree) -> Trial {
    let case = name.to_owned();
    Trial::test(format!("{}::{name}", environment.name()), move || {
        let mut command = Command::new("/proc/self/exe");
        command.args([INSIDE, environment.name(), &case]);
        if tree == Tree::Python {
            // Here, since nobody has a cache. It is 140 MB, once.
            let python = artifacts::Cache::new(None).ensure("python");
            command.arg(python.map_err(|error| Failed::from(error.to_string()))?);
        }
        environment.become_user(&mut command);
        let output = command
            .output()
            .map_err(|error| Failed::from(error.to_string()))?;
        if output.status.success() {
            Ok(())
        } else {
            Err(Failed::from(format!(
                "{}\n{}{}",
                output.status,
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            )))
        }
    })
}

/// Panics are failures: they end this process with a code of their own.
fn run_inside(environment: &str, name: &str, python: Option<&Path>) -> ExitCode {
    let environment = Environment::named(environment);
    environment.enter();
    if let Some(refusal) = refusals::named(name) {
        refusal();
        return ExitCode::SUCCESS;
    }
    let case = cases()
        .find(|case| format!("{}::{}", case.group, case.name) == name)
        .unwrap_or_else(|| panic!("no case is called {name}"));
    case.run(environment, python);
    ExitCode::SUCCESS
}
