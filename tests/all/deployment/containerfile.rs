//! The Containerfile, stage by stage. There is no engine here to build it with: this holds its structure.

use std::collections::{BTreeMap, BTreeSet};

use crate::tidy::dependencies::services;
use crate::tidy::{none, read, root};

/// One instruction: its word in capitals, and the rest.
type Instruction = (String, String);

/// A stage: what it is built from, and its instructions.
struct Stage {
    name: String,
    from: String,
    instructions: Vec<Instruction>,
}

/// The instructions, with continued lines joined and comments left out.
fn instructions(text: &str) -> Vec<Instruction> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let joined = lines.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    let words = joined.lines().map(str::trim).filter(|line| !line.is_empty());
    words
        .map(|line| {
            let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            (word.to_uppercase(), rest.trim().to_owned())
        })
        .collect()
}

fn stages(text: &str) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    for (word, rest) in instructions(text) {
        if word == "FROM" {
            let mut parts = rest.split_whitespace();
            let from = parts.next().unwrap_or_default().to_owned();
            let name = match (parts.next(), parts.next()) {
                (Some(as_), Some(name)) if as_.eq_ignore_ascii_case("as") => name.to_owned(),
                _ => String::new(),
            };
            stages.push(Stage {
                name,
                from,
                instructions: Vec::new(),
            });
        } else if let Some(stage) = stages.last_mut() {
            stage.instructions.push((word, rest));
        }
    }
    stages
}

/// Options (`--from=build`) and the other words of a COPY.
fn words(rest: &str) -> (BTreeMap<&str, &str>, Vec<&str>) {
    let (options, words): (Vec<_>, Vec<_>) = rest.split_whitespace().partition(|word| word.starts_with("--"));
    let options = options
        .into_iter()
        .filter_map(|option| option.trim_start_matches('-').split_once('='))
        .collect();
    (options, words)
}

/// What is wrong with a Containerfile that shall have these targets.
fn flaws(text: &str, targets: &[String]) -> Vec<String> {
    let stages = stages(text);
    let by_name: BTreeMap<&str, &Stage> = stages.iter().map(|stage| (stage.name.as_str(), stage)).collect();
    // From a stage to the image that it begins with.
    let chain = |name: &str| {
        let mut chain = Vec::new();
        let mut next = by_name.get(name);
        while let Some(stage) = next {
            chain.push(*stage);
            next = by_name.get(stage.from.as_str());
        }
        chain
    };
    let mut flaws = Vec::new();
    let mut seen = BTreeSet::new();
    for stage in &stages {
        if stage.name.is_empty() || !seen.insert(stage.name.as_str()) {
            flaws.push(format!(
                "stage `{}` from {} has no name of its own",
                stage.name, stage.from
            ));
        }
        if !by_name.contains_key(stage.from.as_str()) {
            let tag = stage
                .from
                .rsplit('/')
                .next()
                .and_then(|image| image.split_once(':'));
            if tag.is_none_or(|(_, tag)| tag == "latest") || !stage.from.contains('/') {
                flaws.push(format!("{} is no image of a fixed version", stage.from));
            }
        }
        for (word, rest) in &stage.instructions {
            match word.as_str() {
                "ADD" => flaws.push(format!(
                    "{}: ADD {rest}: fetch with `contrail artifacts`",
                    stage.name
                )),
                "COPY" => {
                    let (options, words) = words(rest);
                    let (_, sources) = words.split_last().unwrap_or((&"", &[]));
                    match options.get("from") {
                        Some(from) if !seen.contains(from) => {
                            flaws.push(format!("{}: no stage {from} before it", stage.name));
                        }
                        Some(_) => {}
                        None => flaws.extend(
                            sources
                                .iter()
                                .filter(|source| !root().join(source).exists())
                                .map(|source| format!("{}: there is no {source} to copy", stage.name)),
                        ),
                    }
                }
                "RUN"
                    if ["curl ", "wget ", "http://", "https://"]
                        .iter()
                        .any(|tool| rest.contains(tool)) =>
                {
                    flaws.push(format!(
                        "{}: RUN {rest}: fetch with `contrail artifacts`",
                        stage.name
                    ));
                }
                _ => {}
            }
        }
    }
    for target in targets {
        let chain = chain(target);
        let find = |word: &str| {
            chain.iter().find_map(|stage| {
                let found = stage.instructions.iter().rev().find(|(found, _)| found == word);
                found.map(|(_, rest)| rest.as_str())
            })
        };
        let all = |word: &str| -> String {
            let instructions = chain.iter().flat_map(|stage| &stage.instructions);
            instructions
                .filter(|(found, _)| found == word)
                .map(|(_, rest)| format!("{rest}\n"))
                .collect()
        };
        let mut must = |holds: bool, what: &str| {
            if !holds {
                flaws.push(format!("{target}: {what}"));
            }
        };
        must(!chain.is_empty(), "no target");
        if chain.is_empty() {
            continue;
        }
        let user = find("USER").and_then(|user| user.split(':').next()?.parse::<u32>().ok());
        must(
            user.is_some_and(|uid| uid > 0),
            "no numeric USER that is not root",
        );
        must(
            chain
                .last()
                .is_some_and(|stage| stage.from.contains("distroless")),
            "not distroless",
        );
        must(
            find("SHELL").is_none() && all("RUN").is_empty(),
            "runs something, and has no shell",
        );
        let labels = all("LABEL");
        for label in ["title", "licenses", "version", "revision", "vendor"] {
            must(
                labels.contains(&format!("org.opencontainers.image.{label}=")),
                &format!("no label {label}"),
            );
        }
        let binary = if target == "provision" { "contrail" } else { target };
        must(
            find("ENTRYPOINT") == Some(&format!("[\"/usr/local/bin/{binary}\"]")),
            "another entry point",
        );
        must(
            all("COPY").contains(&format!("/out/{binary} /usr/local/bin/{binary}\n")),
            "its binary is not copied",
        );
    }
    flaws
}

fn targets() -> Vec<String> {
    let mut targets = services();
    targets.push("provision".to_owned());
    targets
}

#[test]
fn every_image_is_built_well() {
    let text = read(&root().join("Containerfile"));
    none("the Containerfile", flaws(&text, &targets()));
    let build: Vec<_> = stages(&text)
        .into_iter()
        .filter(|stage| stage.name == "build")
        .collect();
    let run = &build[0]
        .instructions
        .iter()
        .rev()
        .find(|(word, _)| word == "RUN")
        .unwrap()
        .1;
    for service in services() {
        assert!(run.contains(&format!("-p {service} ")), "{service} is not built");
    }
}

#[test]
fn planted_mistakes_are_caught() {
    let text = read(&root().join("Containerfile"));
    let check = |from: &str, to: &str, expect: &str| {
        assert!(text.contains(from), "no {from}");
        let flaws = flaws(&text.replacen(from, to, 1), &targets());
        assert!(flaws.iter().any(|flaw| flaw.contains(expect)), "{to}: {flaws:?}");
    };
    check(" AS ocr\n", " AS ocrr\n", "ocr: no target");
    check("USER 65532:65532", "USER root", "ingest: no numeric USER");
    check("USER 65532:65532", "", "ingest: no numeric USER");
    check(
        "cc-debian12:nonroot",
        "cc-debian12:latest",
        "no image of a fixed version",
    );
    check("debian:bookworm-slim", "debian", "no image of a fixed version");
    check(
        "COPY schemas schemas",
        "COPY schemata schemata",
        "there is no schemata",
    );
    check(
        "COPY --from=artifacts-ocr",
        "COPY --from=artefacts-ocr",
        "no stage artefacts-ocr",
    );
    check(
        "COPY schemas schemas",
        "ADD https://example.org/x /x",
        "ADD https",
    );
    check(
        "RUN contrail artifacts fetch pdfium",
        "RUN curl -O https://example.org/pdfium",
        "fetch with",
    );
    check(
        "[\"/usr/local/bin/embed\"]",
        "[\"/bin/sh\"]",
        "embed: another entry point",
    );
    check(
        "COPY --from=build /out/detector",
        "COPY --from=build /out/gateway",
        "detector: its binary",
    );
    check(
        "image.title=\"contrail/gateway\"",
        "image.name=\"gateway\"",
        "gateway: no label title",
    );
}

#[test]
fn artifacts_are_pinned_and_verified() {
    let text = read(&root().join("Containerfile"));
    let lock = artifacts::Lock::bundled().unwrap();
    let pinned: Vec<_> = lock
        .artifacts
        .iter()
        .map(|artifact| artifact.name.as_str())
        .collect();
    let mut violations = Vec::new();
    let mut fetched = 0;
    for stage in stages(&text) {
        for (_, rest) in stage.instructions.iter().filter(|(word, _)| word == "RUN") {
            let names = |verb: &str| -> Vec<String> {
                let commands = rest.split("&&").map(str::trim);
                let found = commands
                    .filter_map(|command| command.strip_prefix(&format!("contrail artifacts {verb} ")));
                found.flat_map(str::split_whitespace).map(str::to_owned).collect()
            };
            let names_fetched = names("fetch");
            fetched += names_fetched.len();
            if names_fetched != names("verify") {
                violations.push(format!("{}: {names_fetched:?} is not verified", stage.name));
            }
            let unknown = names_fetched
                .into_iter()
                .filter(|name| !pinned.contains(&name.as_str()));
            violations.extend(unknown.map(|name| format!("{}: {name} is no artifact", stage.name)));
        }
    }
    assert!(fetched > 0, "nothing is fetched at all");
    none("images hold pinned artifacts", violations);
}
