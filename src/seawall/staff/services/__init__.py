"""What may be asked to change staff: create accounts, assign posts, grant credentials, make the posts of a demonstration."""

from .accounts import accounts_create
from .credentials import credentials_grant
from .demo import demo_posts, unit_posts
from .posts import posts_assign

__all__ = ["accounts_create", "credentials_grant", "demo_posts", "posts_assign", "unit_posts"]
