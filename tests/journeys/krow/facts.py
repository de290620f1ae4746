"""What the story of Krow is about, and what it leaves behind."""

DAY = 24 * 60
TAG, BRANCH = "krow-withus-worker-mobile/prod-v0.1.1", "hotfix/krow-withus-worker-mobile-v0.1.1"
PRODUCT = {
    "name": "Staff Mobile",
    "aliases": ["Worker Mobile", "krow-withus-worker-mobile"],
    "process": "krow",
    "team": "krow",
    "version": "0.1.0+5",
}
ROLES = {"release_engineer": "rosa", "devops": "dev", "product_owner": "paula"}
PROBLEM = {
    "title": "Nobody can sign in",
    "product": "staff-mobile",
    "environment": "production",
    "users_affected": {"n": 120, "estimate": False, "source": "support desk"},
    "impact": "Nobody in the field can clock in",
}
# When the product owner decides: of the fix, of the product, of the way back by a tag, of the halt in the stores.
UNKNOWN = [
    "Is the cause known?", "Can somebody reproduce it?", "Is there a workaround?", "No monitor watches this product.",
    "Is data kept by “Deploy the production tag before this one again”?", "Which version ran before?",
    "What would it undo? No repository is connected: nobody can read the migrations.",
    "The tag before this one still exists and can be deployed. "
    "No repository is connected: look whether the tag is there.",
    "How many have the version already?",
]  # fmt: skip

ON_TIME = [
    ("T-0", "Detected"), ("T-0", "Reported"), ("T+5 min", "Severity assessed"), ("T+5 min", "Branch created"),
    ("T+15 min", "Fix in place"), ("T+15 min", "Review started"), ("T+30 min", "Approved"), ("T+30 min", "Merged"),
    ("T+30 min", "Tagged"), ("T+45 min", "Deployed"), ("T+60 min", "Smoke tests passed"), ("T+60 min", "Watch begun"),
]  # fmt: skip
CHECKLIST = """Hotfix: Staff Mobile v0.1.0 → v0.1.1

- [x] Severity assessed and written down
- [x] Branch made from the production tag
- [x] Bug fixed and tested locally
- [x] Version number raised (PATCH only)
- [x] CHANGELOG entry added
- [x] Commit message is clear
- [x] Code review asked for (marked URGENT)
- [x] Approval given
- [x] Merged to main
- [x] Production tag made
- [x] Tag pushed
- [x] Deployed to production
- [x] Smoke tests passed
- [x] Error logs watched (2 hours or more)
- [x] Users told
- [x] GitHub Release made
- [ ] Incident documented

Total Time: 120 minutes
"""
KINDS = [
    "declared", "acknowledged", "assigned", "assigned", "assigned", "severity_confirmed", "decided", "hotfix_started",
    "branch_seen", "fix_pushed", "attested", "attested", "review_requested", "approved", "merged", "tagged", "deployed",
    "smoke_passed", "watch_opened", "overridden", "message_sent", "resolved", "message_sent", "watch_met",
    "message_sent", "attested", "attested", "attested", "attested", "released", "postmortem_scheduled", "attested",
    "postmortem_published", "noted", "closed",
]  # fmt: skip
