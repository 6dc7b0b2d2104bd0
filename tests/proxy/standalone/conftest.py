"""The desk of the tests over sockets."""

from tests.proxy.standalone.desk import desk

__all__ = ("desk",)
