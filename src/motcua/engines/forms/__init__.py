"""Forms: versioned schemas with Vietnamese types, validated once on the server (DESIGN §3).

form = parse_form(data)                     # or services.procedures.forms.form_for(procedure)
raw = from_post(form, "who", request.POST)  # or JSON as it came
result = validate(form, raw)                # .values, .errors, .ok
"""

from motcua.engines.forms.cleaning import FileFact
from motcua.engines.forms.parsing import FormUnreadable, check, parse_form
from motcua.engines.forms.reading import Problem
from motcua.engines.forms.schema import Field, Form, Group, Option
from motcua.engines.forms.text import Message, Text
from motcua.engines.forms.validation import Result, validate

__all__ = [
    "Field",
    "FileFact",
    "Form",
    "FormUnreadable",
    "Group",
    "Message",
    "Option",
    "Problem",
    "Result",
    "Text",
    "check",
    "parse_form",
    "validate",
]
