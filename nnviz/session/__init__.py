"""Runs by id, the worker that trains, the controller that owns it, and undo. QtCore and QtGui only."""
