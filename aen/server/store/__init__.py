"""Where the server keeps its records: MongoDB, or memory."""
