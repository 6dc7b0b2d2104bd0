"""``python -m bench``: measure, print the table, keep it below ``var/bench/``."""

import argparse
import datetime as dt
import http.client
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

import psutil

from bench import packages
from bench.bars import BARS
from bench.machine import machine, versions
from bench.measured import Missing, Pace, RowResult, judged
from bench.report import Report, as_json, as_text, row_lines
from bench.rows.idle import descriptors
from bench.stage import Stage
from bench.table import Row, chosen

ROOT = Path(__file__).resolve().parent.parent
BREAKS = (
    *(AssertionError, OSError, ValueError, http.client.HTTPException),
    *(subprocess.SubprocessError, psutil.Error),
)
"""What a row may fail with when what it measures does not work."""


def main() -> int:
    """Run; return the exit status: 1 when a bar was missed."""
    asked = parser(os.environ).parse_args()
    signal.signal(signal.SIGTERM, interrupt)  # as Ctrl-C: nothing is left running
    try:
        rows = chosen(asked.rows.replace(",", " ").split())
    except Missing as missing:
        sys.exit(str(missing))
    now = dt.datetime.now(dt.UTC)  # noqa: TID251 -- a date for people
    begin = now.replace(microsecond=0)
    folder = asked.output / f"{begin:%Y%m%d-%H%M%S}"
    report = bench(rows, Pace(asked.seconds, asked.runs), folder, begin.isoformat())
    (folder / "report.json").write_text(json.dumps(as_json(report), indent=1), "utf-8")
    text = as_text(report)
    (folder / "report.txt").write_text(text, "utf-8")
    sys.stdout.write(f"\n{text}Kept in {folder}\n")
    return 1 if report.failed else 0


def parser(environ: Mapping[str, str]) -> argparse.ArgumentParser:
    """Return what understands our command line; `make bench` sets *environ*."""
    rows = environ.get("ROWS", "")
    seconds = environ.get("SECONDS") or "4"
    runs = environ.get("RUNS") or "3"
    made = argparse.ArgumentParser(prog="python -m bench")
    made.add_argument("--rows", default=rows, help="names or their beginnings; all")
    made.add_argument("--seconds", type=float, default=seconds, help="of one run; 4")
    made.add_argument("--runs", type=int, default=runs, help="alternating runs; 3")
    made.add_argument("--output", type=Path, default=ROOT / "var/bench")
    return made


def bench(rows: tuple[Row, ...], pace: Pace, folder: Path, when: str) -> Report:
    """Measure *rows* one after another, saying what has been found as it comes."""
    packages.install_system()
    descriptors()
    folder.mkdir(parents=True, exist_ok=True)
    described, took_part = machine(), versions()
    began = time.monotonic()
    results = []
    with Stage(folder) as stage:
        for row in rows:
            say(f"{row.name} ...")
            results.append(measure(row, stage, pace))
            say("\n".join(row_lines(results[-1])))
    return Report(when, pace, described, took_part, results, time.monotonic() - began)


def measure(row: Row, stage: Stage, pace: Pace) -> RowResult:
    """Return a row's result; what goes wrong in one does not end the others."""
    try:
        found = row.measure(stage, pace)
    except Missing as missing:
        return RowResult(row.name, row.title, problem=str(missing))
    except BREAKS as error:
        traceback.print_exc()
        problem = f"{type(error).__name__}: {str(error)[:500]}"
        return RowResult(row.name, row.title, problem=problem, broke=True)
    verdicts = judged(row.name, found, BARS)
    return RowResult(row.name, row.title, found, verdicts=verdicts)


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """End the bench the way Ctrl-C does."""
    raise KeyboardInterrupt


def say(text: str) -> None:
    """Tell how far it is."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
