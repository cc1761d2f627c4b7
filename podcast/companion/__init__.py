"""The parts behind `earmark web`: ports, ownership, backup folders, advice."""
