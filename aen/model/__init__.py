"""The rules: names, people, projects, apps, permissions, placement. No I/O."""
