"""Social prescribing: patients, consent, matching, referrals, uptake.

Nothing lives here yet: the finder comes first and runs alone. It will see places only through `import placefinder`.
"""

__all__: list[str] = []
