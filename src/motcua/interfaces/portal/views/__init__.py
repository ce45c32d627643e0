"""The pages of the portal, thin: they ask queries, call actions and render."""
