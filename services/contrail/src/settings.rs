//! Every setting that has an environment variable, as one page: read off the commands themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use clap::{Arg, Command, CommandFactory};

use crate::cli::Cli;

/// Commands of which the page tells each by its name; what more of them have, all have that it concerns.
const NAMED: usize = 4;

const HEAD: &str = "\
# Settings

Printed by `contrail settings`, off the commands themselves. Each setting can be given as an environment variable or as an option of
the commands beside it; the option wins. `contrail up`, `contrail demo` and whatever else runs services in its own process take
those of the services from the environment.

| setting | option | default | of | what it does |
|---|---|---|---|---|
";

/// A setting as the commands tell it.
#[derive(Debug)]
struct Setting {
    option: String,
    default: String,
    commands: BTreeSet<String>,
    help: String,
}

/// The page, as Markdown.
#[must_use]
pub fn reference() -> String {
    let mut settings = BTreeMap::new();
    collect(&Cli::command(), "", &mut settings);
    let mut page = HEAD.to_owned();
    for (name, setting) in &settings {
        let Setting {
            option,
            default,
            commands,
            help,
        } = setting;
        let of = if commands.contains("") {
            "every command".to_owned()
        } else if commands.len() > NAMED {
            "commands that it concerns".to_owned()
        } else {
            let named: Vec<String> = commands.iter().map(|command| format!("`{command}`")).collect();
            named.join(", ")
        };
        // Writing to a string does not fail.
        let _ = writeln!(page, "| `{name}` | {option} | {default} | {of} | {help} |");
    }
    page
}

fn collect(command: &Command, path: &str, settings: &mut BTreeMap<String, Setting>) {
    for argument in command.get_arguments() {
        let Some(name) = argument.get_env().and_then(|name| name.to_str()) else {
            continue;
        };
        let setting = settings.entry(name.to_owned()).or_insert_with(|| Setting {
            option: argument
                .get_long()
                .map_or_else(String::new, |long| format!("`--{long}`")),
            default: default_of(argument),
            commands: BTreeSet::new(),
            help: help_of(argument),
        });
        setting.commands.insert(path.to_owned());
    }
    for inner in command.get_subcommands() {
        let path = format!("{path} {}", inner.get_name());
        collect(inner, path.trim_start(), settings);
    }
}

fn default_of(argument: &Arg) -> String {
    let values: Vec<String> = argument
        .get_default_values()
        .iter()
        .map(|value| format!("`{}`", value.to_string_lossy()))
        .collect();
    if values.is_empty() {
        let takes_value = argument.get_action().takes_values();
        return if takes_value { "none" } else { "off" }.to_owned();
    }
    values.join(", ")
}

/// What it does in one line, with the values that it may have.
fn help_of(argument: &Arg) -> String {
    let help = argument.get_long_help().or(argument.get_help());
    let help = help.map(ToString::to_string).unwrap_or_default();
    let mut line = help
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|");
    let values: Vec<String> = argument
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    let is_switch = !argument.get_action().takes_values();
    if !values.is_empty() && !is_switch {
        let _ = write!(line, ": {}", values.join(", "));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_as_committed() {
        let committed = include_str!("../SETTINGS.md");
        assert!(
            reference() == committed,
            "services/contrail/SETTINGS.md is not what `contrail settings` prints"
        );
    }

    #[test]
    fn every_service_is_on_it() {
        let page = reference();
        for name in [
            "NATS_URL",
            "CONTRAIL_LISTEN",
            "CONTRAIL_SANDBOX_LIMITS",
            "QDRANT_URL",
            "LLM_BASE_URL",
            "EMBED_BASE_URL",
            "CONTRAIL_OCR_MODELS",
        ] {
            assert!(page.contains(&format!("| `{name}` |")), "{name} is missing");
        }
        assert!(!page.contains("| `` |"), "{page}");
    }
}
