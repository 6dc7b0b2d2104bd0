"""Notebooks as they are read."""

import json
from typing import Any

import pytest
from attrs import evolve

from aen.compute.apps.viewer.rendering.bounds import Bounds
from aen.compute.apps.viewer.rendering.jobs import Unreadable
from aen.compute.apps.viewer.rendering.notebook import Cell, Data, Error, Stream
from tests.compute.apps.viewer.rendering.notebooks import (
    code,
    markdown,
    new,
    old,
    parsed,
    result,
)


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        (code("x", execution_count=3), Cell("code", "x", "3")),
        (code("x"), Cell("code", "x")),
        (markdown(["# a\n", "b"]), Cell("markdown", "# a\nb")),
        ({"cell_type": "raw", "source": "r"}, Cell("raw", "r")),
        ({"cell_type": "new kind", "source": "r"}, Cell("raw", "r")),
        (
            markdown("x", attachments={"a.png": {"image/png": "AA\nAA"}}),
            Cell("markdown", "x", attachments={"a.png": "data:image/png;base64,AAAA"}),
        ),
    ],
)
def test_cells(cell: dict[str, Any], seen: Cell) -> None:
    """Each kind, with its source in one piece or in lines."""
    assert parsed(new(cell)).cells == (seen,)


@pytest.mark.parametrize(
    ("output", "seen"),
    [
        ({"output_type": "stream", "name": "stderr", "text": ["a", "b"]},
         Stream("stderr", "ab")),
        ({"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a", "b"]},
         Error("a\nb")),
        ({"output_type": "error", "ename": "E", "evalue": "v", "traceback": []},
         Error("E: v")),
        (result({"text/plain": ["a", "b"]}, 7), Data({"text/plain": "ab"}, "7")),
        (result({"application/json": {"a": [1]}}),
         Data({"application/json": '{\n  "a": [\n    1\n  ]\n}'})),
        (result({"application/json": ["a"]}),
         Data({"application/json": '[\n  "a"\n]'})),
    ],
)  # fmt: skip
def test_outputs(output: dict[str, Any], seen: object) -> None:
    """Each kind of output."""
    assert parsed(new(code("", output))).cells[0].outputs == (seen,)


def test_format_3() -> None:
    """The same of notebooks from before 2015."""
    outputs: list[dict[str, Any]] = [
        {"output_type": "stream", "stream": "stdout", "text": ["a"]},
        {"output_type": "pyout", "prompt_number": 2, "html": ["<b>"], "text": "b"},
        {"output_type": "display_data", "png": "AAAA", "metadata": {}},
        {"output_type": "pyerr", "ename": "E", "evalue": "v", "traceback": ["t"]},
    ]
    cell = {"cell_type": "code", "input": ["x\n", "y"], "prompt_number": 2}
    found = parsed(
        old(
            {"cell_type": "heading", "level": 2, "source": ["A\n", "B"]},
            {"cell_type": "heading", "level": "x", "source": "C"},
            {**cell, "language": "python", "outputs": outputs},
            {"cell_type": "markdown", "source": "m"},
            {"cell_type": "html", "source": "h"},
        )
    )
    assert [(one.kind, one.source) for one in found.cells] == [
        ("markdown", "## A B"),
        ("markdown", "# C"),
        ("code", "x\ny"),
        ("markdown", "m"),
        ("raw", "h"),
    ]
    assert found.cells[2].prompt == "2"
    assert found.cells[2].outputs == (
        Stream("stdout", "a"),
        Data({"text/html": "<b>", "text/plain": "b"}, "2"),
        Data({"image/png": "AAAA"}),
        Error("t"),
    )


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({}, "python"),
        ({"kernelspec": {"language": "R"}}, "R"),
        (
            {"kernelspec": {"language": "x"}, "language_info": {"name": "julia"}},
            "julia",
        ),
        ({"language": "ruby"}, "ruby"),
        ({"language_info": [], "kernelspec": 3}, "python"),
    ],
)
def test_language(metadata: dict[str, Any], language: str) -> None:
    """What it is written in, for its colours."""
    assert parsed(new(metadata=metadata)).language == language


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1 is no JSON"),
        (b'{"nbformat": 4,\n"cells": [', "line 2 is no JSON"),
        (b'"\x80"', "no JSON in UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (b'{"nbformat": ' + b"9" * 5000 + b"}", "no JSON in UTF-8"),
        (b"[]", "says of no format"),
        (b"{}", "says of no format"),
        (b'{"nbformat": "4"}', "says of no format"),
        (b'"text"', "says of no format"),
    ],
)
def test_no_notebook(content: bytes, said: str) -> None:
    """Why a file is no notebook is said in a sentence."""
    with pytest.raises(Unreadable, match=said):
        parsed(content)


@pytest.mark.parametrize("odd", [None, 3, "x", [], {}, [3, "x", None, []], [{}], True])
def test_odd_parts(odd: object) -> None:
    """Whatever stands where something else belongs, the rest is read."""
    found = {"nbformat": 4, "metadata": odd, "cells": [markdown("kept")]}
    assert parsed(json.dumps(found).encode()).cells[0].source == "kept"
    for name in ("source", "outputs", "execution_count", "metadata", "cell_type"):
        assert len(parsed(new(code("x") | {name: odd})).cells) == 1
    for name in ("output_type", "data", "text", "traceback", "name", "ename"):
        for kind in ("stream", "error", "display_data"):
            output = {"output_type": kind, "text": "x", "data": {}} | {name: odd}
            assert len(parsed(new(code("", output))).cells) == 1
    assert len(parsed(new(markdown("x", attachments=odd))).cells) == 1
    assert parsed(new(markdown("x"), cells=odd)).more == 0
    assert parsed(old(code() | {"input": odd, "outputs": odd})).cells
    for kind in ("pyout", "pyerr", "stream"):
        output = {"output_type": kind, "text": odd, "png": odd, "traceback": odd}
        assert parsed(old(code() | {"outputs": [output]})).cells


def test_bounds() -> None:
    """Only so many cells and outputs; how many more there are is counted."""
    bounds = evolve(Bounds(), cells=2, outputs=1)
    stream = {"output_type": "stream", "name": "stdout", "text": "x"}
    found = parsed(new(*(code("", stream, stream, stream) for _ in range(5))), bounds)
    assert (len(found.cells), found.more) == (2, 3)
    assert (len(found.cells[0].outputs), found.cells[0].more) == (1, 2)
