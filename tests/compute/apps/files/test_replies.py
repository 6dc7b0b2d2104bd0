"""Headers of answers."""

from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.replies import nothing, of_json, of_refusal, saved


def test_a_file_is_saved_and_never_run() -> None:
    """Whatever a file is called, a browser saves it, and gives it no rights."""
    headers = dict(saved(b'evil".html\r\n\xff'))
    assert headers[b"content-type"] == b"application/octet-stream"
    disposition = headers[b"content-disposition"]
    assert disposition == b"attachment; filename*=UTF-8''evil%22.html%0D%0A%FF"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert b"sandbox" in headers[b"content-security-policy"]
    assert b"allow-" not in headers[b"content-security-policy"]
    assert headers[b"cross-origin-resource-policy"] == b"same-origin"


def test_json() -> None:
    """JSON is never taken for a page."""
    headers = dict(of_json(200, {"name": "é"}).headers)
    assert headers[b"content-type"] == b"application/json; charset=utf-8"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert dict(nothing(204).headers)[b"cache-control"] == b"no-store"


def test_busy() -> None:
    """Who is sent away hears when to come again."""
    assert dict(of_refusal(Refusal(503, "Busy.")).headers)[b"retry-after"] == b"2"
    assert b"retry-after" not in dict(of_refusal(Refusal(404, "No.")).headers)
