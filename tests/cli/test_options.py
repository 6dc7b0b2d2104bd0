"""The words of the command line."""

import pytest

from aen.cli.options import parser
from aen.cli.problems import Wrong


@pytest.mark.parametrize(
    "words",
    ["", "nonsense", "start", "projects", "team add ada/lab", "start a/b --nonsense"],
)
def test_what_cannot_be_understood(words: str) -> None:
    """It is told with what would be."""
    with pytest.raises(Wrong, match="usage: aen"):
        parser().parse_args(words.split())


def test_every_command_has_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    """And leaves with status 0."""
    for words in ("-h", "projects -h", "env install -h", "login -h"):
        with pytest.raises(SystemExit) as left:
            parser().parse_args(words.split())
        assert left.value.code == 0
        assert "usage: aen" in capsys.readouterr().out
