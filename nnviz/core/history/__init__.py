"""What a run leaves behind: its figures epoch by epoch, thinned within a budget, and snapshots of its parameters."""
