"""What the API shows is made from the model."""

from aen.server.web.api.values import stamp, stamp_or_none


def test_times_are_rfc_3339() -> None:
    """In UTC, to the millisecond; what has not happened is null."""
    assert stamp(1_700_000_000.1234) == "2023-11-14T22:13:20.123Z"
    assert stamp_or_none(None) is None
