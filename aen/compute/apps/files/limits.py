"""What bounds the files app."""

from attrs import frozen


@frozen
class Limits:
    """Sizes in bytes, times in seconds."""

    page: int = 1000
    """Names in one page of a listing."""
    looked_at: int = 1_000_000
    """Names of one folder that are looked at for a page of it."""
    requests: int = 64
    """Under way at a time; more are sent away."""
    archives: int = 2
    """Made or unpacked at a time: each keeps a core busy."""
    waiting: int = 512 * 1024
    """Of a body, until the disk has taken it: then its sender waits."""
    said: int = 16 * 1024
    """The longest body of a request that sends no file."""
    stale: float = 7 * 86_400.0
    """After which an upload that broke off is not gone on with."""
    leftover: float = 86_400.0
    """After which what a killed process of ours has left in a folder is removed."""
    linger: float = 2.0
    """How long what follows a refusal is still read, so that it can be heard."""
    import_entries: int = 200_000
    """Files, folders and links in an archive that is unpacked."""
    import_bytes: int = 50 * 1024**3
    """All of them together, unpacked."""
    import_upload: int = 50 * 1024**3
    """The archive itself."""
    copies: int = 2
    """Made at a time; what may be in one is what may be in an archive."""
    searches: int = 4
    """Under way at a time."""
    search_hits: int = 200
    """Then a search has found enough."""
    search_visited: int = 50_000
    """Files and folders that a search looks at."""
    search_seconds: float = 10.0
    """Then a search has taken enough."""
    search_file: int = 2 * 1024 * 1024
    """Larger files are not read for their lines."""
    trash: float = 30 * 86_400.0
    """After which what is in the trash goes for good."""
    rights: int = 200_000
    """Entries below a folder whose rights are set at once."""
