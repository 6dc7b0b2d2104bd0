"""Administration: who did what."""

import json

from tests.server.web.browser import Browser


def test_log(ada: Browser, bob: Browser) -> None:
    """Is narrowed by person, act, project and day."""
    page = ada.get("/admin/log")
    assert "Signed in" in page.words
    only = ada.get("/admin/log?person=bob&act=signed+in")
    assert 'href="/admin/users/bob"' in only.text
    assert 'href="/admin/users/eve"' not in only.text
    ada.post("/ada/scratch/settings/", {"summary": "New", "description": ""})
    for path in ("/admin/log?project=ada/scratch", "/admin/log?project=no/such"):
        assert ada.get(path).status == 200
    assert "Nothing." in ada.get("/admin/log?until=2001-01-01").words
    assert "Nothing." in ada.get("/admin/log?since=2037-01-01").words
    assert "Signed in" in ada.get("/admin/log?since=2023-11-01&until=2023-11-30").words


def test_what_is_wrong_is_said(ada: Browser) -> None:
    """Beside what was asked for."""
    for query in ("since=soon", "project=lab", "until=9999-99-99"):
        page = ada.get(f"/admin/log?{query}")
        assert page.status == 400
        assert 'role="alert"' in page.text


def test_export(ada: Browser, bob: Browser) -> None:
    """All that is shown, as a file."""
    csv = ada.get("/admin/log/export?person=bob")
    assert csv.header("content-type").startswith("text/csv")
    assert 'filename="security-log.csv"' in csv.header("content-disposition")
    assert "bob" in csv.text
    assert "eve" not in csv.text
    lines = ada.get("/admin/log/export?form=jsonl").text.splitlines()
    acts = [json.loads(line)["act"] for line in lines]
    assert "signed in" in acts
    assert "account made" in acts
    assert ada.get("/admin/log/export?form=xls").status == 400
    assert bob.get("/admin/log/export").status == 403


def test_export_is_bounded(ada: Browser, monkeypatch: object) -> None:
    """However much there is; more than a page goes over several."""
    for number in range(3):
        ada.post("/account/profile", {"display_name": f"Ada {number}", "email": ""})
    lines = ada.get("/admin/log/export?person=ada&form=jsonl").text.splitlines()
    assert len(lines) > 3


def test_report(ada: Browser) -> None:
    """Tells what people did; another period is one click away."""
    words = ada.get("/admin/report").words
    for told in ("People signed in", "New users", "Today", "eve@example.org", "UTC"):
        assert told in words
    assert "This month" in ada.get("/admin/report?period=month").words
    assert "15 November 2023" not in words
