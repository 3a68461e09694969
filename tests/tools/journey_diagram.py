"""The journey's table as a diagram of Mermaid, for docs/explanation/journey.md: `python tests/tools/journey_diagram.py` prints it."""

from prescribing.journey import MOVES, STATES

ASIDE = ("closed", "on_hold", "transferred", "withdrawn_consent", "entered_in_error")
"""Reached from nearly everywhere: told in the text, not drawn."""


def diagram() -> str:
    """One line a state and one an arrow, in the order of the lists."""
    lines = ["stateDiagram-v2", "    direction TB", "    [*] --> draft"]
    lines += [
        f"    {state.state}: {state.name_ja}<br/>{state.state}" for state in STATES.values() if state.state not in ASIDE
    ]
    for move in MOVES.values():
        if move.to_state in STATES and move.to_state not in ASIDE:
            by = "・".join(move.parties)
            lines += [
                f"    {before} --> {move.to_state}: {move.move} ({by})"
                for before in move.from_states
                if before not in ASIDE
            ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(diagram())
