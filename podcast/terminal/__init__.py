"""Terminal output: progress, findings, tables and questions."""
