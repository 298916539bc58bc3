//! What the rows of a table are, and may be called.

use schemas::table::ColumnType;

use super::super::TableView;
use super::super::headers::{self, Closeness, HeaderWord};
use super::super::lexicon::{Concept, lexicon, stem_phrase};
use super::Column;

/// What the rows are by the columns that tell them apart: orders, where each has its own order number.
pub(super) fn keyed_subjects(columns: &[Column<'_>], known: &[Vec<HeaderWord>]) -> Vec<Vec<HeaderWord>> {
    let mut subjects: Vec<Vec<HeaderWord>> = Vec::new();
    // 项目, where 采购项目 names each row.
    let tail = super::labels::label(columns).and_then(|label| columns.get(label));
    let tail = tail.filter(|column| column.unique && column.kind() == ColumnType::Text);
    let tail = tail
        .and_then(|column| headers::tail(&column.headers[1]))
        .map(|tail| vec![tail]);
    let attribute = |words: &Vec<HeaderWord>| {
        let mut all = words.iter();
        all.any(|word| {
            ["naming", "identifier"]
                .iter()
                .any(|kind| lexicon().any_is(kind, &word.concepts))
        })
    };
    subjects.extend(tail.filter(|tail| !known.contains(tail) && !attribute(tail)));
    for column in columns.iter().filter(|column| column.unique) {
        subjects.extend(slips(column).filter(|slip| !known.contains(slip)));
        for form in &column.forms {
            // A number of reviews tells no rows apart, even if each row has another one.
            let named = match column.kind() {
                ColumnType::Text => matches!(form.closeness, Closeness::Named | Closeness::Numbered),
                ColumnType::Int if column.identifies => {
                    matches!(form.closeness, Closeness::Idea | Closeness::Numbered)
                }
                ColumnType::Int => false,
                ColumnType::Bool | ColumnType::Float | ColumnType::Date | ColumnType::Datetime => false,
            };
            let says = form.words.iter().any(|word| {
                // A phone number tells rows apart and is no name for them.
                let attribute = ["generic", "identifier"]
                    .iter()
                    .any(|kind| lexicon().any_is(kind, &word.concepts));
                !attribute && word.text.chars().count() > 1
            });
            if named && says && !known.contains(&form.words) && !subjects.contains(&form.words) {
                subjects.push(form.words.clone());
            }
        }
    }
    subjects
}

/// 报销单号 numbers 报销单, whatever the lexicon cuts it into.
fn slips(column: &Column<'_>) -> impl Iterator<Item = Vec<HeaderWord>> {
    let [_, header] = &column.headers;
    let slip = header.strip_suffix("编号").or_else(|| header.strip_suffix('号'));
    let slip = slip.filter(|slip| slip.ends_with('单') && slip.chars().count() > 1);
    slip.map(|slip| {
        let concepts = lexicon().get(slip).map(|entry| entry.concepts.clone());
        vec![HeaderWord {
            text: slip.to_owned(),
            stem: slip.to_owned(),
            concepts: concepts.unwrap_or_default(),
        }]
    })
    .into_iter()
}

/// What rows may be called beside their own name: readings where a table is named after meters, patients where one of
/// people is named after a clinic.
pub(super) fn called(
    subjects: &[Vec<HeaderWord>],
    columns: &[Column<'_>],
    of_people: bool,
) -> Vec<Vec<HeaderWord>> {
    let numbered = columns.iter().filter(|column| column.identifies);
    let joined: Vec<HeaderWord> = subjects.iter().flat_map(|words| headers::joined(words)).collect();
    let concepts = subjects
        .iter()
        .flatten()
        .chain(&joined)
        .flat_map(|word| word.concepts.iter().copied())
        .chain(numbered.flat_map(|column| column.concepts.iter().copied()));
    let rows = concepts.flat_map(|matter| lexicon().rows_of(matter));
    // A column of that name is meant before the rows.
    let held = |concept: Concept| {
        let mut words = columns
            .iter()
            .flat_map(|column| &column.forms)
            .filter(|form| form.closeness < Closeness::Part)
            .flat_map(|form| &form.words);
        words.any(|word| word.concepts.contains(&concept))
    };
    rows.filter(|rows| of_people || !rows.people)
        .filter(|rows| !held(rows.concept))
        .map(|rows| {
            vec![HeaderWord {
                text: rows.head.clone(),
                stem: stem_phrase(&rows.head),
                concepts: vec![rows.concept],
            }]
        })
        .collect()
}

/// What the names of the table and of its file say of the rows.
pub fn row_names(view: &TableView<'_>, alone: bool) -> Vec<Vec<HeaderWord>> {
    let file = view.file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let file = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let mut subjects: Vec<Vec<HeaderWord>> = Vec::new();
    for name in [Some(view.profile.name.as_str()), alone.then_some(file)]
        .into_iter()
        .flatten()
    {
        let words: Vec<HeaderWord> = headers::words(name)
            .into_iter()
            .filter(|word| {
                let bare = word.text.trim_end_matches(|c: char| c.is_ascii_digit());
                let silent =
                    bare.is_empty() || lexicon().is_table_word(bare) || lexicon().is_table_word(&word.stem);
                !silent && !lexicon().any_is("additive", &word.concepts)
            })
            .collect();
        // "tv_series" of "shows.tv_series": TV series, and series.
        let suffixes = (0..words.len()).filter_map(|cut| words.get(cut..).map(<[HeaderWord]>::to_vec));
        // "ski_resorts" are ski resorts, which the lexicon may have as one.
        let suffixes = suffixes.flat_map(|words| [headers::joined(&words), words]);
        for subject in suffixes.collect::<Vec<_>>() {
            if !subject.is_empty() && !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
    }
    subjects
}
