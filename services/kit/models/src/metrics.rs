//! What is measured: tokens, by the GenAI conventions of OpenTelemetry.

use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Histogram;

use crate::usage::Tokens;

/// What a model is asked for, as the conventions name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// A reply to messages.
    Chat,
    /// Vectors of texts.
    Embeddings,
}

impl Operation {
    fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Embeddings => "embeddings",
        }
    }
}

/// Counts the tokens of one call. The names of models are the operator's, so that they are few.
pub(crate) fn used(operation: Operation, model: &str, tokens: Tokens) {
    for (kind, count) in [("input", tokens.prompt), ("output", tokens.completion)] {
        if count == 0 {
            continue;
        }
        let attributes = [
            KeyValue::new("gen_ai.operation.name", operation.as_str()),
            KeyValue::new("gen_ai.request.model", model.to_owned()),
            KeyValue::new("gen_ai.token.type", kind),
        ];
        tokens_of_calls().record(count, &attributes);
    }
}

/// Made when the first call ends, behind the start of telemetry.
fn tokens_of_calls() -> &'static Histogram<u64> {
    static TOKENS: OnceLock<Histogram<u64>> = OnceLock::new();
    TOKENS.get_or_init(|| {
        opentelemetry::global::meter("models")
            .u64_histogram("gen_ai.client.token.usage")
            .with_unit("{token}")
            .with_description("Tokens that calls of models took, as the models count them.")
            // The bounds that the conventions advise, as far as calls go here.
            .with_boundaries(vec![
                1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, 16384.0, 65536.0, 262_144.0,
            ])
            .build()
    })
}
