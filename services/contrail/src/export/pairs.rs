//! Which questions are taken, and why others are not.

use std::collections::{BTreeMap, HashMap};

use anyhow::Context;
use codegen_executor::answer::model::known;
use codegen_executor::answer::model::prompt::{self, Shown};
use codegen_executor::planner::ValueIndex;
use codegen_executor::words;
use schemas::answer::{AnswerKind, AnswerStatus, ConfidenceLabel};
use schemas::feedback::Verdict;
use schemas::file::FileRecord;
use schemas::golden::Golden;
use schemas::table::TableProfile;
use schemas::trail::{Code, Source};
use schemas::{Answer, AnswerId, ContentId, Date, Glossary, Language, Plan, Value};
use serde_json::json;

use super::{Counts, Origin, Pair};
use crate::client::{Client, ClientError};
use crate::progress::Task;

/// Characters of a prompt with its task, and of a reply.
const LONGEST: (usize, usize) = (40_000, 8_000);
/// Values of the tables that are shown as standing in the question.
const MENTIONED: usize = 20;
/// What "today" is where a question does not tell: nothing of it hangs on that then.
const UNDATED: Date = Date {
    year: 2024,
    month: 1,
    day: 1,
};

/// A question whose answer is known to be right.
struct Known {
    id: AnswerId,
    question: String,
    history: Vec<String>,
    language: Language,
    today: Option<Date>,
    sources: Vec<Source>,
    plan: Option<Plan>,
    code: Option<Code>,
    origin: Origin,
}

impl From<Golden> for Known {
    fn from(golden: Golden) -> Self {
        Self {
            id: golden.answer,
            question: golden.question,
            history: golden.history,
            language: golden.language,
            today: golden.today,
            sources: golden.sources,
            plan: golden.plan,
            code: golden.code,
            origin: if golden.corrects.is_some() {
                Origin::Corrected
            } else {
                Origin::Confirmed
            },
        }
    }
}

/// What makes a question the same: its words, those before it, and the bytes of its files.
type Asked = (String, Vec<String>, Vec<ContentId>);

/// The pairs of a tenant, in an order that hangs on them alone.
///
/// # Errors
/// When the bus fails.
pub async fn gather(client: &Client, task: &mut Task) -> anyhow::Result<(Vec<Pair>, Counts)> {
    let (bus, tenant) = (client.bus(), client.tenant());
    let mut counts = Counts::default();
    let kept = bus.goldens(tenant).await?;
    let mut known: Vec<Known> = kept.list().await?.into_iter().map(Known::from).collect();
    let ids = bus.answers(tenant).await?.list().await?;
    let ids: Vec<AnswerId> = ids
        .into_iter()
        .filter_map(|object| AnswerId::new(object.name).ok())
        .collect();
    for (number, id) in (1..).zip(&ids) {
        task.update("reading answers", number, ids.len() as u64);
        let answer = match client.answer(id).await {
            Ok(answer) => answer,
            // It went with its file meanwhile.
            Err(ClientError::NoAnswer { .. }) => continue,
            Err(ClientError::Undecodable { .. }) => {
                counts.damaged += 1;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        counts.answers += 1;
        let said = kept.said(&answer.id).await?;
        if said.is_some_and(|said| said.verdict == Verdict::Wrong) {
            counts.wrong += 1;
        } else if is_verified(&answer) {
            known.push(of_answer(answer));
        } else {
            counts.unverified += 1;
        }
    }
    let glossary = bus.glossary(tenant).await?;
    let files = client.files().await?;
    let mut shelf = Shelf {
        client,
        files: &files,
        profiles: HashMap::new(),
    };
    let mut chosen: BTreeMap<Asked, (Known, Pair)> = BTreeMap::new();
    for known in known {
        let Some(tables) = shelf.tables(&known.sources).await? else {
            counts.outdated += 1;
            continue;
        };
        let pair = pair(&known, &tables, &glossary)
            .with_context(|| format!("answer {} can't be made a pair", known.id))?;
        let Some(pair) = pair else {
            counts.unverified += 1;
            continue;
        };
        let prompt = pair.system.chars().count() + pair.prompt.chars().count();
        if prompt > LONGEST.0 || pair.reply.chars().count() > LONGEST.1 {
            counts.long += 1;
            continue;
        }
        let contents = known
            .sources
            .iter()
            .map(|source| source.content.clone())
            .collect();
        let words = known.question.split_whitespace().collect::<Vec<_>>().join(" ");
        let key = (schemas::glossary::folded(&words), known.history.clone(), contents);
        match chosen.get_mut(&key) {
            None => {
                chosen.insert(key, (known, pair));
            }
            Some((before, other)) => {
                if pair.reply == other.reply {
                    counts.repeated += 1;
                } else {
                    counts.contradicted += 1;
                }
                // A person's word first, then what was answered last: ids are in the order of time.
                let rank = |known: &Known| (known.origin != Origin::Verified, known.id.clone());
                if rank(&known) > rank(before) {
                    (*before, *other) = (known, pair);
                }
            }
        }
    }
    let mut pairs: Vec<(AnswerId, Pair)> = chosen
        .into_values()
        .map(|(known, pair)| (known.id, pair))
        .collect();
    pairs.sort_by(|left, right| (&left.0, &left.1.prompt).cmp(&(&right.0, &right.1.prompt)));
    let pairs: Vec<Pair> = pairs.into_iter().map(|(_, pair)| pair).collect();
    for pair in &pairs {
        *match pair.origin {
            Origin::Confirmed => &mut counts.confirmed,
            Origin::Corrected => &mut counts.corrected,
            Origin::Verified => &mut counts.verified,
        } += 1;
    }
    Ok((pairs, counts))
}

/// Whether two engines gave the same for a plan that answers the question.
fn is_verified(answer: &Answer) -> bool {
    answer.kind == AnswerKind::Table
        && answer.status == AnswerStatus::Answered
        && answer.confidence.label == ConfidenceLabel::Verified
        && answer.trail.plan.is_some()
}

fn of_answer(answer: Answer) -> Known {
    let context = answer.trail.context;
    Known {
        id: answer.id,
        question: answer.question,
        today: context.as_ref().map(|context| context.today),
        history: context.map(|context| context.history).unwrap_or_default(),
        language: answer.language,
        sources: answer.trail.sources,
        plan: answer.trail.plan,
        code: None,
        origin: Origin::Verified,
    }
}

/// Profiles of tables, each read once.
struct Shelf<'a> {
    client: &'a Client,
    files: &'a [FileRecord],
    profiles: HashMap<(ContentId, u32), (TableProfile, ValueIndex)>,
}

/// A table of a question: where it comes from, its number in its file, and what is known of it.
struct Shelved<'a> {
    source: &'a Source,
    index: u32,
    profile: TableProfile,
    values: ValueIndex,
}

impl Shelf<'_> {
    /// The tables of some sources; none where a file has other bytes since, or is gone.
    async fn tables<'s>(&mut self, sources: &'s [Source]) -> anyhow::Result<Option<Vec<Shelved<'s>>>> {
        let mut tables = Vec::with_capacity(sources.len());
        for source in sources {
            let record = self.files.iter().find(|record| record.file == source.file);
            let version = record
                .and_then(|record| record.active.as_ref())
                .filter(|version| version.content == source.content);
            let stored =
                version.and_then(|version| version.tables.iter().find(|table| table.name == source.table));
            let Some(stored) = stored else { return Ok(None) };
            let key = (stored.profile.clone(), stored.index);
            let (profile, values) = match self.profiles.get(&key) {
                Some(known) => known.clone(),
                None => {
                    let profile = self.client.profile(stored).await?;
                    let values = frequent(&profile);
                    self.profiles.insert(key, (profile.clone(), values.clone()));
                    (profile, values)
                }
            };
            tables.push(Shelved {
                source,
                index: stored.index,
                profile,
                values,
            });
        }
        Ok(Some(tables))
    }
}

/// The texts that a profile names. The tables have more, which only workers read.
fn frequent(profile: &TableProfile) -> ValueIndex {
    let columns = profile.columns.iter().map(|column| {
        let texts = column
            .frequent
            .iter()
            .filter_map(|frequency| match &frequency.value {
                Value::Text(text) => Some(text.clone()),
                _ => None,
            });
        (column.name.clone(), texts.collect())
    });
    ValueIndex::new(columns.collect())
}

/// A question as the service would ask it, and the reply that gives its program; none: it has no program that a reply gives.
fn pair(known: &Known, tables: &[Shelved<'_>], glossary: &Glossary) -> anyhow::Result<Option<Pair>> {
    let fence = models::fence::name(known.id.as_str());
    let shown: Vec<Shown<'_>> = tables
        .iter()
        .map(|table| Shown {
            file: &table.source.name,
            table: &table.source.table,
            profile: &table.profile,
        })
        .collect();
    let mentioned: Vec<serde_json::Value> = (1..)
        .zip(tables)
        .flat_map(|(number, table): (usize, _)| {
            let held = table.values.mentioned(&known.question, MENTIONED);
            let told = held
                .into_iter()
                .map(|held| json!({ "table": number, "column": held.column, "value": held.text }));
            told.collect::<Vec<_>>()
        })
        .take(MENTIONED)
        .collect();
    let said = Glossary {
        entries: said_of(glossary, known),
    };
    let told = prompt::asked(
        &fence,
        &shown,
        &mentioned,
        known.today.unwrap_or(UNDATED),
        known.language,
        &known.question,
    );
    let prompt = prompt::opening(&fence)
        + &known::glossary(&fence, &said, &known.history, &known.question)
        + &known::earlier(&fence, &known.history)
        + &told;
    let is_script = known.code.as_ref().is_some_and(|code| code.language == "python");
    let reply = match (&known.plan, &known.code) {
        // Replies say joins by queries, and there is none.
        (Some(plan), _) if plan.join.is_some() => return Ok(None),
        (Some(plan), _) => {
            let place = tables
                .iter()
                .position(|table| table.source.file == plan.table.file && table.index == plan.table.index);
            let Some(place) = place else { return Ok(None) };
            let meaning = words::phrases(known.language).sentence(plan, &shown_name(tables, place));
            let mut plan = serde_json::to_value(plan)?;
            plan.as_object_mut()
                .context("a plan is an object")?
                .insert("table".to_owned(), json!(place + 1));
            json!({ "decision": "plan", "meaning": meaning, "words": false, "readings": [{ "plan": plan }] })
        }
        (None, Some(code)) => {
            json!({ "decision": code.language, "meaning": known.question, "words": false, code.language.as_str(): code.text })
        }
        (None, None) => return Ok(None),
    };
    Ok(Some(Pair {
        system: prompt::task(is_script),
        prompt,
        reply: reply.to_string(),
        origin: known.origin,
    }))
}

fn shown_name(tables: &[Shelved<'_>], place: usize) -> String {
    tables
        .get(place)
        .map_or_else(String::new, |table| table.source.table.clone())
}

/// The entries of the glossary that stand in a question: what a model is to learn is to use them, not to know them.
fn said_of(glossary: &Glossary, known: &Known) -> Vec<schemas::glossary::Entry> {
    let texts = known.history.iter().chain([&known.question]);
    let texts: Vec<String> = texts.map(|text| schemas::glossary::folded(text)).collect();
    let entries = glossary.entries.iter();
    let said = entries.filter(|entry| {
        let term = schemas::glossary::folded(&entry.term);
        texts.iter().any(|text| text.contains(&term))
    });
    said.cloned().collect()
}
