"""How far a step has come."""

from aen.compute.disk.telling import Counter


def test_tells_little_and_the_end() -> None:
    """Twenty thousand files make a handful of reports; the last is complete."""
    told: list[tuple[int, int]] = []
    counter = Counter(20_000, lambda done, total: told.append((done, total)))
    for _ in range(20_000):
        counter.one()
    assert told[0] == (1, 20_000)
    assert told[-1] == (20_000, 20_000)
    assert len(told) < 100
