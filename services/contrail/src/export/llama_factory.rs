//! The files, in the formats of LLaMA-Factory: a data set in alpaca or sharegpt format, its entry in `dataset_info.json`, and
//! settings of two ways to tune on it.
//!
//! Source: `data/README.md` and `examples/` of LLaMA-Factory.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Counts, Pair};

/// The name of the data set, and of its file without `.json`.
pub const DATASET: &str = "contrail";

/// How each pair is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `instruction`, `output`, `system`.
    Alpaca,
    /// A list of messages.
    Sharegpt,
}

/// What the data set is for and where it comes from.
#[derive(Debug, Clone)]
pub struct Card {
    /// Whose questions they are.
    pub tenant: String,
    /// The day on which they were exported.
    pub day: String,
    /// The version of Contrail whose prompts these are.
    pub version: &'static str,
    /// The model that is to be tuned: a name of a hub, or a folder.
    pub model: String,
    /// The template of its prompts, as LLaMA-Factory names it.
    pub template: String,
}

/// Why the files can't be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Something is there already.
    #[error("{path} is there already: choose another folder, or write over it with --overwrite")]
    There {
        /// The file.
        path: PathBuf,
    },
    /// There is nothing to tune on.
    #[error("no question of this tenant has an answer that was verified or confirmed: nothing was written")]
    Nothing,
    /// A file can't be written.
    #[error("can't write {path}")]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

/// Writes all files into a folder; their paths.
///
/// # Errors
/// [`ExportError`]; with `overwrite` what is there is no error.
pub fn write(
    folder: &Path,
    format: Format,
    pairs: &[Pair],
    counts: &Counts,
    card: &Card,
    overwrite: bool,
) -> Result<Vec<PathBuf>, ExportError> {
    if pairs.is_empty() {
        return Err(ExportError::Nothing);
    }
    let unwritable = |path: &Path| {
        let path = path.to_owned();
        move |source| ExportError::Unwritable { path, source }
    };
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default() + "\n";
    let files = [
        (format!("{DATASET}.json"), pretty(&data(format, pairs))),
        ("dataset_info.json".to_owned(), pretty(&info(format))),
        ("lora_sft.yaml".to_owned(), settings(card, Tuning::Lora)),
        ("freeze_sft.yaml".to_owned(), settings(card, Tuning::Freeze)),
        ("README.md".to_owned(), readme(format, counts, card)),
    ];
    let files = files.map(|(name, text)| (folder.join(name), text));
    if let Some((path, _)) = files.iter().find(|(path, _)| !overwrite && path.exists()) {
        return Err(ExportError::There { path: path.clone() });
    }
    std::fs::create_dir_all(folder).map_err(unwritable(folder))?;
    for (path, text) in &files {
        std::fs::write(path, text).map_err(unwritable(path))?;
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

fn data(format: Format, pairs: &[Pair]) -> Value {
    let written = pairs.iter().map(|pair| match format {
        Format::Alpaca => json!({ "instruction": pair.prompt, "input": "", "output": pair.reply, "system": pair.system }),
        Format::Sharegpt => json!({
            "conversations": [{ "from": "human", "value": pair.prompt }, { "from": "gpt", "value": pair.reply }],
            "system": pair.system,
        }),
    });
    written.collect()
}

fn info(format: Format) -> Value {
    let file = format!("{DATASET}.json");
    let entry = match format {
        Format::Alpaca => json!({
            "file_name": file,
            "columns": { "prompt": "instruction", "query": "input", "response": "output", "system": "system" },
        }),
        Format::Sharegpt => json!({
            "file_name": file,
            "formatting": "sharegpt",
            "columns": { "messages": "conversations", "system": "system" },
            "tags": { "role_tag": "from", "content_tag": "value", "user_tag": "human", "assistant_tag": "gpt" },
        }),
    };
    json!({ DATASET: entry })
}

/// A way to tune.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tuning {
    /// Small matrices beside those of the attention.
    Lora,
    /// The last layers alone.
    Freeze,
}

fn settings(card: &Card, tuning: Tuning) -> String {
    let (kind, method, rate) = match tuning {
        Tuning::Lora => (
            "lora",
            "lora_rank: 8\nlora_alpha: 16\nlora_target: q_proj,k_proj,v_proj\n",
            "1.0e-4",
        ),
        Tuning::Freeze => (
            "freeze",
            "freeze_trainable_layers: 2\nfreeze_trainable_modules: all\n",
            "1.0e-5",
        ),
    };
    format!(
        "### model\n\
         model_name_or_path: {model}\n\
         \n\
         ### method\n\
         stage: sft\n\
         do_train: true\n\
         finetuning_type: {kind}\n\
         {method}\
         \n\
         ### dataset\n\
         dataset_dir: .\n\
         dataset: {DATASET}\n\
         template: {template}\n\
         cutoff_len: 16384\n\
         overwrite_cache: true\n\
         preprocessing_num_workers: 4\n\
         \n\
         ### output\n\
         output_dir: saves/{kind}\n\
         logging_steps: 10\n\
         save_steps: 500\n\
         plot_loss: true\n\
         overwrite_output_dir: true\n\
         \n\
         ### train\n\
         per_device_train_batch_size: 1\n\
         gradient_accumulation_steps: 8\n\
         learning_rate: {rate}\n\
         num_train_epochs: 3.0\n\
         lr_scheduler_type: cosine\n\
         warmup_ratio: 0.1\n\
         bf16: true\n",
        model = json!(card.model),
        template = json!(card.template),
    )
}

fn readme(format: Format, counts: &Counts, card: &Card) -> String {
    let format = match format {
        Format::Alpaca => "alpaca",
        Format::Sharegpt => "sharegpt",
    };
    let mut text = format!(
        "# Questions over tables, with the programs that answer them\n\n\
         Exported on {day} from the tenant `{tenant}` by Contrail {version}, in LLaMA-Factory's {format} format. Each pair has the\n\
         prompt that Contrail sends for a question (its task, the tables' profiles as fenced data, the question) and the reply\n\
         that gives its program: a plan, or a query that a person has confirmed. No answer is in it: programs compute them.\n\n\
         | pairs | what makes them right |\n|---|---|\n\
         | {} | two engines, which share no code, gave the same result for the plan |\n\
         | {} | a person has called the answer right |\n\
         | {} | a person has called another answer wrong and this one, to the same question in other words, right |\n\
         | {} | in all |\n\n\
         | left out | why |\n|---|---|\n",
        counts.verified,
        counts.confirmed,
        counts.corrected,
        counts.verified + counts.confirmed + counts.corrected,
        day = card.day,
        tenant = card.tenant,
        version = card.version,
    );
    for (count, why) in [
        (
            counts.unverified,
            "refusals, questions back, answers from documents, or what one engine alone has computed",
        ),
        (counts.wrong, "a person called the answer wrong"),
        (counts.outdated, "the file has other bytes since, or is gone"),
        (
            counts.repeated,
            "the same question over the same tables, with the same reply",
        ),
        (
            counts.contradicted,
            "the same question over the same tables, with another reply: the confirmed one, else the newest one, is kept",
        ),
        (
            counts.long,
            "longer than 40,000 characters, or a reply longer than 8,000",
        ),
        (counts.damaged, "can't be read"),
    ] {
        let _ = writeln!(text, "| {count} | {why} |");
    }
    let _ = write!(
        text,
        "\n{} answers were looked at.\n\n\
         Verified is not confirmed: two engines may agree on a plan that misreads its question. Look at a sample before tuning.\n\n\
         Prompts hold names of files, tables and columns, and values of the tables, as far as models are shown them: treat this\n\
         folder, and what is tuned on it, as the tables themselves.\n\n\
         ## Tuning\n\n\
         ```\nllamafactory-cli train lora_sft.yaml     # rank 8 on q_proj, k_proj, v_proj\n\
         llamafactory-cli train freeze_sft.yaml   # the last two layers\n```\n\n\
         Run them in this folder, with LLaMA-Factory installed. `model_name_or_path` and `template` are those of the model that\n\
         LLM_MODEL will name. Measure before and after: `contrail eval tables --llm`, `contrail goldens run`.\n",
        counts.answers
    );
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Origin;
    use super::*;

    fn pairs() -> Vec<Pair> {
        let pair = |prompt: &str, origin| Pair {
            system: "task".to_owned(),
            prompt: prompt.to_owned(),
            reply: "{\"decision\":\"plan\"}".to_owned(),
            origin,
        };
        vec![
            pair("\"每店\"\n销售额", Origin::Verified),
            pair("b", Origin::Corrected),
        ]
    }

    fn card() -> Card {
        Card {
            tenant: "local".to_owned(),
            day: "2024-06-30".to_owned(),
            version: "0.0.0",
            model: "Qwen/Qwen2.5-Coder-7B-Instruct".to_owned(),
            template: "qwen".to_owned(),
        }
    }

    fn counts() -> Counts {
        Counts {
            verified: 1,
            corrected: 1,
            answers: 9,
            wrong: 1,
            ..Counts::default()
        }
    }

    fn document(folder: &Path, name: &str) -> Value {
        serde_json::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap()
    }

    /// What LLaMA-Factory does with a data set: it looks the file up in `dataset_info.json` and takes its columns from there.
    fn read_as_documented(folder: &Path) -> Vec<(String, String, String)> {
        let entry = &document(folder, "dataset_info.json")[DATASET];
        let columns = &entry["columns"];
        let column = |row: &Value, name: &str| {
            let key = columns[name]
                .as_str()
                .unwrap_or_else(|| panic!("no column {name}"));
            row[key].clone()
        };
        let text = |value: Value| value.as_str().unwrap().to_owned();
        let rows = document(folder, entry["file_name"].as_str().unwrap());
        let read = |row: &Value| match entry["formatting"].as_str().unwrap_or("alpaca") {
            "alpaca" => {
                let query = text(column(row, "query"));
                assert!(query.is_empty(), "the prompt would get a line more");
                (
                    text(column(row, "system")),
                    text(column(row, "prompt")),
                    text(column(row, "response")),
                )
            }
            "sharegpt" => {
                let tag = |name: &str| entry["tags"][name].as_str().unwrap();
                let messages = column(row, "messages");
                let said = |at: usize, who: &str| {
                    assert_eq!(messages[at][tag("role_tag")], tag(who));
                    text(messages[at][tag("content_tag")].clone())
                };
                assert_eq!(messages.as_array().unwrap().len(), 2);
                (
                    text(column(row, "system")),
                    said(0, "user_tag"),
                    said(1, "assistant_tag"),
                )
            }
            other => panic!("LLaMA-Factory knows no format {other}"),
        };
        rows.as_array().unwrap().iter().map(read).collect()
    }

    #[test]
    fn both_formats_are_as_documented() {
        let expected: Vec<(String, String, String)> = pairs()
            .into_iter()
            .map(|pair| (pair.system, pair.prompt, pair.reply))
            .collect();
        for format in [Format::Alpaca, Format::Sharegpt] {
            let folder = tempfile::tempdir().unwrap();
            write(folder.path(), format, &pairs(), &counts(), &card(), false).unwrap();
            assert_eq!(read_as_documented(folder.path()), expected, "{format:?}");
        }
    }

    #[test]
    fn settings_name_the_data_set_and_the_method() {
        let read = |tuning| -> BTreeMap<String, String> {
            let text = settings(&card(), tuning);
            let lines = text
                .lines()
                .filter(|line| !line.is_empty() && !line.starts_with('#'));
            let split = lines.map(|line| line.split_once(": ").unwrap_or_else(|| panic!("{line}")));
            split
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect()
        };
        let (lora, freeze) = (read(Tuning::Lora), read(Tuning::Freeze));
        for (settings, key, expect) in [
            (&lora, "finetuning_type", "lora"),
            (&lora, "lora_rank", "8"),
            (&lora, "lora_target", "q_proj,k_proj,v_proj"),
            (&lora, "model_name_or_path", "\"Qwen/Qwen2.5-Coder-7B-Instruct\""),
            (&freeze, "finetuning_type", "freeze"),
            (&freeze, "freeze_trainable_layers", "2"),
            (&freeze, "freeze_trainable_modules", "all"),
        ] {
            assert_eq!(settings.get(key).map(String::as_str), Some(expect), "{key}");
        }
        for settings in [lora, freeze] {
            assert_eq!(settings["dataset"], DATASET);
            assert_eq!(
                (settings["stage"].as_str(), settings["dataset_dir"].as_str()),
                ("sft", ".")
            );
        }
    }

    #[test]
    fn the_card_counts_and_nothing_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let write = |pairs: &[Pair], overwrite| {
            write(
                folder.path(),
                Format::Alpaca,
                pairs,
                &counts(),
                &card(),
                overwrite,
            )
        };
        assert!(matches!(write(&[], false), Err(ExportError::Nothing)));
        assert_eq!(write(&pairs(), false).unwrap().len(), 5);
        let card = std::fs::read_to_string(folder.path().join("README.md")).unwrap();
        for line in [
            "| 1 | two engines, which share no code, gave the same result for the plan |",
            "| 2 | in all |",
            "| 1 | a person called the answer wrong |",
            "9 answers were looked at.",
            "from the tenant `local`",
        ] {
            assert!(card.contains(line), "{line}: {card}");
        }
        let error = write(&pairs(), false).unwrap_err().to_string();
        assert!(error.contains("contrail.json is there already"), "{error}");
        assert!(write(&pairs(), true).is_ok());
    }
}
