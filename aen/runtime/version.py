"""Which AEN this is."""

from importlib.metadata import PackageNotFoundError, version


def own_version() -> str:
    """Return AEN's version; empty in a checkout that is not installed."""
    try:
        return version("aen")
    except PackageNotFoundError:
        return ""
