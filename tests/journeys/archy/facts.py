"""What the story of archy is about, and what it leaves behind."""

from typing import Any

HOUR = 60
PRODUCT: dict[str, Any] = {
    "name": "Archy",
    "process": "archy",
    "team": "archy",
    "version": "v1.0.0",
    "first_release": "v1.0.0",
    "components": ["neode-ui", "Backend binary archipelago", "ISO image", "OTA manifest"],
    "environments": [
        {"name": "Dev server", "kind": "dev", "hosts": ["192.168.1.228"]},
        {"name": "Live server", "kind": "production", "hosts": ["192.168.1.228"]},
        {"name": "Users' nodes", "kind": "production"},
    ],
}
ROLES = {"fixer": "finn", "watcher": "wim", "decider": "dora"}
PROBLEM = {
    "title": "Nodes hang at start",
    "product": "archy",
    "impact": "Nodes with an update do not come up",
}
CHECKLIST = """Hotfix: Archy v1.0.0 → v1.0.1

- [x] Reproduced on the dev server
- [x] Severity classified
- [x] Branch has the right name
- [x] Change is minimal
- [x] Full test suite has passed
- [ ] Deployed to the dev server
- [x] Verified on the live server
- [x] Merged to main
- [x] Tagged with the new version
- [-] ISO built (not needed: Only the backend changed)
- [x] Release manifest updated
- [-] ISO copied to the Builds folder (not needed: None was built)
- [x] RELEASE-NOTES updated
- [x] Noted in CHANGELOG.md

Total Time: 200 minutes
"""
