"""Pages and JSON API of the server."""
