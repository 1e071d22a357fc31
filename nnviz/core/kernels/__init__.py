"""The compiled engine: every epoch of a small network in machine code, without the interpreter's lock."""
