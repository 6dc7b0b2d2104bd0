"""What every process needs: settings, logs, tasks, listening, secrets on disk."""
