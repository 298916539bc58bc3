//! Where ONNX Runtime is.

use std::path::PathBuf;

/// Settings of every service that runs models of its own. The embedded default fetches the library and sets it itself.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct OnnxConfig {
    /// Shared library of ONNX Runtime, 1.23 or later, for instance `libonnxruntime.so.1.32.0`.
    #[arg(
        id = "onnxruntime",
        long = "onnxruntime",
        env = "CONTRAIL_ONNXRUNTIME",
        value_name = "FILE"
    )]
    pub library: Option<PathBuf>,

    /// Threads of one model; by default as many as there are processors, 4 at most.
    #[arg(
        id = "onnx-threads",
        long = "onnx-threads",
        env = "CONTRAIL_ONNX_THREADS",
        value_name = "N"
    )]
    pub threads: Option<usize>,
}
