//! A network that ONNX Runtime runs.

use std::sync::{Mutex, PoisonError};

use ort::memory::Allocator;
use ort::session::{Session, SessionInputValue};
use ort::value::Tensor;

/// The network of an ONNX file, as exporters write causal language models: tokens, their positions or their number, and nothing kept from before.
#[derive(Debug)]
pub struct Network {
    session: Mutex<Session>,
}

/// Where the inputs for what was kept from before have their number of tokens.
const KEPT: usize = 2;

impl Network {
    /// The network that a runtime has loaded.
    #[must_use]
    pub fn new(session: Session) -> Self {
        Self {
            session: Mutex::new(session),
        }
    }

    /// What the network holds likely behind each token: rows of logits one after the other, over the vocabulary.
    ///
    /// # Errors
    /// What the runtime says; of a whole causal language model, nothing.
    pub fn logits(&self, tokens: &[u32]) -> ort::Result<Vec<f32>> {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let row = |values: Vec<i64>| Tensor::from_array(([1, tokens.len()], values));
        let one = |number: i32| Tensor::from_array(([1], vec![number]));
        let mut inputs: Vec<(String, SessionInputValue<'_>)> = Vec::new();
        for input in session.inputs() {
            let value: SessionInputValue<'_> = match input.name() {
                "input_ids" => row(tokens.iter().map(|token| i64::from(*token)).collect())?.into(),
                "attention_mask" => row(vec![1; tokens.len()])?.into(),
                "position_ids" => row((0..).take(tokens.len()).collect())?.into(),
                "seqlens_k" => one(tokens.len() as i32 - 1)?.into(),
                "total_sequence_length" => one(tokens.len() as i32)?.into(),
                _ => {
                    let mut shape: Vec<i64> = input
                        .dtype()
                        .tensor_shape()
                        .map(|shape| shape.to_vec())
                        .unwrap_or_default();
                    if let Some(first) = shape.first_mut() {
                        *first = 1;
                    }
                    if let Some(kept) = shape.get_mut(KEPT) {
                        *kept = 0;
                    }
                    Tensor::<f32>::new(&Allocator::default(), shape)?.into()
                }
            };
            inputs.push((input.name().to_owned(), value));
        }
        let outputs = session.run(inputs)?;
        let logits = outputs
            .get("logits")
            .map(|logits| logits.try_extract_tensor::<f32>());
        Ok(logits
            .transpose()?
            .map(|(_, values)| values.to_vec())
            .unwrap_or_default())
    }
}
