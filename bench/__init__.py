"""`make bench`: the platform measured beside its peers; `docs/performance.md`."""
