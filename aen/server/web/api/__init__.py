"""The JSON API, ``/api/v1``: for scripts, for apps, for the pages' own scripts."""
