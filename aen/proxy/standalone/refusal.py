"""What ends the program before it has begun."""


class Refusal(Exception):
    """The options cannot be followed; the text says why to who has set them."""
