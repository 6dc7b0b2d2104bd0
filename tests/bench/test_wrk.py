"""What wrk prints is understood, and its silence about failures is not trusted."""

import pytest

from bench.measured import Missing
from bench.wrk import parse

SAID = """\
Running 4s test @ http://127.0.0.1:1/a
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.02ms  300.11us   9.01ms   91.06%
    Req/Sec    27.82k     3.33k   32.00k    72.00%
  Latency Distribution
     50%    0.98ms
     75%    1.10ms
     90%    1.30ms
     99%    {late}
  111283 requests in 4.00s, 130.00MB read
{more}Requests/sec:  27812.34
Transfer/sec:     32.49MB
"""


@pytest.mark.parametrize(
    ("late", "seconds"),
    [("2.50ms", 0.0025), ("870.00us", 0.00087), ("1.08s ", 1.08), ("1.50m", 90.0)],
)
def test_figures(late: str, seconds: float) -> None:
    """Units of time differ from line to line; some lines end in a space."""
    found = parse(SAID.format(late=late, more=""))
    assert found == {"requests/s": 27812.34, "p99 s": pytest.approx(seconds)}


@pytest.mark.parametrize(
    "more",
    [
        "  Non-2xx or 3xx responses: 12\n",
        "  Socket errors: connect 0, read 3, write 0, timeout 0\n",
    ],
)
def test_failures_are_no_figures(more: str) -> None:
    """Refusals are fast: a rate of them would look like success."""
    with pytest.raises(Missing):
        parse(SAID.format(late="1.00ms", more=more))


def test_no_errors_is_fine() -> None:
    """A line that counts no error is none."""
    more = "  Socket errors: connect 0, read 0, write 0, timeout 0\n"
    assert parse(SAID.format(late="1.00ms", more=more))["requests/s"] > 0


def test_nonsense_is_refused() -> None:
    """Other output has no figures."""
    with pytest.raises(Missing):
        parse("wrk: command line is wrong")
