"""Large submission files to measure with. All of it is invented; the same on every run."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import tempfile
from pathlib import Path

NAME = "123_999_20200101_CAIS_{:06}.json.bz2"
_STREETS = "Oak Maple Cedar Pine Elm Washington Lake Hill Park Main Church Mill Spring".split()
_NAMES = "Adams Baker Clark Davis Evans Frank Ghosh Hills Irwin Jones Klein Lopez Mason".split()


def record(number: int, chance: random.Random) -> str:
    """One FDID record of some 700 bytes, as text."""
    street = f"{chance.randrange(1, 9999)} {chance.choice(_STREETS)} Street"
    ltids = [
        {
            "largeTraderRecordID": number * 2,
            "largeTraderID": f"{chance.randrange(10**8):08}-{number % 10_000:04}",
            "ltidEffectiveDate": 20150101 + chance.randrange(28),
        }
    ]
    holder = {
        "customerRecordID": number,
        "role": "TRDHOLDER",
        "roleStartDate": 20150101 + chance.randrange(28),
    }
    return json.dumps(
        {
            "fdidRecordID": number,
            "firmDesignatedID": hashlib.blake2b(b"%d" % number, digest_size=10).hexdigest(),
            "fdidType": "ACCOUNT",
            "accountType": "OTHER",
            "accountName": f"{chance.choice(_NAMES)} and {chance.choice(_NAMES)} Trust {number}",
            "fdidDate": 20100101 + chance.randrange(28),
            "branchOfficeCRD": chance.randrange(10**6),
            "registeredRepCRD": [chance.randrange(10**7)],
            "largeTraderList": ltids,
            "addressList": [
                {
                    "addrType": "ADDRESS1",
                    "addrLine1": street,
                    "city": "Springfield",
                    "regionCode": "IL",
                    "countryCode": "US",
                    "postalCode": f"{chance.randrange(10**5):05}",
                }
            ],
            "fdidCustomerList": [holder, {**holder, "role": "AUTHREP"}],
        },
        separators=(",", ":"),
    )


def made(records: int, number: int = 1) -> Path:
    """A flawless file of the LTID phase with so many accounts, made once and kept."""
    folder = Path(tempfile.gettempdir()) / "cais-onboarding-bench"
    folder.mkdir(exist_ok=True)
    path = folder / f"{records}" / NAME.format(number)
    if path.exists():
        return path
    path.parent.mkdir(exist_ok=True)
    chance = random.Random(number)
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as target:
        packer = subprocess.Popen(["bzip2", "-9"], stdin=subprocess.PIPE, stdout=target)
        assert packer.stdin is not None
        head = '{"version":"1.0.0","catReporterCRD":999,"catSubmitterID":123,"fdidRecordCount":'
        packer.stdin.write(f'{head}{records},"fdidRecordList":['.encode())
        for index in range(1, records + 1):
            packer.stdin.write((("," if index > 1 else "") + record(index, chance)).encode())
        packer.stdin.write(b"]}")
        packer.stdin.close()
        if packer.wait() != 0:
            raise RuntimeError("bzip2 could not pack the sample")
    unfinished.rename(path)
    return path
