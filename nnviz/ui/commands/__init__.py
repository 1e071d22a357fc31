"""Every command of the window as a `QAction`, with its words, key and icon, and what the keys do.

May import of ui/: widgets.

Start with `actions.py`.

- An action is made here and connected by whoever carries it out; menus, tooltips and the sheet of shortcuts follow.
- Single keys (Space, S, R …) are shown in menus but handled by the window's `keyPressEvent`, after the focused widget.
"""
