"""The steps that touch a project's disk: standard library only, run as a child.

Everything in this package runs in a process of its own, so that the reactor never
waits for a disk and a full disk ends a child. It is also all that will need
privileges once projects belong to real accounts.
"""
