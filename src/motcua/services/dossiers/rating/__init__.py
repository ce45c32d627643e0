"""How applicants were served: asked, counted, scored."""
