"""What uv says."""

import pytest

from aen.compute.environments.uvoutput import (
    BuildProgress,
    reason,
    without_credentials,
)


def test_packages_are_counted() -> None:
    """Total when resolved, one for each that was fetched, all when prepared."""
    progress = BuildProgress()
    lines = (
        "Using Python 3.11.2 environment at: x",
        "Resolved 3 packages in 104ms",
        "Downloading numpy (16.1MiB)",
        " Downloaded numpy",
        "   Built six==1.0",
        "Prepared 3 packages in 4ms",
        "Installed 3 packages in 0.84ms",
    )
    seen = [(progress.done, progress.total) for line in lines if progress.hear(line)]
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("  Caused by: dns error: failed to lookup address", "cannot be reached"),
        ("tcp connect error: Connection refused (os error 111)", "cannot be reached"),
        ("unavailable because the network was disabled.", "cannot be reached"),
        ("Network connectivity is disabled, but a source was", "cannot be reached"),
        ("invalid peer certificate: UnknownIssuer", "certificate"),
        ("HTTP status client error (403 Forbidden) for url", "refuses"),
        ("Because nosuch was not found in the package registry", "not in the package"),
        ("there is no version of six==99 and you", "not in the package index"),
        ("your requirements are unsatisfiable.", "contradicts itself"),
        ("Failed to build `broken==1.0`", "cannot be built"),
        ("No space left on device (os error 28)", "disk of the node is full"),
        ("Permission denied (os error 13)", "cannot be written"),
        ("something new", ""),
    ],
)
def test_the_reason_in_words(line: str, words: str) -> None:
    """People read what is wrong, not a chain of causes."""
    found = reason(["error: Request failed after 3 retries", line])
    assert words in found
    assert bool(found) is bool(words)


def test_no_password_is_shown() -> None:
    """An index address with a password loses it."""
    line = "error: https://ada:s3cret@packages.example/simple/six/"
    assert (
        without_credentials(line) == "error: https://****@packages.example/simple/six/"
    )
