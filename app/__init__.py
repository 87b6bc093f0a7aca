"""CAIS Onboarding: takes a broker-dealer through onboarding to CAIS."""

__version__ = "0.1.0"
