"""Numbers of things, as people write them."""


def counted(number: int, noun: str) -> str:
    """Return how many there are: ``1 project``, ``3 projects``.

    :param noun: one of them, in English and without an irregular plural.
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
