"""Settings of the property tests, and the stage of those over sockets."""

from hypothesis import settings

from tests.proxy.stage import stage

__all__ = ("stage",)

# How long an example takes says more of the machine than of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
