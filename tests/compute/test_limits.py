"""Settings and manifests become limits."""

import pytest

from aen.compute.helper.cgroups import Limit
from aen.compute.limits import Bound, Bounds, app_limit, as_limits, check_bounds
from aen.model.apps import AppLimits, Manifest
from aen.model.errors import Invalid

MIB = 1024 * 1024


def test_what_the_kernel_is_to_hold() -> None:
    """People write MiB; the kernel counts bytes."""
    found = as_limits(Bounds(app=Bound(memory=512, cpu=1.5), node=Bound(processes=9)))
    assert found == {
        "app": Limit(memory=512 * MIB, cpu=1.5),
        "project": Limit(),
        "node": Limit(processes=9),
    }


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (None, Limit(MIB, 2.0, 30, 40)),
        (AppLimits(), Limit(MIB, 2.0, 30, 40)),
        (AppLimits(memory=3, files=0), Limit(3 * MIB, 2.0, 30, 0)),
        (AppLimits(cpu=0.0, processes=5), Limit(MIB, 0.0, 5, 40)),
    ],
)
def test_a_manifest_has_the_last_word_on_its_app(
    own: AppLimits | None, expected: Limit
) -> None:
    """Also that there is no limit."""
    manifest = Manifest("app", "App", ("run",), limits=own)
    assert app_limit(manifest, {"app": Limit(MIB, 2.0, 30, 40)}) == expected


def test_less_than_nothing_is_refused() -> None:
    """The sentence names level and key."""
    check_bounds(Bounds())
    with pytest.raises(Invalid, match=r"“project\.cpu” must be 0"):
        check_bounds(Bounds(project=Bound(cpu=-1)))
