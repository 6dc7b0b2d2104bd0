"""The gateway role: who may open what, and where it runs."""
