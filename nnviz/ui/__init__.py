"""Windows, panels, views and dialogs, in rooms.

May import of nnviz: core, assets, data, experiment, drawing, export, lessons, session, sweeps.

Start with `window/main_window.py`, which puts the rooms together. From the top floor down:

- `window`: the main window, its docks, bars, layouts, projector and teacher's view, recovery after a crash
- `documents`: new, open, save, the clipboard, tables and their dialog
- `ab`: two networks side by side, in step, with their diagrams, maps and set-ups
- `boundary`: the map, what the network answers everywhere
- `setup`: the sections for data, network and training
- `network`: the diagram, the inspector of a unit, *Try an input*
- `answers`: the pages about every row
- `walls`: many runs side by side, sorted or by two settings
- `race`: several optimisers on one loss surface
- `explain`: worked arithmetic, what the network does with one example step by step
- `lessons`: a lesson step by step, the ring round what it speaks of, the list of all
- `stage`: what an audience sees on a screen of its own, and the console that leads it
- `timeline`: the strip through the past of a run, and what says that the past is shown
- `guide`: every concept and control in a paragraph with a picture, in three levels of words
- `painting`: the brush on the map
- `loss`: the curves
- `form`: controls that are bound to one value of the experiment
- `commands`: every action of the window with its words, key and icon
- `plots`: what the pyqtgraph views share
- `widgets`: the look and the small widgets; they know no run and no data

The rule: a room imports only rooms below it, and no room of views knows another one; `boundary` alone knows
`painting`, the map's tool, and `ab` shows the diagrams and set-ups of two networks. No room imports `window`. `BELOW`
in `tests/import_rules.py` says it exactly.
"""
