"""Images a second, and how well they are read, by RapidOCR: `pip install rapidocr==3.10.0 onnxruntime==1.32.0`.

    python3 rapidocr.py FOLDER [THREADS]
"""

import json
import sys
import time
import unicodedata
from collections import defaultdict
from pathlib import Path

from rapidocr import RapidOCR

folder = Path(sys.argv[1])
threads = int(sys.argv[2]) if len(sys.argv) > 2 else 1


def plain(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", text) if not letter.isspace())


def distance(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return row[-1]


engine = RapidOCR(
    params={
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        "Global.log_level": "error",
    }
)
by = defaultdict(lambda: [0, 0, 0, 0.0])
for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
    truth = json.loads(line)
    image = Path(truth["image"])
    # Named from the folder, or from the one around it where the folder is part of a larger set.
    path = next(path for path in (folder / image, folder.parent / image, folder / image.name) if path.exists())
    began = time.perf_counter()
    result = engine(path)
    took = time.perf_counter() - began
    expect = plain(truth["text"])
    wrong = distance(expect, plain("".join(result.txts or ())))
    for group in (truth["condition"], "total"):
        for place, value in enumerate((wrong, len(expect), 1, took)):
            by[group][place] += value
for group, (wrong, letters, images, seconds) in sorted(by.items()):
    print(f"{group:10} {images:4} images  CER {wrong / letters:.4f}  {images / seconds:.2f} images/s")
