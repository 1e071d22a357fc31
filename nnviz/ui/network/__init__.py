"""The diagram, the inspector of a unit and the panel to try an input."""
