"""New, open, save, the clipboard, and tables with their dialog."""
