"""The map: what the network answers everywhere, and what is chosen of it."""
