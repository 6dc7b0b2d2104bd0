"""A reverse proxy for HTTP/1.1 and WebSocket that knows nothing of AEN."""
