"""Running a submission: its cells in a cage, its tests beside it."""
