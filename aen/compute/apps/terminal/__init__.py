"""The Terminal app: shells that outlive the browser's connections."""
