"""Pure painters: functions of a painter, a geometry, a frame and a theme. QtGui only, no widgets."""
