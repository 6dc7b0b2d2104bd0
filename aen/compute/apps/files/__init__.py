"""The files app: a project's files over HTTP, as whoever opened it may use them."""
