"""Notes every name that one of our templates asks for and nobody gave, in conditions too, where Django takes it for nothing."""

from pathlib import Path
from typing import Any

from django.template import base

import seawall

OURS = str(Path(seawall.__file__).parent)
OPTIONAL = ("attrs.", "slots.")
"""What a form library's element is handed: what its page said, and no more."""
asked_in_vain: set[str] = set()
"""The names, each with the page or part that asked for it."""
_lookup = base.Variable._resolve_lookup


def _noted(self: base.Variable, context: Any) -> Any:
    try:
        return _lookup(self, context)
    except base.VariableDoesNotExist:
        template = getattr(getattr(context, "render_context", None), "template", None)
        if template is not None and str(template.origin).startswith(OURS) and not str(self.var).startswith(OPTIONAL):
            asked_in_vain.add(f"{str(template.origin).rpartition('/templates/')[2]}: {self.var}")
        raise


base.Variable._resolve_lookup = _noted
