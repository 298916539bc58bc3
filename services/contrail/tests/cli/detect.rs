//! Texts that are judged on the command line, and weights that are fitted there.

use std::fmt::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use scripted_llm::{ScriptedLlm, Turn};
use serde_json::{Value, json};

use super::{Place, document, exited, stderr, text};

const ENGLISH: &str = "My brother and I missed the last bus, so we walked home along the canal. It took two hours. He kept talking \
    about the film, and I mostly thought about my feet. Nobody was out except a man with a very old dog, who said good evening as \
    if it was the middle of the day.";

#[test]
fn a_file_is_judged_in_words_and_as_a_document() {
    let place = Place::new();
    let file = place.write("essay.txt", ENGLISH);
    let output = place.run(&["detect", text(&file)]);
    exited(&output, 0);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(
        shown.contains("probability") && shown.contains("It took two hours."),
        "{shown}"
    );
    assert!(!shown.contains('\u{1b}') && !shown.contains("human"), "{shown}");

    let output = place.run(&["detect", "--json", "--prior", "0.1", text(&file)]);
    exited(&output, 0);
    let judged = document(&output);
    assert_eq!(judged["judgement"]["prior"], 0.1);
    assert_eq!(judged["judgement"]["length"]["bucket"], "50-99");
}

#[test]
fn what_is_not_judged_says_so_in_the_exit_code() {
    let place = Place::new();
    let short = place.write("short.md", "Too short.");
    let output = place.run(&["detect", "--json", text(&short)]);
    exited(&output, 3);
    assert_eq!(document(&output)["judgement"]["unjudged"], "too_short");
    let sheet = place.write("sales.xlsx", "PK");
    let output = place.run(&["detect", text(&sheet)]);
    exited(&output, 1);
    assert!(
        stderr(&output)
            .contains("expected plain text (.txt, .text), Markdown (.md, .markdown) or a document"),
        "{}",
        stderr(&output)
    );
    exited(&place.run(&["detect", "--prior", "1", text(&short)]), 1);
}

#[test]
fn the_running_text_of_documents_is_judged_and_nothing_of_it_stays() {
    let place = Place::new();
    let letter = place.write("letter.html", format!("<h1>A walk</h1><p>{ENGLISH}</p>"));
    let damaged = place.write("essay.pdf", "%PDF-1.7");
    let output = place.run(&["detect", "--json", text(&letter)]);
    exited(&output, 0);
    assert_eq!(
        document(&output)["judgement"]["sentences"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    let output = place.run(&["detect", text(&damaged)]);
    exited(&output, 1);
    assert!(
        stderr(&output).contains("essay.pdf was rejected"),
        "{}",
        stderr(&output)
    );
    let output = place.run(&["status", "--json"]);
    assert!(!String::from_utf8(output.stdout).unwrap().contains("letter.html"));
}

#[test]
fn a_batch_gives_a_line_for_each_line() {
    let place = Place::new();
    let lines = format!("{}\n\nnone\n", json!({ "id": "a", "text": ENGLISH }));
    let file = place.write("texts.jsonl", lines);
    let output = place.run(&["detect", "--batch", text(&file)]);
    exited(&output, 0);
    let stdout = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (&lines[0]["id"], &lines[0]["judgement"]["language"]),
        (&json!("a"), &json!("en"))
    );
    assert!(lines[1]["error"].is_string() && lines[1]["line"] == 3);
}

fn pick<T>(from: &[T], number: usize) -> &T {
    from.iter().cycle().nth(number % from.len()).unwrap()
}

/// Texts that a child could tell apart, in two domains of one source and one of another.
fn labelled() -> String {
    let mut lines = String::new();
    for number in 0..900usize {
        let machine = number % 2;
        let (source, domain) = *pick(&[("a", "news"), ("a", "essays"), ("b", "letters")], number);
        let mut body = String::new();
        for word in 0..120usize {
            // Different enough that none is a near-duplicate of another one.
            let drawn = (number * 7919 + word * 104_729 + number * word * 31) % 9_973;
            let telling = pick(&["well", "moreover"], machine);
            let _ = match drawn % 5 {
                0 => write!(body, "{telling} "),
                1 | 2 => write!(
                    body,
                    "{} ",
                    pick(&["the", "of", "and", "was", "it", "with"], drawn / 5)
                ),
                _ => write!(
                    body,
                    "w{} ",
                    (0..4)
                        .map(|i| char::from(b'a' + (drawn >> (i * 3)) as u8 % 20))
                        .collect::<String>()
                ),
            };
            if word % 12 == 11 {
                body.push_str(". ");
            }
        }
        let record =
            json!({ "text": body, "label": machine, "source": source, "domain": domain, "lang": "en" });
        let _ = writeln!(lines, "{record}");
    }
    lines
}

#[test]
fn weights_are_fitted_the_same_twice_and_measured() {
    let place = Place::new();
    let data = place.write("labelled.jsonl", labelled());
    let fit = |name: &str| {
        let out = place.folder.path().join(name);
        exited(
            &place.run(&["detector", "fit", "--data", text(&data), "--out", text(&out)]),
            0,
        );
        out.join("weights.bin")
    };
    let (once, again) = (fit("one"), fit("two"));
    let weights = std::fs::read(&once).unwrap();
    assert_eq!(weights, std::fs::read(&again).unwrap());

    let output = place.run(&["detector", "card", "--weights", text(&once)]);
    exited(&output, 0);
    let card = String::from_utf8(output.stdout).unwrap();
    assert!(card.contains("held out: all of b"), "{card}");

    let output = place.run(&[
        "eval",
        "detection",
        "--json",
        "--weights",
        text(&once),
        "--data",
        text(&data),
    ]);
    exited(&output, 0);
    let report = document(&output);
    assert!(report["total"]["auroc"].as_f64().unwrap() > 0.99, "{report}");
    assert_eq!(report["by"]["source"]["b"]["people"], 150);
    // A few of the drawn texts have too few small words to be English.
    assert!(report["total"]["abstained"].as_u64().unwrap() < 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_behind_an_endpoint_counts_by_weights_that_were_fitted_with_it() {
    let place = Place::new();
    let (data, essay) = (
        place.write("labelled.jsonl", labelled()),
        place.write("essay.txt", ENGLISH),
    );
    let out = place.folder.path().join("fitted");
    let readings = place.folder.path().join("readings.jsonl");
    let weights = out.join("weights.bin");
    let scripted = ScriptedLlm::always(Turn::Echo(2.0)).await;
    let url = scripted.base_url();
    let run = |arguments: &[&str], endpoint: bool| {
        let named = ["--detector-base-url", &url, "--detector-model", "large"];
        let named: &[&str] = if endpoint { &named } else { &[] };
        tokio::task::block_in_place(|| place.run(&[arguments, named].concat()))
    };
    let refused = run(&["detect", text(&essay)], true);
    exited(&refused, 1);
    let told = stderr(&refused);
    assert!(
        told.contains("DETECTOR_UNCALIBRATED") && told.contains("not fitted with large"),
        "{told}"
    );
    assert!(scripted.asked().is_empty());

    let read = [
        "detector",
        "read",
        "--data",
        text(&data),
        "--readings",
        text(&readings),
        "--endpoint",
    ];
    let unnamed = run(&read, false);
    exited(&unnamed, 1);
    assert!(
        stderr(&unnamed).contains("--detector-base-url"),
        "{}",
        stderr(&unnamed)
    );
    exited(&run(&read, true), 0);
    let fit = [
        "detector",
        "fit",
        "--data",
        text(&data),
        "--readings",
        text(&readings),
        "--out",
        text(&out),
    ];
    exited(&run(&fit, false), 0);
    let judged = run(
        &["detect", "--json", "--weights", text(&weights), text(&essay)],
        true,
    );
    exited(&judged, 0);
    let judged = document(&judged);
    assert_eq!(judged["judgement"]["models"][1]["id"], "large", "{judged}");
    assert_eq!(scripted.asked().last().unwrap().body["prompt"], ENGLISH);
    // Without the endpoint the same weights judge by what was fitted without it.
    let judged = run(
        &["detect", "--json", "--weights", text(&weights), text(&essay)],
        false,
    );
    exited(&judged, 0);
    assert_eq!(
        document(&judged)["judgement"]["models"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_reading_and_what_was_read_stays() {
    let place = Place::new();
    let data = place.write("labelled.jsonl", labelled());
    let readings = place.folder.path().join("readings.jsonl");
    // The first one looks at the endpoint; nobody waits for the end of the others.
    let turns = [Turn::Echo(2.0), Turn::Echo(2.0)].into_iter();
    let late = Turn::SayAfter(Duration::from_secs(600), String::new());
    let scripted = ScriptedLlm::start(turns.chain(vec![late; 20])).await;
    let arguments = ["detector", "read", "--endpoint", "--detector-model", "large"];
    let files = ["--data", text(&data), "--readings", text(&readings)];
    let url = scripted.base_url();
    let command = place.command(&[&arguments[..], &files, &["--detector-base-url", &url]].concat());
    let mut process = tokio::process::Command::from(command)
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    while !std::fs::read_to_string(&readings).is_ok_and(|read| read.ends_with('\n')) {
        assert!(Instant::now() < end, "nothing was read");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let pid = process.id().unwrap().to_string();
    let signalled = std::process::Command::new("kill").args(["-INT", &pid]).status();
    assert!(signalled.unwrap().success());
    assert_eq!(process.wait().await.unwrap().code(), Some(130));
    let read = std::fs::read_to_string(&readings).unwrap();
    assert!(read.lines().count() == 1 && read.ends_with('\n'), "{read}");
}
