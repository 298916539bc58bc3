"""Texts a second that ONNX Runtime embeds: `embedding.py MODEL TOKENIZER TEXTS THREADS`; TEXTS holds a JSON list."""

import gzip
import json
import sys
import time
from pathlib import Path

import numpy
import onnxruntime
from tokenizers import Tokenizer

model, tokenizer, texts, threads = sys.argv[1:]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(threads)
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
packed = Path(tokenizer).read_bytes()
words = Tokenizer.from_buffer(gzip.decompress(packed) if tokenizer.endswith(".gz") else packed)
words.no_padding()
words.enable_truncation(512)
names = [one.name for one in session.get_inputs()]


def embed(text: str) -> numpy.ndarray:
    ids = numpy.array([words.encode(text.lower()).ids], dtype=numpy.int64)
    given = {"input_ids": ids, "attention_mask": numpy.ones_like(ids), "token_type_ids": numpy.zeros_like(ids)}
    first = session.run(None, {name: given[name] for name in names})[0][0, 0]
    return first / numpy.linalg.norm(first)


every = json.loads(Path(texts).read_text(encoding="utf-8"))
embed(every[0])
began = time.perf_counter()
for text in every:
    embed(text)
print(len(every) / (time.perf_counter() - began))
