"""Notebooks for tests."""

import json
from typing import Any

from aen.compute.apps.viewer.rendering.bounds import Bounds
from aen.compute.apps.viewer.rendering.jobs import Job, View
from aen.compute.apps.viewer.rendering.links import Place
from aen.compute.apps.viewer.rendering.notebook import Notebook, parse_notebook

PLACE = Place("/ada/lab/viewer/raw/", "data")


def code(source: str = "", *outputs: dict[str, Any], **more: object) -> dict[str, Any]:
    """Return a cell with code, of format 4."""
    about: dict[str, Any] = {"execution_count": None, "metadata": {}}
    cell = {"cell_type": "code", "source": source, "outputs": list(outputs)}
    return {**cell, **about, **more}


def markdown(source: object, **more: object) -> dict[str, Any]:
    """Return a cell with Markdown."""
    return {"cell_type": "markdown", "source": source, "metadata": {}, **more}


def result(data: dict[str, Any], count: int | None = None) -> dict[str, Any]:
    """Return an output with the same thing in several types."""
    kind = "display_data" if count is None else "execute_result"
    return {"output_type": kind, "execution_count": count, "data": data}


def new(*cells: dict[str, Any], **more: object) -> bytes:
    """Return a notebook of format 4."""
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}
    return json.dumps({**whole, **more}).encode()


def old(*cells: dict[str, Any]) -> bytes:
    """Return a notebook of format 3."""
    sheets = [{"cells": list(cells)}]
    return json.dumps({"nbformat": 3, "metadata": {}, "worksheets": sheets}).encode()


def parsed(content: bytes, bounds: Bounds | None = None) -> Notebook:
    """Return what is read of a file."""
    return parse_notebook(content, bounds or Bounds())


def job(content: bytes, view: View = View.NOTEBOOK, name: str = "a.ipynb") -> Job:
    """Return a file to be rendered."""
    return Job(view, name, PLACE, content)
