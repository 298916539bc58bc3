//! Plans, results and refusals in words, in Chinese and in English.
//!
//! | module | what is in it |
//! |---|---|
//! | [`phrases`] | everything that is said, as one trait |
//! | [`zh`], [`en`] | the two languages |
//! | [`asked`] | a language model's part in an answer |
//! | `compared` | what is computed from measures |
//! | `joined` | what another table holds of the rows |
//! | [`number`] | numbers and constants as text |
//! | [`period`] | time ranges by their everyday names |
//! | [`result`] | a result as text |

pub mod asked;
mod compared;
pub mod en;
mod joined;
pub mod number;
pub mod period;
pub mod phrases;
pub mod result;
pub mod zh;

pub use phrases::Phrases;
use schemas::Language;

/// The phrases of a language.
#[must_use]
pub fn phrases(language: Language) -> &'static dyn Phrases {
    match language {
        Language::Zh => &zh::Chinese,
        Language::En => &en::English,
    }
}
