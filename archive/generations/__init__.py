"""Cleaning done again: which texts, what became of each, and the values that it replaced, to be put back."""
