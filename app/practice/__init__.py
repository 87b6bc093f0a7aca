"""A simulated CAIS on this computer: to practise in, and to test against. Nothing in it counts."""
