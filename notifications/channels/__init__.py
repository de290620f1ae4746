"""The kinds of channels: one file each, and one line here. `inapp` has no row and no network: see its file."""

from collections.abc import Callable
from dataclasses import dataclass

from notifications.channels import apprise, email, matrix, ntfy, slack, teams, tokens, webhook
from notifications.channels.forms import ChannelForm
from notifications.models import Kind
from notifications.parcel import Outcome, Parcel


@dataclass(frozen=True)
class Way:
    """`form` asks for what the kind needs, `shown` says what a page may show of it, `unusable` why it cannot send.

    `whole` makes one of what is known and what is given; it may raise ValidationError. `for_admins`: a team's only, and
    only its administrators set one.
    """

    kind: Kind
    form: type[ChannelForm]
    shown: Callable[[dict[str, str]], str]
    send: Callable[[Parcel], Outcome]
    unusable: Callable[[], str]
    whole: Callable[[dict[str, str], dict[str, str]], dict[str, str]] = lambda known, given: {
        **known,
        **given,
    }
    for_admins: bool = False


WAYS = {
    way.kind: way
    for way in (
        Way(Kind.EMAIL, email.EmailForm, email.shown, email.send, email.unusable),
        Way(Kind.NTFY, ntfy.NtfyForm, ntfy.shown, ntfy.send, ntfy.unusable, tokens.whole),
        Way(Kind.SLACK, slack.SlackForm, slack.shown, slack.send, slack.unusable, slack.whole),
        Way(Kind.TEAMS, teams.TeamsForm, teams.shown, teams.send, teams.unusable),
        Way(Kind.MATRIX, matrix.MatrixForm, matrix.shown, matrix.send, matrix.unusable, tokens.needed),
        Way(Kind.WEBHOOK, webhook.WebhookForm, webhook.shown, webhook.send, webhook.unusable),
        Way(
            Kind.APPRISE, apprise.AppriseForm, apprise.shown, apprise.send, apprise.unusable, for_admins=True
        ),
    )
}
