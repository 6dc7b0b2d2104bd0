"""All of an installation in one file, and back: `docs/backup.md` has the format."""
