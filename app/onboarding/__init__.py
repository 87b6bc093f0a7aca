"""The onboarding rules: facts of a firm's case and what they amount to. No Qt, no I/O."""
