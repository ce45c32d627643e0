"""The forms designer: pages and questions, conditions without code, preview, versions. Every change is one action."""
