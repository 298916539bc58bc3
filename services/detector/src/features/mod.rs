//! What is measured of a text: hashed n-grams and style.

pub mod grams;
pub mod style;

use schemas::Language;

use crate::text::Normalized;
use crate::text::sentences::{Span, sentences};
use crate::text::tokens::{self, Token};

pub use grams::{Counted, Gram};
pub use style::{STYLES, Style};

/// Everything that is measured of a text.
#[derive(Debug, Clone)]
pub struct Features {
    /// Where its sentences are.
    pub sentences: Vec<Span>,
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// Its n-grams, each occurrence.
    pub grams: Vec<Gram>,
    /// Its style, in the order of [`STYLES`].
    pub style: Style,
}

/// Measures a text of a language.
#[must_use]
pub fn measure(language: Language, text: &Normalized) -> Features {
    let sentences = sentences(text);
    let tokens = match language {
        Language::Zh => tokens::chinese(text),
        Language::En => tokens::english(text),
    };
    Features {
        grams: grams::grams(language, &tokens),
        style: style::style(language, text, &tokens, &sentences),
        sentences,
        tokens,
    }
}
