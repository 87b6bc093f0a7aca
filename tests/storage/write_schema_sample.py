"""Writes a sample database of the present schema, for keeps (see schemas/README.md)."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from app.onboarding.editing import with_unaccepted
from app.storage.case_store import CaseStore
from app.storage.database import open_database
from app.storage.history import FileFacts
from app.storage.host_keys import HostKeys
from app.storage.paths import DataFolder
from app.storage.preferences import Preferences
from tests.rig import cases
from tests.storage.sample_cases import ACCEPTED, ORIGIN, Clock, created, edit, saved_case


def main(sample: Path) -> None:
    """Fill a database with something of everything, and keep its file as `sample`."""
    with tempfile.TemporaryDirectory() as place:
        folder = DataFolder(Path(place))
        with open_database(folder) as database:
            store = CaseStore(database, origin=ORIGIN, now=Clock())
            complete = cases.self_reporting_case()
            store.save(complete, created(complete))
            store.record_export(
                complete.id, store.head(complete.id)[1], FileFacts("summary.pdf", 9, "ab" * 32)
            )
            begun = edit(store, saved_case(store), "registration.crd", "123456")
            store.save(with_unaccepted(begun, "registration.ltid_accounts", "many"), [])
            store.archive(saved_case(store, "Withdrawn Securities").id)
            HostKeys(database, origin=ORIGIN).accept(ACCEPTED)
            Preferences(database).keep("appearance", "dark")
            Preferences(database).remember_page(begun.id, "sftp")
        shutil.copyfile(folder.database, sample)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
