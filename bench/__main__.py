"""`python -m bench [road] [start] [sentiment] [tick] [detection]`: measure, print a table, write JSON.

road       import + ingest of an archive with each engine, beside the raw bulk rate of the same Elasticsearch; peak memory
start      seconds from `yushao up` to the first alert on the console's page
sentiment  accuracy and pace of every sentiment backend on the same labelled posts
detection  labelled windows and injected surges in count series: the detector beside a spike rule and a rolling z-score;
           with --crises a replay of the archive, beside a spike rule and a lexicon rule
tick       one detection pass for 1,000 brands, in an index that grows to --posts
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from pathlib import Path
from typing import Any

from bench import detection, road, sentiment, start, tick

MEASURES = {
    "road": road.measure,
    "start": start.measure,
    "sentiment": sentiment.measure,
    "tick": tick.measure,
    "detection": detection.measure,
}


def machine() -> dict[str, Any]:
    """What the figures were measured on; ratios within one run travel further than the figures do."""
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "system": platform.system(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=f"{', '.join(MEASURES)}; default: all")
    parser.add_argument("--archive", type=Path, help="`epoch seconds <TAB> title` lines, plain or compressed; default: made up")
    parser.add_argument("--brands", type=Path, help="CSV with the header name,keywords; default: made up")
    parser.add_argument("--labelled", type=Path, nargs="+", help="`label<TAB>text` files for sentiment; default: made up")
    parser.add_argument("--posts", type=int, default=5_000_000, help="posts of the largest index that a tick is measured in")
    parser.add_argument("--series", type=Path, nargs="+", help="`timestamp,value` files for detection; default: made up")
    parser.add_argument("--windows", type=Path, help="JSON of the labelled windows of --series")
    parser.add_argument("--crises", type=Path, help="JSON of the crises and good news known of --archive, for detection")
    parser.add_argument("--retrained", type=Path, help="a SnowNLP model saved by `yushao sentiment train --backend snownlp`")
    parser.add_argument("--json", type=Path, default=Path("var/bench.json"))
    options = parser.parse_args()
    if unknown := set(options.measures) - MEASURES.keys():
        parser.error(f"no such measure: {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}")
    if options.series and not options.windows:
        parser.error("--series needs --windows")
    if options.crises and not (options.archive and options.brands):
        parser.error("--crises needs --archive and --brands")
    results: dict[str, Any] = {"machine": machine()}
    for name in options.measures or MEASURES:
        results[name] = MEASURES[name](options)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"machine: {results['machine']}; written to {options.json}")


if __name__ == "__main__":
    main()
