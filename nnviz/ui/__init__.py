"""Windows, panels, views and dialogs."""
