"""The set-up: data, network and training sections."""
