"""Environments: templates built once per node, cloned into every project."""
