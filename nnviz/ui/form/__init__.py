"""Controls that are bound to one value of the experiment."""
