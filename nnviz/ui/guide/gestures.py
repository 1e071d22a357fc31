"""Keys and movements of the mouse that no menu lists: where they act, and what they do."""

from __future__ import annotations

from typing import NamedTuple


class Gesture(NamedTuple):
    """Something done with hand or key."""

    where: str
    how: str
    does: str


GESTURES: tuple[Gesture, ...] = (
    Gesture("Network", "Click a unit or an edge", "Open its weights, or the weight"),
    Gesture("Network", "Right-click a unit or an edge", "Mute, freeze, clone, remove it; cut or pin a weight"),
    Gesture("Network", "Click or double-click the background", "Close what is open; show the whole network"),
    Gesture("Network", "Drag the background", "Move the network"),
    Gesture("Network", "Ctrl and wheel, + and −", "Zoom"),
    Gesture("Network", "Wheel", "Move a zoomed network, or go through the layers of a deep one"),
    Gesture("Network", "Arrow keys", "Walk from unit to unit"),
    Gesture("Network", "Enter or Space, Esc", "Open the unit, and leave it"),
    Gesture("Network", "Menu key, or Shift+F10", "The same menu for the unit that the keyboard is on"),
    Gesture("Network", "Drag an edge up or down", "Make its weight larger or smaller"),
    Gesture("Network", "Drag the dot of a bias", "Change the bias"),
    Gesture("Weights of a unit", "Drag a bar", "Change the weight"),
    Gesture("Weights of a unit", "Left and right arrow, with Shift", "Change it in steps, ten times as large"),
    Gesture("Weights of a unit", "Enter or F2", "Type a number, such as 1/3"),
    Gesture("Weights of a unit", "Right click or menu key on a row", "Cut or pin the weight; why it moved"),
    Gesture("Map", "Move the mouse", "Read what is answered there"),
    Gesture("Map", "Click a point, with Ctrl", "Mark its row in every view, or one more"),
    Gesture("Map", "Click anywhere while an input is tried", "Try what is there"),
    Gesture("Map", "Shift and drag", "Mark all points in a rectangle"),
    Gesture("Map", "Wheel, drag, double-click", "Zoom, move, show all points again"),
    Gesture("Lines of the units", "Drag a line, or its ring; click it", "Move it, turn it; open its unit"),
    Gesture("Lines of the units", "Shift and drag", "Scale its weights: steeper or flatter"),
    Gesture("Lines of the units", "Arrow keys on the map", "Move the line of the opened unit"),
    Gesture("Lines of the units", "Ctrl, or Shift, with arrow keys", "Turn it, or make it steeper or flatter"),
    Gesture("Painting", "B, O, E, V, J", "Brush, single points, eraser, select and move, jitter"),
    Gesture("Painting", "[ and ]", "Smaller and larger brush"),
    Gesture("Painting", "Ctrl+A, Delete, Esc", "Select all points, remove them, end painting"),
    Gesture("Curves", "Wheel, drag, double-click", "Zoom, move, show all epochs again"),
    Gesture("Timeline", "Drag, wheel, arrow keys", "Go to another epoch"),
    Gesture("Timeline", "Home and End", "The first epoch and the present"),
    Gesture("Worked arithmetic", "Space or PgDn", "The next step of the sheet"),
    Gesture("Worked arithmetic", "Backspace or PgUp", "The step before"),
    Gesture("Worked arithmetic", "Tab in the formula of the network", "Light one layer after the other"),
    Gesture("Warp", "Arrow keys, PgUp and PgDn, Home and End", "Take the data through the layers"),
    Gesture("Wall", "Click, arrow keys, Home, End", "Choose a run"),
    Gesture("Panels", "Drag or double-click a title bar", "Move the panel, or let it float"),
    Gesture("Projector view", "Space", "Play and pause"),
    Gesture("Projector view", "PgDn (a clicker's next)", "The next step of the lesson, else one epoch"),
    Gesture("Projector view", "PgUp (a clicker's back)", "One step of the lesson back, else an epoch of the past"),
    Gesture("Projector view", ". or B (a clicker's blank)", "Black screen, and back"),
    Gesture("Projector view", "F5 (a clicker's start)", "Begin, on a second screen where there is one"),
    Gesture("Projector view", "F10, or the mouse at the top edge", "The console: spotlight, pen, clock, the next step"),
    Gesture("Projector view", "Esc or F11", "Leave it; everything is as it was. Esc closes a card first"),
    Gesture("Predict", "Drag; arrow keys and Enter", "Draw on the map or the loss plot; Enter twice ends the line"),
    Gesture("Predict", "1 to 5, Backspace, 0", "Count a vote, take the last one back, end the vote"),
    Gesture("Predict", "E", "Lower the curtain; lift it from left to right; put it away"),
    Gesture("Everywhere", "F6, with Shift back", "Go to the panel that was opened, or to the next one"),
    Gesture("Everywhere", "Tab, and arrow keys among tabs", "Go through the controls of a panel"),
    Gesture("Everywhere", "Esc", "Give single keys back to the window while something is typed"),
    Gesture("Everywhere", "F1 over a control", "Open this guide at that control"),
    Gesture("Everywhere", "Shift+F1, then a click", "Explain what is clicked, with a link to its concept"),
)
"""All of them, in the order of the guide."""
