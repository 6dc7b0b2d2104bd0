"""The privileged helper: everything on a node that needs root, and nothing else.

One verb a call: JSON in, lines of JSON out. It is called by root, or by the service
account through sudo; standard library only, like `aen.compute.disk`, whose steps it
does as root or with a person's rights. What it is asked is checked again here; where
things are it takes from a file that only root can change.
"""
