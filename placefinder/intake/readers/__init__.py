"""One small reader per source form, found by the names of a table's columns."""

from placefinder.intake.readers._form import Form
from placefinder.intake.readers.detection import FORMS, detect, form_named

__all__ = ["FORMS", "Form", "detect", "form_named"]
