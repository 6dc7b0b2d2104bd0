"""AEN: a multi-user notebook platform of three roles, server, gateway and compute."""
