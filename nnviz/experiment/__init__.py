"""One document: data, network, training, view and notes, and the frames that show it. No Qt."""
