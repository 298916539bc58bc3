//! What source files may look like.

use super::{files, name, none, read};

const CODE: &[&str] = &["rs", "js", "css", "html", "py"];

fn code() -> Vec<std::path::PathBuf> {
    ["schemas", "services", "tests"]
        .iter()
        .flat_map(|folder| files(folder, CODE))
        .collect()
}

#[test]
fn no_file_is_longer_than_500_lines() {
    let long = code()
        .into_iter()
        .map(|path| (name(&path), read(&path).lines().count()))
        .filter(|(_, lines)| *lines > 500)
        .map(|(name, lines)| format!("{name}: {lines} lines"))
        .collect();
    none("split it by its ideas", long);
}

#[test]
fn main_files_only_parse_and_bind() {
    let long = code()
        .into_iter()
        .filter(|path| path.ends_with("src/main.rs"))
        .map(|path| (name(&path), read(&path).lines().count()))
        .filter(|(_, lines)| *lines > 40)
        .map(|(name, lines)| format!("{name}: {lines} lines"))
        .collect();
    none("main.rs has 40 lines at most", long);
}

#[test]
fn no_grab_bags() {
    const BAGS: &[&str] = &["utils", "util", "common", "helpers", "helper", "manager", "misc"];
    let bags = code()
        .into_iter()
        .map(|path| name(&path))
        .filter(|name| name.split(['/', '.']).any(|part| BAGS.contains(&part)))
        .collect();
    none("name it by what it holds", bags);
}

#[test]
fn the_environment_is_read_in_config_files_alone() {
    let mut violations = Vec::new();
    for path in files("services", &["rs"]) {
        let name = name(&path);
        let product = name.contains("/src/") && !name.ends_with("/config.rs");
        let text = read(&path);
        for (number, line) in text.lines().enumerate() {
            let reads = ["env::var", "env::vars", "std::env::set_var", "env = \""]
                .iter()
                .any(|call| line.contains(call));
            if product && reads && !line.trim_start().starts_with("//") {
                violations.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    none("clap with env, in config.rs", violations);
}

#[test]
fn unsafe_code_is_in_the_sandbox_alone() {
    let violations = files("services", &["rs"])
        .into_iter()
        .filter(|path| !name(path).starts_with("services/kit/sandbox/"))
        .filter(|path| {
            read(path)
                .lines()
                .any(|line| line.contains("unsafe ") && !line.trim_start().starts_with("//"))
        })
        .map(|path| name(&path))
        .collect();
    none("no unsafe outside kit/sandbox", violations);
}

#[test]
fn every_module_says_what_it_is() {
    let violations = files("services", &["rs"])
        .into_iter()
        .chain(files("schemas", &["rs"]))
        .filter(|path| !read(path).starts_with("//!"))
        .map(|path| name(&path))
        .collect();
    none("a file begins with //!", violations);
}

#[test]
fn lints_are_expected_not_allowed() {
    let mut violations = Vec::new();
    for path in files("services", &["rs"])
        .into_iter()
        .chain(files("schemas", &["rs"]))
    {
        for (number, line) in read(&path).lines().enumerate() {
            let line = line.trim_start();
            let silenced = line.starts_with("#[allow(") || line.starts_with("#![allow(");
            let unreasoned = (line.starts_with("#[expect(") || line.starts_with("#![expect("))
                && line.ends_with(")]")
                && !line.contains("reason =");
            if silenced || unreasoned {
                violations.push(format!("{}:{}: {line}", name(&path), number + 1));
            }
        }
    }
    none("#[expect(…, reason = \"…\")]", violations);
}
