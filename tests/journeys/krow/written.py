"""What the page of the process says, as it was written down."""

USE = [
    "A critical bug in production that affects users", "Data is lost, or there is a security vulnerability",
    "The service is unavailable, or a major feature is broken", "Something keeps customers from going on",
]  # fmt: skip
LEAVE = [
    "A minor bug that can wait for the next release", "A feature request", "An improvement that would be nice to have",
    "A question of styling",
]  # fmt: skip

PLAN = [
    "Detected", "Reported", "Severity assessed", "Branch created", "Fix in place", "Review started", "Approved",
    "Merged", "Tagged", "Deployed", "Smoke tests passed", "Watch begun", "Emergency resolved", "Users told",
    "Follow-up sent",
]  # fmt: skip
WRITTEN = [
    "Krow hotfix process", "Urgent fixes to production.", "Krow-workspace", "docs/RELEASE/HOTFIX_PROCESS.md",
    "Achintha Isuru", "085445e730", "6.4 KiB", "Last updated", "2026-03-05", "days ago", "RELEASE_VISUAL_GUIDE.md",
    "RELEASE_WORKFLOW.md", "VERSION_FILES_REFERENCE.md", "Development", "Staging", "Production", *USE, *LEAVE,
    "< 1 h", "< 4 h", "next release",
    "Service down, data loss, security", "Major feature broken, workaround available", "Minor feature affected",
    "Skip the review, not even in an emergency", "Put several unrelated fixes into one hotfix",
    "Forget the version number", "Forget the changelog entry", "Deploy without testing", "Forget to tell the users",
    "Keep the hotfix small and about one thing", "Test every fix locally first", "Get at least one approval",
    "Update every version file", "Deploy at once after the approval", "Watch actively for two hours or more",
    "Release Engineer", "DevOps", "Product Owner", "Affected Team", "Slack: #emergency-releases",
    "What cannot wait is settled on a call.", "Chooses between a rollback and a hotfix", "Carries out what was decided",
    "Watches the infrastructure",
]  # fmt: skip
ORDER = ["When to hotfix", "Steps", "Do and don't", "Afterwards", "Contacts"]
