"""Environments of a project: what can be done with them. Pure."""

import enum


class Verb(enum.Enum):
    """What is done to one environment of a project."""

    CREATE = "create"
    """From the default, or from a file of requirements."""
    CLONE = "clone"
    INSTALL = "install"
    REMOVE = "remove"
    UPDATE = "update"
    ACTIVATE = "activate"
    """What is launched from now on runs in it."""
    DELETE = "delete"
