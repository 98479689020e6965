"""Background jobs, in PostgreSQL: the relay and the sealer, every minute."""

from procrastinate.contrib.django import app

from . import services


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="platform.round", name="platform.round")
def round_task(timestamp: int) -> None:
    """Deliver facts and seal acts."""
    services.background_round()
