"""What people hold of the city, which a city loaded anew must keep."""

from seawall.platform import sql


def leaves_lived_in() -> frozenset[int]:
    """Areas of the last level in which somebody lives."""
    return frozenset(
        leaf for (leaf,) in sql.fetch("SELECT DISTINCT leaf_id FROM people_person WHERE leaf_id IS NOT NULL")
    )


def document_kinds_held() -> frozenset[str]:
    """Kinds of documents with which anybody is registered."""
    return frozenset(kind for (kind,) in sql.fetch("SELECT DISTINCT kind FROM people_document"))
