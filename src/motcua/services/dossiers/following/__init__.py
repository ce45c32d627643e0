"""What follows from what happens to a dossier: papers for the applicant, and messages. Importing it registers all."""

from motcua.services.dossiers.following import groups, helpers, readers, turns

__all__ = ["groups", "helpers", "readers", "turns"]
