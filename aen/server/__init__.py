"""The server role: accounts, projects, administration."""
