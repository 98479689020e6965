"""Facts that the staff room announces."""

POST_ASSIGNED = "PostAssigned"
POST_ENDED = "PostEnded"
CREDENTIAL_GRANTED = "CredentialGranted"
