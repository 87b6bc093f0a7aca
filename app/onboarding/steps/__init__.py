"""What each of the seven steps requires: one module per step, pure functions of the case."""
