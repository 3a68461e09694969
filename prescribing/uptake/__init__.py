"""Uptake (利用): what became of referrals, in counts that may be seen. Knows no database, no page and no person."""

from prescribing.uptake.definitions import STAGES, Course, Figure, Stage, figures
from prescribing.uptake.suppression import suppress, suppress_curve, suppress_figures
from prescribing.uptake.survival import kaplan_meier, life_table

__all__ = [
    "STAGES",
    "Course",
    "Figure",
    "Stage",
    "figures",
    "kaplan_meier",
    "life_table",
    "suppress",
    "suppress_curve",
    "suppress_figures",
]
