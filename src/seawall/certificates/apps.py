"""Django app of the certificates room."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "seawall.certificates"
    label = "certificates"

    def ready(self) -> None:
        """Hear when a record is put right, merged or parted; say what rests sealed."""
        from seawall.people import events as people
        from seawall.platform import relay
        from seawall.platform.rotation import Column, rests_in

        from . import jobs
        from .models import Certificate, SigningKey

        for fact in (people.RECORD_CORRECTED, people.PERSON_MERGED, people.PERSON_UNMERGED):
            relay.subscribe(fact, "certificates", jobs.record_changed)
        rests_in(Column(SigningKey, "private_sealed"), Column(Certificate, "codes_sealed"))
