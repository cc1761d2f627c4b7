"""How answers look on a terminal: progress, findings, tables and questions."""
