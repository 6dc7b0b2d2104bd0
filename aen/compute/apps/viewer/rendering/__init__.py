"""Makes HTML of files, in a process of its own: what is hostile can only end that."""
