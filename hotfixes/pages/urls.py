"""Addresses of hotfixes; a check is named by its key."""

from django.urls import path

from hotfixes.approving.views import approve_hotfix, withdraw
from hotfixes.pages.checks_text import checks_text
from hotfixes.pages.views import hotfix, hotfixes, recheck
from hotfixes.pages.views_said import abandon_hotfix, said
from hotfixes.pages.views_versions import change_versions

urlpatterns = [
    path("", hotfixes, name="hotfixes"),
    path("<str:ref>/", hotfix, name="hotfix"),
    path("<str:ref>/checks.txt", checks_text, name="checks_text"),
    path("<str:ref>/recheck", recheck, name="recheck"),
    path("<str:ref>/approve", approve_hotfix, name="approve_hotfix"),
    path("<str:ref>/approve/withdraw", withdraw, name="withdraw_approval"),
    path("<str:ref>/versions", change_versions, name="change_versions"),
    path("<str:ref>/abandon", abandon_hotfix, name="abandon_hotfix"),
    path("<str:ref>/checks/<str:key>/attest", said, {"deed": "attest"}, name="attest_check"),
    path("<str:ref>/checks/<str:key>/override", said, {"deed": "override"}, name="waive_check"),
    path("<str:ref>/checks/<str:key>/confirm", said, {"deed": "confirm"}, name="confirm_waiver"),
    path("<str:ref>/checks/<str:key>/withdraw", said, {"deed": "withdraw"}, name="withdraw_waiver"),
]
