"""The main window: it composes the rooms below it, and nothing below imports it."""
