"""What a service says no with: Russian words, for the fields they speak of. Nothing was saved when it is raised."""


class Refused(Exception):
    """The input cannot be accepted. `errors`: field → messages; the key "" holds what concerns the whole record."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("; ".join(message for messages in errors.values() for message in messages))
        self.errors = errors

    @property
    def messages(self) -> list[str]:
        """Every one, whatever field it speaks of."""
        return [message for messages in self.errors.values() for message in messages]


class Conflict(Refused):
    """The database holds something that forbids this (a duplicate, a record that others depend on)."""

    def __init__(self, message: str, field: str = "", entity: str = "") -> None:
        super().__init__({field: [message]})
        self.entity = entity
        """The table whose constraint it is, where one is."""


class Changed(Exception):
    """Somebody else saved the same record in between."""
