"""What may be asked for."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.compute.environments.requirements import (
    FileContent,
    as_requirement,
    check_names,
    check_requirements,
    check_specs,
    names_of,
    read_file,
)
from aen.model.errors import Invalid

HOME = Path("/projects/ada/lab")


@pytest.mark.parametrize(
    "text",
    [
        "numpy",
        "numpy==1.26.4",
        "pandas[excel]>=2,<3",
        "tomli; python_version < '3.11'",
        "six @ https://example.org/six-1.0-py3-none-any.whl",
        "mine @ file:///projects/ada/lab/wheels/mine-1.0-py3-none-any.whl",
    ],
)
def test_requirements(text: str) -> None:
    """As pip takes them."""
    assert check_requirements((f" {text} ", text), HOME) == (text,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("--index-url=https://x", "is not a package"),
        ("-e .", "is not a package"),
        ("-rrequirements.txt", "is not a package"),
        ("./mine.whl", "is not a package"),
        ("/etc/passwd", "is not a package"),
        ("../other", "is not a package"),
        ("two words", "is not a package"),
        ("six @ ftp://x/six.whl", "must begin with https"),
        ("six @ git+ssh://x/six", "must begin with https"),
        ("six @ file:///etc/six.whl", "outside the project"),
        ("six @ file:///projects/ada/lab2/six.whl", "outside the project"),
        ("six @ file:///projects/ada/lab/../x/six.whl", "outside the project"),
        ("six @ file:///projects/ada/lab/%2e%2e/x/six.whl", "outside the project"),
        ("six @ file://host/projects/ada/lab/six.whl", "outside the project"),
        ("six\n--index-url=x", "too long, or not text"),
        ("x" * 400, "too long"),
        ("", "at least one"),
    ],
)
def test_what_is_refused(text: str, words: str) -> None:
    """Options, paths and places outside the project; said in a sentence."""
    with pytest.raises(Invalid, match=words) as caught:
        check_requirements((text,), HOME)
    assert "packages" in caught.value.fields


@given(st.text(max_size=60))
def test_nothing_that_passes_is_an_option(text: str) -> None:
    """Whatever comes."""
    for check in (check_names, check_specs, lambda t: check_requirements(t, HOME)):
        try:
            (found,) = check((text,))
        except Invalid:
            continue
        assert not found.startswith(("-", ".", "/"))
        assert "\n" not in found


def test_bounds() -> None:
    """Not too many at a time, and not none."""
    with pytest.raises(Invalid, match="at most 200"):
        check_names(f"p{n}" for n in range(201))
    with pytest.raises(Invalid, match="at least one"):
        check_specs(())


@pytest.mark.parametrize("text", ["numpy==1", "-y", "a b", "a/b", "numpy[x]", "x."])
def test_names_alone(text: str) -> None:
    """To remove, a name is enough."""
    assert check_names(("scikit-learn", "zope.interface")) == (
        "scikit-learn",
        "zope.interface",
    )
    with pytest.raises(Invalid, match="not the name of a package"):
        check_names((text,))


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("numpy", "numpy"),
        ("numpy=1.26", "numpy=1.26"),
        ("numpy >=1.26,<2", "numpy>=1.26,<2"),
        ("numpy=1.26.4=py311h64a7726_0", "numpy=1.26.4=py311h64a7726_0"),
        ("_libgcc_mutex=0.1", "_libgcc_mutex=0.1"),
        ("--file=/etc/passwd", ""),
        ("conda-forge::numpy", ""),
        ("/tmp/x.conda", ""),
        ("numpy[build=x]", ""),
        ("https://x/y.conda", ""),
    ],
)
def test_specs(text: str, spec: str) -> None:
    """As conda takes them: names and versions."""
    if spec:
        assert check_specs((text,)) == (spec,)
    else:
        with pytest.raises(Invalid, match="by name and version"):
            check_specs((text,))


REQUIREMENTS = """\
# made by pip-compile
numpy==1.26.4 \\
    --hash=sha256:abc \\
    --hash=sha256:def
pandas>=2  # data

"""
CONDA = """\
name: lab
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python=3.11
  - numpy=1.26
  - "scipy>=1.10"
  - pip
  - pip:
    - six==1.17.0
    - attrs
  - zlib=1.2=h1_0   # from here
prefix: /home/ada/lab
"""


def test_a_requirements_file() -> None:
    """Comments, continuations and hashes are understood."""
    found = read_file(REQUIREMENTS, HOME)
    assert found == FileContent(("numpy==1.26.4", "pandas>=2"))


def test_an_environment_file() -> None:
    """What conda exports."""
    assert read_file(CONDA, HOME) == FileContent(
        requirements=("six==1.17.0", "attrs"),
        specs=("numpy=1.26", "scipy>=1.10", "pip", "zlib=1.2=h1_0"),
        python="=3.11",
        channels=("conda-forge",),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("six\n--index-url https://x\n", "Line 2: options such as “--index-url”"),
        ("six\n\n-r other.txt\n", "Line 3: options such as “-r”"),
        ("six\n./here\n", "Line 2: “./here” is not a package"),
        ("# nothing\n", "names no package"),
        ("x" * 300_000, "longer than 256 KiB"),
        ("six\n" * 2001, "more than 2000"),
        ("dependencies:\n- numpy[x]\n", "Line 2: “numpy.x.” is not understood"),
        ("dependencies:\n- pip:\n  - -e .\n", "Line 3: “-e .” is not a package"),
        ("dependencies: [numpy]\n", "Line 1"),
        ("variables:\n- x\ndependencies:\n- six\n", "Line 2"),
        ("channels:\n- file:///etc\ndependencies:\n- six\n", "Line 2"),
    ],
)
def test_files_that_cannot_be_read(text: str, words: str) -> None:
    """The line is named, so that it can be mended."""
    with pytest.raises(Invalid, match=words) as caught:
        read_file(text, HOME)
    assert "file" in caught.value.fields


@pytest.mark.parametrize(
    ("spec", "requirement"),
    [
        ("numpy", "numpy"),
        ("numpy=1.26", "numpy==1.26.*"),
        ("numpy=1.26.4=py311_0", "numpy==1.26.4"),
        ("numpy==1.26.4", "numpy==1.26.4"),
        ("numpy==1.26.4=py311_0", "numpy==1.26.4"),
        ("numpy>=1.26,<2", "numpy>=1.26,<2"),
    ],
)
def test_condas_words_for_pip(spec: str, requirement: str) -> None:
    """One equals sign is the beginning of a version, a build makes it exact."""
    assert as_requirement(spec) == requirement


def test_names_are_compared_as_indexes_do() -> None:
    """However they are written."""
    assert names_of(("Zope.Interface>=5", "pip")) == {"zope-interface", "pip"}
