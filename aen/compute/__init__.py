"""The compute role: project directories, environments, running apps."""
