//! Text without regard to case, width and surrounding blanks, as a function of SQL.
//!
//! The same meaning as the other engine's [`fold`](crate::engine::fold), written down plainly: that one compares without
//! making texts, and takes short cuts; this one makes the folded text.

use std::sync::Arc;

use datafusion::arrow::array::StringArray;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::cast::as_string_array;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};

/// Its name in SQL.
pub const NAME: &str = "fold";

/// A text without surrounding blanks, full-width ASCII as ASCII, in small letters.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.trim().chars() {
        let narrow = match character {
            '\u{3000}' => ' ',
            wide @ '\u{ff01}'..='\u{ff5e}' => {
                let code = u32::from(wide) - u32::from('\u{ff01}') + u32::from('!');
                char::from_u32(code).unwrap_or(wide)
            }
            other => other,
        };
        folded.extend(narrow.to_lowercase());
    }
    folded
}

/// The function for a session.
pub(super) fn function() -> ScalarUDF {
    create_udf(
        NAME,
        vec![DataType::Utf8],
        DataType::Utf8,
        Volatility::Immutable,
        Arc::new(apply),
    )
}

fn apply(arguments: &[ColumnarValue]) -> Result<ColumnarValue> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let mut folded = StringArray::from(Vec::<Option<&str>>::new());
    if let [texts] = arrays.as_slice() {
        folded = as_string_array(texts)?
            .iter()
            .map(|text| text.map(fold))
            .collect();
    }
    Ok(ColumnarValue::Array(Arc::new(folded)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::fold::{Folded, equal};

    #[test]
    fn both_engines_fold_alike() {
        for (text, folded) in [
            ("  Ｔ２　", "t2"),
            ("ÄΣ", "äσ"),
            ("香化", "香化"),
            ("İ", "i\u{307}"),
        ] {
            assert_eq!(fold(text), folded);
            assert_eq!(Folded::new(text).as_str(), folded);
        }
    }

    proptest! {
        #[test]
        fn equality_is_that_of_folded_texts(left in "[ aAbＡａ\u{3000}Σςß]{0,4}", right in "[ aAbＡａ\u{3000}Σςß]{0,4}") {
            prop_assert_eq!(equal(&left, &right), fold(&left) == fold(&right));
            prop_assert_eq!(Folded::new(&left).equals(&right), fold(&left) == fold(&right));
        }
    }
}
