"""The steps that touch a project's disk: standard library only, run as a child.

Everything in this package runs in a process of its own, so that the reactor never
waits for a disk and a full disk ends a child. With real accounts
`aen.compute.helper` does the same steps as root, or as a project's people.
"""
