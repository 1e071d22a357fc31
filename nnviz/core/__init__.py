"""The engine: networks, their training and the mathematics of both. It knows nothing above it."""
