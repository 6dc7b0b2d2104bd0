"""The templates of the Viewer."""

from aen.compute.apps.viewer.rendering.templates import environment, template


def test_all_can_be_read() -> None:
    """Each of them is a template, and is read once."""
    names = environment().list_templates()
    assert {"base.html", "notebook.html", "table.html"} <= set(names)
    for name in names:
        assert template(name) is template(name)


def test_what_is_filled_in_is_text() -> None:
    """Markup in a value is no markup of the page."""
    html = template("table.html").render(rows=[], width=0)
    assert "There is nothing in it." in html
    assert environment().from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
