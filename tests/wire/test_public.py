"""What gateway and node say of public folders."""

from aen.wire import public


def test_the_words_are_plain_text() -> None:
    """Nothing of the address asked for is in them."""
    assert dict(public.HEADERS)[b"content-type"].startswith(b"text/plain")
    for text in (
        public.NOTHING_THERE,
        public.READ_ONLY,
        public.BUSY,
        public.NOT_NOW,
    ):
        assert text.endswith(b".\n")
