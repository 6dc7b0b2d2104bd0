"""``aen-proxy``: our proxy with configurable-http-proxy's command line and API."""
