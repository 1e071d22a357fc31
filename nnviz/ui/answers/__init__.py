"""The pages about every row: rows, confusion, predicted values, mistakes, drawing."""
