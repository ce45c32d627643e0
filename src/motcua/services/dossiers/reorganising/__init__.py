"""The State reorganises: plans, their dry run, and the moves on the day."""
