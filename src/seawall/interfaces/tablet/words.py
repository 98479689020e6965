"""Words of the tablet's pages."""


def words() -> dict[str, str]:
    """Key to text in the current language."""
    return {}
