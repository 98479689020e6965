"""What the command does by itself: the evening begins at the campaign's cut-off, and runs outside every request."""

from uuid import UUID

from procrastinate.contrib.django import app

from . import services


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="command.cut_off", name="command.cut_off")
def cut_off_task(timestamp: int) -> None:
    """Start the evenings whose cut-off has passed."""
    services.evenings_due()


@app.task(name="command.evening")
def evening_task(run: str) -> None:
    """Run the steps of an evening that was asked for."""
    services.evening_go(UUID(run))
