"""Data sets: generators, tables and what is done to them before a network sees them. No Qt."""
