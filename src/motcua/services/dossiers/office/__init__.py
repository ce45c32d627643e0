"""People at work: their lists, what they may do, what leaders see, many at once."""
