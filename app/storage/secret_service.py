"""The keyring library's Secret Service store, with its connection closed on failure as well."""

from __future__ import annotations

import secretstorage
from keyring.backends import SecretService
from keyring.errors import InitError, KeyringLocked
from secretstorage.exceptions import SecretStorageException


class ClosingSecretService(SecretService.Keyring):
    """As its base, which leaves the D-Bus connection open whenever the keyring is locked."""

    def get_preferred_collection(self) -> secretstorage.Collection:
        """The default collection, unlocked; this may show a window and wait for it.

        Raises:
            InitError: there is no collection and none could be made.
            KeyringLocked: it stayed locked.
        """
        bus = secretstorage.dbus_init()
        try:
            collection = secretstorage.get_default_collection(bus)
            if collection.is_locked():
                collection.unlock()
                if collection.is_locked():
                    raise KeyringLocked("the collection stayed locked")
        except SecretStorageException as error:
            bus.close()
            raise InitError(f"no collection: {type(error).__name__}") from None
        except BaseException:
            bus.close()
            raise
        return collection
