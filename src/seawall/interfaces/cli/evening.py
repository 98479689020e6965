"""`seawall evening`: run the steps of a day's evening here, and say how far they came."""

from datetime import date

import typer

from seawall.campaigns.selectors import CampaignRow
from seawall.command import selectors as command
from seawall.command import services
from seawall.command.services import EveningStopped
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor

GRANTS = frozenset({"evening"})


def run_evening(who: Actor, campaign: CampaignRow, day: date | None) -> bool:
    """Whether it came to its end."""
    day = day or clock.today()
    try:
        services.evening_run(who, campaign.code, day)
        stopped = None
    except EveningStopped as error:
        stopped = error
    latest = command.evening_page(who, campaign, day).latest
    for step in latest.steps if latest else ():
        took = "" if step.seconds is None else f" {step.seconds:.1f} s"
        typer.echo(f"{step.state:8} {reference.say(step.code, {}, who.language)}{took}")
    if stopped:
        typer.secho(reference.say(stopped.refusal.code, stopped.refusal.params, who.language), err=True)
    return stopped is None
