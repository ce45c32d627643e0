"""What if: last year's dossiers of a procedure through a changed flow or other staffing, before anybody publishes it.

``history`` reads what happened, ``simulation`` (pure) plays it again, ``report`` compares. docs/administrators/flows.md
says what it leaves out.
"""

from motcua.services.dossiers.whatif.report import Answer, Change, Figures, StepFigures, answer

__all__ = ["Answer", "Change", "Figures", "StepFigures", "answer"]
