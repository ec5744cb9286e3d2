"""The quality tables of docs/quality.md: what is measured (cells), on which files (files), how (run), and how it is shown (tables)."""
