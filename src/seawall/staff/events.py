"""Facts that the staff room announces."""

POST_ASSIGNED = "PostAssigned"
CREDENTIAL_GRANTED = "CredentialGranted"
