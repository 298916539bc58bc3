//! What people decide about a table instead of the reader, checked against what is known of it.

use bus::Objects;
use schemas::file::{FileRecord, FileVersion};
use schemas::jobs::SetTable;
use schemas::overrides::{ColumnOverride, TableOverride};
use schemas::table::TableProfile;

use crate::error::IngestError;
use crate::handler::LONGEST_NAME;

/// Bytes that a profile may have.
const PROFILE: u64 = 64 << 20;
/// Names that are offered for one that is not there.
const NEAREST: usize = 3;
/// Decisions about columns that one version may have.
const COLUMNS: usize = 2_000;

/// The decisions of a file's active version with those of a job.
///
/// # Errors
/// [`IngestError::UnknownTable`], [`IngestError::UnknownColumn`], [`IngestError::TakenName`],
/// [`IngestError::NothingSet`]; else when the profile can't be read.
pub(crate) async fn merged(
    objects: &Objects,
    record: &FileRecord,
    version: &FileVersion,
    job: &SetTable,
) -> Result<Vec<TableOverride>, IngestError> {
    let wanted = &job.table;
    if wanted.is_empty() && !job.reset {
        return Err(IngestError::NothingSet);
    }
    let Some(stored) = version.tables.iter().find(|table| table.index == wanted.table) else {
        return Err(IngestError::UnknownTable {
            name: record.name.clone(),
            table: wanted.table,
            tables: version.tables.iter().map(|table| table.name.clone()).collect(),
        });
    };
    let bytes = objects.get(stored.profile.as_str(), PROFILE).await?;
    let profile: TableProfile = serde_json::from_slice(&bytes)?;
    merge(&profile, &version.overrides, job)
}

fn merge(
    profile: &TableProfile,
    known: &[TableOverride],
    job: &SetTable,
) -> Result<Vec<TableOverride>, IngestError> {
    let index = job.table.table;
    let former = known
        .iter()
        .find(|known| known.table == index)
        .cloned()
        .unwrap_or_else(|| TableOverride {
            table: index,
            ..TableOverride::default()
        });
    // Other names come with another header: what they are is known when it is read.
    let names_stay = job.table.header_rows.is_none();
    let mut wanted = job.table.clone();
    if names_stay {
        for set in &mut wanted.columns {
            set.column = in_file(profile, &former, &set.column)?;
            if let Some(rename) = &set.rename {
                check_name(profile, &former, set, rename)?;
            }
        }
    }
    let base = if job.reset {
        TableOverride {
            table: index,
            ..TableOverride::default()
        }
    } else {
        former
    };
    let merged = base.with(&wanted);
    if merged.columns.len() > COLUMNS {
        return Err(IngestError::TooMuchSet { most: COLUMNS });
    }
    let others = known.iter().filter(|known| known.table != index).cloned();
    let mut all: Vec<TableOverride> = others.chain([merged]).filter(|set| !set.is_empty()).collect();
    all.sort_by_key(|set| set.table);
    Ok(all)
}

/// The name that the file gives to a column, which may be named by that or by the name that it was given.
fn in_file(profile: &TableProfile, former: &TableOverride, name: &str) -> Result<String, IngestError> {
    let renamed = former
        .columns
        .iter()
        .find(|set| set.rename.as_deref() == Some(name));
    if let Some(set) = renamed {
        return Ok(set.column.clone());
    }
    let known = profile.columns.iter().any(|column| column.name == name)
        || former
            .columns
            .iter()
            .any(|set| set.column == name && set.rename.is_some());
    if known {
        return Ok(name.to_owned());
    }
    let mut names: Vec<&str> = profile
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let lower = name.to_lowercase();
    let likeness = |other: &str| strsim::normalized_damerau_levenshtein(&lower, &other.to_lowercase());
    names.sort_by(|one, other| likeness(other).total_cmp(&likeness(one)));
    Err(IngestError::UnknownColumn {
        column: name.chars().take(80).collect(),
        table: profile.name.clone(),
        nearest: names.into_iter().take(NEAREST).map(str::to_owned).collect(),
    })
}

fn check_name(
    profile: &TableProfile,
    former: &TableOverride,
    set: &ColumnOverride,
    rename: &str,
) -> Result<(), IngestError> {
    let own = former
        .columns
        .iter()
        .find(|known| known.column == set.column)
        .and_then(|known| known.rename.as_deref())
        .unwrap_or(&set.column);
    let taken = profile
        .columns
        .iter()
        .any(|column| column.name == rename && column.name != own);
    let bad = rename.trim().is_empty()
        || rename.chars().count() > LONGEST_NAME
        || rename.chars().any(char::is_control);
    if taken || bad {
        return Err(IngestError::TakenName {
            name: rename.chars().take(80).collect(),
            problem: if taken {
                "is the name of another column"
            } else {
                "is no name"
            },
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use schemas::FileId;
    use schemas::table::{ColumnProfile, ColumnType};

    use super::*;

    fn profile(names: &[&str]) -> TableProfile {
        let column = |name: &&str| ColumnProfile {
            name: (*name).to_owned(),
            kind: ColumnType::Text,
            unit: None,
            nulls: 0,
            distinct: 0,
            min: schemas::Value::Null,
            max: schemas::Value::Null,
            frequent: Vec::new(),
            unparsed: Vec::new(),
            unparsed_count: 0,
        };
        TableProfile {
            name: "t".to_owned(),
            rows: 1,
            columns: names.iter().map(column).collect(),
            decisions: Vec::new(),
            set_aside: Vec::new(),
        }
    }

    fn set(column: &str, rename: Option<&str>, kind: Option<ColumnType>) -> SetTable {
        SetTable {
            file: FileId::new("0199f1d2-7c3a-7def-8123-0000000000aa").unwrap(),
            table: TableOverride {
                columns: vec![ColumnOverride {
                    column: column.to_owned(),
                    rename: rename.map(str::to_owned),
                    kind,
                    ..ColumnOverride::default()
                }],
                ..TableOverride::default()
            },
            reset: false,
        }
    }

    #[test]
    fn a_column_may_be_named_by_either_of_its_names() {
        let job = set("amt", Some("amount"), None);
        let known = merge(&profile(&["amt", "day"]), &[], &job).unwrap();
        for name in ["amount", "amt"] {
            let job = set(name, None, Some(ColumnType::Float));
            let merged = merge(&profile(&["amount", "day"]), &known, &job).unwrap();
            let [table] = &merged[..] else {
                panic!("{merged:?}")
            };
            assert_eq!(table.columns.len(), 1);
            assert_eq!(
                (table.columns[0].column.as_str(), table.columns[0].kind),
                ("amt", Some(ColumnType::Float))
            );
            assert_eq!(table.columns[0].rename.as_deref(), Some("amount"));
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let check = |job: SetTable, words: &str| {
            let error = merge(&profile(&["金额", "地区", "Amount"]), &[], &job).unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
        };
        check(set("Amuont", None, Some(ColumnType::Int)), "\"Amount\"");
        check(set("金额", Some("地区"), None), "another column");
        check(set("金额", Some(" "), None), "no name");
    }

    #[test]
    fn what_was_decided_can_be_forgotten() {
        let known = merge(&profile(&["a"]), &[], &set("a", None, Some(ColumnType::Int))).unwrap();
        let mut job = set("a", None, None);
        job.table.columns.clear();
        job.reset = true;
        assert_eq!(merge(&profile(&["a"]), &known, &job).unwrap(), []);
    }
}
