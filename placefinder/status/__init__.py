"""Status (開催状況): whether something still takes place, told only by plain words of a list, with the sentence that says so."""

from placefinder.status.sentences import StatusSaid, read_status, status_on

__all__ = ["StatusSaid", "read_status", "status_on"]
