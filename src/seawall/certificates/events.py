"""Facts that the certificates room announces."""

CERTIFICATE_ISSUED = "CertificateIssued"
"""owner person; payload: certificate, programme."""

CERTIFICATE_REVOKED = "CertificateRevoked"
"""owner person; payload: certificate, programme, reason."""
