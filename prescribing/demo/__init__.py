"""The demo story (見本の経過): invented people of the demo town and what became of their referrals in two years."""

from prescribing.demo.people import Cast, Office, Person, Rates, Referrer, Site, Step, Story
from prescribing.demo.telling import REFERRALS, stories

__all__ = ["REFERRALS", "Cast", "Office", "Person", "Rates", "Referrer", "Site", "Step", "Story", "stories"]
