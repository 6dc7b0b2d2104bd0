"""The result as a person reads it and as a program does. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from attrs import asdict, frozen

from bench.bars import KB, MB, MS
from bench.measured import Measured, Outcome, Pace, RowResult, Spread, Verdict

_MARKS = {Outcome.MET: "met", Outcome.MISSED: "MISSED", Outcome.UNKNOWN: "unknown"}
"""In seven columns; in JSON an outcome has its whole words."""

_AMOUNTS = {
    "p99 s": (MS, "{:.2f} ms"),
    "cpu s": (1e-6, "{:.0f} us of processor each"),
    "seconds": (1.0, "{:.3f} s"),
    "bytes each": (KB, "{:.1f} KB each"),
    "bytes": (MB, "{:.0f} MB"),
    "load %": (1.0, "load at {:.0f} %"),
}


@frozen
class Report:
    """Everything one bench found."""

    when: str
    pace: Pace
    machine: Mapping[str, str]
    versions: Mapping[str, str]
    rows: Sequence[RowResult]
    took: float

    @property
    def failed(self) -> bool:
        """Whether a bar was missed, or a row broke."""
        return any(row.failed for row in self.rows)


def amount(value: float, figure: str) -> str:
    """Return a figure for people."""
    unit, text = _AMOUNTS.get(figure, (1.0, "{:,.0f} " + figure))
    return text.format(value / unit)


def spread_text(spread: Spread, figure: str) -> str:
    """Return a median, with how far the samples lay apart."""
    middle = amount(spread.median, figure)
    if spread.least == spread.most or not spread.median:
        return middle
    low = (spread.least / spread.median - 1) * 100
    high = (spread.most / spread.median - 1) * 100
    return f"{middle} ({low:+.0f} %, {high:+.0f} %)"


def demand_text(verdict: Verdict) -> str:
    """Return one line about a bar or an aim."""
    bar = verdict.bar
    kind = "aim" if bar.aim else "bar"
    way = "at most" if bar.at_most else "at least"
    if bar.peer:
        wanted = f"{bar.who}'s {bar.figure} {way} {bar.factor:g} x {bar.peer}'s"
    else:
        wanted = f"{bar.who}: {way} {amount(bar.factor, bar.figure)}"
    text = f"{_MARKS[verdict.outcome]:>7}  {kind}: {wanted}"
    if verdict.value is not None and verdict.demand is not None and bar.peer:
        text += f"; it is {bar.factor * verdict.value / verdict.demand:.2f} x"
    return text


def as_text(report: Report) -> str:
    """Return the whole report as text."""
    lines = [f"{name}: {value}" for name, value in report.machine.items()]
    lines.append(", ".join(f"{one} {what}" for one, what in report.versions.items()))
    pace = report.pace
    lines.append(
        f"{report.when}; medians of {pace.runs} alternating runs of"
        f" {pace.seconds:g} s, in brackets the least and the most; {report.took:.0f} s"
    )
    for row in report.rows:
        lines += ["", *row_lines(row)]
    lines += ["", *_closing(report)]
    return "\n".join(lines) + "\n"


def row_lines(row: RowResult) -> list[str]:
    """Return the lines of one row."""
    lines = [f"{row.name}: {row.title}"]
    if row.measured is None:
        word = "broke" if row.broke else "not measured"
        return [*lines, f"  {word}: {row.problem}"]
    lines += [f"  {line}" for line in _figures(row.measured)]
    lines += [f"  {note}" for note in row.measured.notes]
    return lines + [f"  {demand_text(verdict)}" for verdict in row.verdicts]


def _figures(measured: Measured) -> Iterator[str]:
    for who in measured.samples:
        parts = [
            spread_text(spread, figure)
            for figure in measured.figures(who)
            if (spread := measured.spread(who, figure)) is not None
        ]
        yield f"{who:<14} {', '.join(parts)}"


def _closing(report: Report) -> Iterator[str]:
    verdicts = [one for row in report.rows for one in row.verdicts if not one.bar.aim]
    absent = [row for row in report.rows if row.measured is None]
    met = [one for one in verdicts if one.outcome is Outcome.MET]
    yield f"{len(met)} of {len(verdicts)} bars met, {len(absent)} rows not measured."
    for one in verdicts:
        if one.outcome is not Outcome.MET:
            yield f"{one.bar.row}: {demand_text(one).strip()}"
    for row in absent:
        word = "BROKE" if row.broke else "not measured"
        yield f"{row.name}: {word}: {row.problem.partition(chr(10))[0]}"


def as_json(report: Report) -> dict[str, object]:
    """Return the whole report as what JSON can hold."""
    return {
        "when": report.when,
        "seconds": report.pace.seconds,
        "runs": report.pace.runs,
        "took": report.took,
        "machine": dict(report.machine),
        "versions": dict(report.versions),
        "failed": report.failed,
        "rows": [_row_json(row) for row in report.rows],
    }


def _row_json(row: RowResult) -> dict[str, object]:
    measured = row.measured or Measured({})
    return {
        "name": row.name,
        "title": row.title,
        "problem": row.problem,
        "broke": row.broke,
        "notes": list(measured.notes),
        "samples": {
            who: [dict(one) for one in found] for who, found in measured.samples.items()
        },
        "demands": [
            {
                **asdict(one.bar),
                "outcome": one.outcome.value,
                "value": one.value,
                "demand": one.demand,
            }
            for one in row.verdicts
        ],
    }
