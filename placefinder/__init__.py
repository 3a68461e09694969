"""Which places there are, when they open, whom they suit: the finder (居場所・通いの場・こども食堂をさがす)."""

__all__: list[str] = []
