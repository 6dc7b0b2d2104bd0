"""The whole platform on one machine, under supervisor: what `make run` runs."""
