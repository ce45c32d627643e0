"""Views of the desk: thin; rules are in actions and queries."""
