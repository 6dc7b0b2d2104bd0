"""The Workbench: files, editors and a terminal in one window."""
