"""Facts that campaigns announces."""

CAMPAIGN_LOADED = "CampaignLoaded"
GROUPS_ASSIGNED = "GroupsAssigned"
PLAN_COMPUTED = "PlanComputed"
PLAN_PUBLISHED = "PlanPublished"
POLICY_PROPOSED = "PolicyProposed"
POLICY_APPLIED = "PolicyApplied"
