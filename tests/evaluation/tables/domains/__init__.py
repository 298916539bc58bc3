"""A module for each file: its clean data, how it is written, and what is asked of it."""
