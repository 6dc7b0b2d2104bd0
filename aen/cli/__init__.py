"""The command line ``aen``: a program on anybody's machine that speaks the API."""
