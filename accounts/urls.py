"""/accounts/ (sign-in, by allauth: only what we use) and /settings/ (people, teams, oneself)."""

from allauth.account import views as allauth
from django.urls import path, re_path

from accounts.views import memberships, passkeys, people, second_step, sessions, settings, teams

urlpatterns = [
    path("accounts/login/", allauth.login, name="account_login"),
    path("accounts/logout/", allauth.logout, name="account_logout"),
    path("accounts/signup/", allauth.signup, name="account_signup"),
    path("accounts/inactive/", allauth.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", allauth.password_change, name="account_change_password"),
    path("accounts/password/reset/", allauth.password_reset, name="account_reset_password"),
    path("accounts/password/reset/done/", allauth.password_reset_done, name="account_reset_password_done"),
    path(
        "accounts/password/reset/key/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("accounts/sessions/", sessions.SessionsView.as_view(), name="usersessions_list"),
    path("accounts/sessions/<int:pk>/end/", sessions.end_session, name="end_session"),
    path("accounts/2fa/", second_step.ask, name="mfa_authenticate"),
    path("accounts/second_step/", second_step.browse, name="second_step"),
    path("accounts/second_step/app/", second_step.add_app, name="add_app"),
    path("accounts/second_step/app/remove/", second_step.remove_app, name="remove_app"),
    path("accounts/second_step/codes/", second_step.make_codes, name="make_codes"),
    path("accounts/passkeys/", passkeys.browse, name="passkeys"),
    path("accounts/passkeys/<int:pk>/remove/", passkeys.remove, name="remove_passkey"),
    path("settings/", settings.settings, name="settings"),
    path("settings/profile/", settings.profile, name="profile"),
    path("settings/people/", people.browse, name="people"),
    path("settings/people/add/", people.add_person, name="add_person"),
    path("settings/people/<int:pk>/", people.person, name="person"),
    path("settings/people/<int:pk>/change_email/", people.change_email, name="change_email"),
    path("settings/people/<int:pk>/deactivate/", people.deactivate, name="deactivate"),
    path("settings/people/<int:pk>/reactivate/", people.reactivate, name="reactivate"),
    path("settings/people/<int:pk>/make_link/", people.make_link, name="make_link"),
    path("settings/people/<int:pk>/end_second_step/", people.end_second_step, name="end_second_step"),
    path("settings/people/<int:pk>/promote/", people.promote, name="promote"),
    path("settings/people/<int:pk>/demote/", people.demote, name="demote"),
    path("settings/people/<int:pk>/put_in_team/", memberships.put_in_team, name="put_in_team"),
    path("settings/memberships/<int:pk>/change_role/", memberships.change_role, name="change_role"),
    path("settings/memberships/<int:pk>/remove/", memberships.remove_from_team, name="remove_from_team"),
    path("settings/teams/", teams.browse, name="teams"),
    path("settings/teams/add/", teams.add_team, name="add_team"),
    path("settings/teams/<slug:slug>/", teams.team, name="team"),
]
