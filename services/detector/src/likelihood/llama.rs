//! A Llama as a network for ONNX Runtime, written from the weights of a GGUF file, with a row of logits for every token.
//!
//! Source: Touvron and others, "LLaMA: Open and efficient foundation language models" (2023): root mean square normalization, rotary
//! positions (Su and others 2021), grouped queries (Ainslie and others 2023) and gated feed-forward layers (Shazeer 2020).
//!
//! Weights are written with eight bits in blocks of 32, which the runtime multiplies as whole numbers: several times as fast as
//! floats, and nothing is lost of weights that had four.

use super::LikelihoodError;
use super::gguf::{Gguf, Matrix};
use super::onnx::{BYTE, FLOAT, Graph, INTEGER, LONG, Setting};

/// Weights that have a step in common.
const BLOCK: usize = 32;
/// Zero among bytes.
const ZERO: f32 = 128.0;
/// Activations as bytes too, with a step for each block.
const BYTES: Setting = Setting::Whole("accuracy_level", 4);
/// Positions that a text may have.
const POSITIONS: usize = 1_024;

/// The network of a file, as the bytes of an ONNX file.
///
/// # Errors
/// [`LikelihoodError`]: the file has no Llama, or not all of it.
pub fn network(gguf: &Gguf) -> Result<Vec<u8>, LikelihoodError> {
    if gguf.texts("general.architecture")? != ["llama"] {
        return Err(LikelihoodError::Untold {
            key: "general.architecture = llama",
        });
    }
    let epsilon = gguf.number("llama.attention.layer_norm_rms_epsilon")? as f32;
    let mut writer = Writer {
        gguf,
        graph: Graph::default(),
        norm: [Setting::Whole("axis", -1), Setting::Real("epsilon", epsilon)],
    };
    writer.graph.input("input_ids", LONG, &[Some(1), None]);
    writer.graph.input("seqlens_k", INTEGER, &[Some(1)]);
    writer.graph.input("total_sequence_length", INTEGER, &[Some(1)]);
    writer.turns()?;
    let mut x = writer.embedded()?;
    for layer in 0..gguf.number("llama.block_count")? as usize {
        x = writer.layer(layer, &x)?;
    }
    let normed = writer.normalized(&x, "output_norm")?;
    let logits = writer.product("logits", &normed, "token_embd")?;
    let words = gguf.texts("tokenizer.ggml.tokens")?.len() as i64;
    Ok(writer.graph.file(&logits, &[Some(1), None, Some(words)]))
}

struct Writer<'a> {
    gguf: &'a Gguf,
    graph: Graph,
    norm: [Setting; 2],
}

impl Writer<'_> {
    /// How far pairs of numbers are turned at each position.
    fn turns(&mut self) -> Result<(), LikelihoodError> {
        let base = self.gguf.number("llama.rope.freq_base")?;
        let width = self.gguf.number("llama.rope.dimension_count")?;
        let pairs = width as usize / 2;
        let angles = (0..POSITIONS)
            .flat_map(|at| (0..pairs).map(move |pair| at as f64 * base.powf(-2.0 * pair as f64 / width)));
        let (cosines, sines): (Vec<f32>, Vec<f32>) = angles
            .map(|angle| (angle.cos() as f32, angle.sin() as f32))
            .unzip();
        self.graph.floats("cosines", &[POSITIONS, pairs], &cosines);
        self.graph.floats("sines", &[POSITIONS, pairs], &sines);
        Ok(())
    }

    /// The rows of the tokens, from the same bytes that the last product has.
    fn embedded(&mut self) -> Result<String, LikelihoodError> {
        self.stored("token_embd")?;
        let graph = &mut self.graph;
        let bytes = graph.step("rows", "Gather", &["token_embd.bytes", "input_ids"], &[]);
        let numbers = graph.step(
            "numbers",
            "Cast",
            &[&bytes],
            &[Setting::Whole("to", i64::from(FLOAT))],
        );
        let zero = graph.floats("zero", &[], &[ZERO]);
        let signed = graph.step("signed", "Sub", &[&numbers, &zero], &[]);
        let steps = graph.step("steps", "Gather", &["token_embd.steps", "input_ids"], &[]);
        let axes = graph.longs("axes", &[3]);
        let steps = graph.step("steps by block", "Unsqueeze", &[&steps, &axes], &[]);
        let blocks = graph.step("blocks", "Mul", &[&signed, &steps], &[]);
        let shape = graph.longs("shape", &[0, 0, -1]);
        Ok(graph.step("embedded", "Reshape", &[&blocks, &shape], &[]))
    }

    fn layer(&mut self, layer: usize, x: &str) -> Result<String, LikelihoodError> {
        let of = |name: &str| format!("blk.{layer}.{name}");
        let normed = self.normalized(x, &of("attn_norm"))?;
        let [query, key, value] = ["attn_q", "attn_k", "attn_v"]
            .map(|name| self.product(&format!("{}.out", of(name)), &normed, &of(name)));
        let heads = self.gguf.number("llama.attention.head_count")? as i64;
        let shared = self.gguf.number("llama.attention.head_count_kv")? as i64;
        let attended = self.graph.step(
            &of("attended"),
            "com.microsoft/GroupQueryAttention",
            &[
                &query?,
                &key?,
                &value?,
                "",
                "",
                "seqlens_k",
                "total_sequence_length",
                "cosines",
                "sines",
            ],
            &[
                Setting::Whole("num_heads", heads),
                Setting::Whole("kv_num_heads", shared),
                Setting::Whole("do_rotary", 1),
                Setting::Whole("rotary_interleaved", 1),
            ],
        );
        let mixed = self.product(&of("mixed"), &attended, &of("attn_output"))?;
        let x = self.graph.step(&of("x"), "Add", &[x, &mixed], &[]);
        let normed = self.normalized(&x, &of("ffn_norm"))?;
        let gate = self.product(&of("gate"), &normed, &of("ffn_gate"))?;
        let up = self.product(&of("up"), &normed, &of("ffn_up"))?;
        let open = self.graph.step(&of("open"), "Sigmoid", &[&gate], &[]);
        let gate = self.graph.step(&of("gated"), "Mul", &[&gate, &open], &[]);
        let fed = self.graph.step(&of("fed"), "Mul", &[&gate, &up], &[]);
        let down = self.product(&of("down"), &fed, &of("ffn_down"))?;
        Ok(self.graph.step(&of("out"), "Add", &[&x, &down], &[]))
    }

    fn normalized(&mut self, x: &str, name: &str) -> Result<String, LikelihoodError> {
        let weights = self.gguf.matrix(&format!("{name}.weight"))?;
        let weight = self.graph.floats(name, &[weights.columns], &weights.numbers);
        let name = format!("{name}.out");
        Ok(self
            .graph
            .step(&name, "SimplifiedLayerNormalization", &[x, &weight], &self.norm))
    }

    /// `x` times the weights of a name.
    fn product(&mut self, out: &str, x: &str, name: &str) -> Result<String, LikelihoodError> {
        let [rows, columns] = self.stored(name)?;
        let (bytes, steps) = (format!("{name}.bytes"), format!("{name}.steps"));
        let settings = [
            Setting::Whole("K", columns as i64),
            Setting::Whole("N", rows as i64),
            Setting::Whole("bits", 8),
            Setting::Whole("block_size", BLOCK as i64),
            BYTES,
        ];
        Ok(self
            .graph
            .step(out, "com.microsoft/MatMulNBits", &[x, &bytes, &steps], &settings))
    }

    /// Stores weights as bytes, unless they are stored; returns how many rows and columns they have.
    fn stored(&mut self, name: &str) -> Result<[usize; 2], LikelihoodError> {
        let Matrix { columns, numbers } = self.gguf.matrix(&format!("{name}.weight"))?;
        let rows = numbers.len() / columns.max(1);
        let bytes_name = format!("{name}.bytes");
        if self.graph.has(&bytes_name) {
            return Ok([rows, columns]);
        }
        let (mut bytes, mut steps) = (Vec::with_capacity(numbers.len()), Vec::new());
        for block in numbers.chunks(BLOCK) {
            let farthest = block
                .iter()
                .fold(0.0f32, |farthest, number| farthest.max(number.abs()));
            let step = if farthest > 0.0 { farthest / 127.0 } else { 1.0 };
            bytes.extend(block.iter().map(|number| ((number / step).round() + ZERO) as u8));
            steps.push(step);
        }
        let blocks = columns / BLOCK;
        self.graph
            .constant(&bytes_name, BYTE, &[rows, blocks, BLOCK], bytes);
        self.graph
            .floats(&format!("{name}.steps"), &[rows, blocks], &steps);
        Ok([rows, columns])
    }
}
