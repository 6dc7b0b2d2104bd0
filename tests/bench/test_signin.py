"""The sign-in form's hidden fields go back with it."""

from bench.signin import hidden_fields


def test_hidden_fields() -> None:
    """Their values are unescaped; fields people fill in are not among them."""
    page = """<form><input type="hidden" name="next" value="/a?b=1&amp;c=2">
    <input type="hidden" name="_csrf" value="x"><input name="username"></form>"""
    assert hidden_fields(page) == {"next": "/a?b=1&c=2", "_csrf": "x"}
