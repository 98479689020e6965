"""Facts that the command room announces."""

ORDER_ISSUED = "OrderIssued"
ORDER_VERIFIED = "OrderVerified"
ALERT_RAISED = "AlertRaised"
