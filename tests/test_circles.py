"""No modules of ours import one another in a circle, not even inside functions."""

from graphlib import CycleError, TopologicalSorter

import grimp


def test_imports_have_no_circles() -> None:
    """Every module can be read after all that it imports."""
    graph = grimp.build_graph("aen", cache_dir=None)
    imports = {
        module: graph.find_modules_directly_imported_by(module)
        for module in graph.modules
    }
    circle: list[str] = []
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        circle = error.args[1]
    assert not circle, " -> ".join(reversed(circle))
