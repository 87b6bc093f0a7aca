"""`schema`: the JSON Schema of the case file."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from app.commands.output import Exit
from app.onboarding.case import Case


def run(arguments: Namespace) -> Exit:
    """Print the schema; it is JSON with or without `--json`."""
    json.dump(Case.model_json_schema(), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    return Exit.FINE
