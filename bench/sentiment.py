"""Every sentiment backend on the same labelled texts, side by side: how often it is right, and how many posts a second."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench import table

SHOWN = (
    "rows",
    "accuracy",
    "macro_f1",
    "negative_recall",
    "negative_precision",
    "ece",
    "posts_per_second_per_core",
    "peak_mb",
)
GOAL = {"posts_per_second_per_core": "≥ 50,000", "peak_mb": "< 200"}

_MADE_UP = (
    ("neg", "在星海茶饮喝出异物，找客服三天没人理，太失望了[怒]"),
    ("neg", "星海茶饮门店后厨脏得吓人，再也不喝了"),
    ("neg", "排队两个小时，做错了还不给换，什么态度"),
    ("neg", "星海茶飲的杯子漏水，衣服全髒了😡"),
    ("pos", "星海茶饮的新品真好喝，杯子也可爱[爱你]"),
    ("pos", "店员特别热情，忘拿的伞还给我送过来了，点赞"),
    ("pos", "今天的星海茶饮半价，开心😊"),
    ("pos", "包裝精美，送朋友很有面子"),
)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Each backend in a process of its own, so that none pays for another's memory."""
    with tempfile.TemporaryDirectory(prefix="yushao-bench-") as folder:
        files = options.labelled or [_made_up(Path(folder))]
        results = {"yushao": _evaluated("yushao", files), "snownlp": _evaluated("snownlp", files)}
        if options.retrained:
            results["snownlp retrained"] = _evaluated("snownlp", files, options.retrained)
    for file in files:
        columns = {backend: {key: found[str(file)][key] for key in SHOWN} for backend, found in results.items()}
        table.show(f"sentiment: {file.name}", {**columns, "goal": GOAL})
    return results


def _evaluated(backend: str, files: list[Path], retrained: Path | None = None) -> dict[str, Any]:
    command = [sys.executable, "-m", "cli", "sentiment", "evaluate", *map(str, files), "--backend", backend, "--json"]
    chosen = {"YUSHAO_SENTIMENT_SNOWNLP": str(retrained.absolute())} if retrained else {}
    done = subprocess.run(command, stdout=subprocess.PIPE, env=os.environ | chosen, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _made_up(folder: Path) -> Path:
    """The made-up posts, often enough for a pace; equal posts are scored once by snownlp, so each has a number."""
    file = folder / "made-up.tsv"
    rows = (f"{label}\t{text} {number}\n" for number in range(100) for label, text in _MADE_UP)
    file.write_text("".join(rows), encoding="utf-8")
    return file
