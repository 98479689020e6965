"""The backend: as Django's own, but HOST `embedded` means start ours first, and bound statements are prepared."""

from typing import Any

from django.db.backends.postgresql import base

from seawall.platform.embedded import connection_settings

OFTEN = 5  # times that a connection asks a bound statement before its plan is kept, as psycopg has it


class DatabaseWrapper(base.DatabaseWrapper):
    """Resolves HOST `embedded` lazily, so that commands without a database never start one."""

    def get_connection_params(self) -> dict[str, Any]:
        if self.settings_dict["HOST"] == "embedded":
            self.settings_dict.update(connection_settings())
        return super().get_connection_params() | {"prepare_threshold": OFTEN}
