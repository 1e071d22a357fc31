"""Every command of the window, its keys, and the table of layouts."""
