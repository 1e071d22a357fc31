"""The look of the house and its small widgets; they know no run and no data."""
