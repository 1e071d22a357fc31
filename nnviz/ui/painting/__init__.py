"""The brush on the map."""
