"""One's own tokens: the list, making one (shown once), revoking."""

from allauth.account.decorators import reauthentication_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import signed_in
from accounts.models import ApiToken, Scope
from accounts.tokens import revoke_token
from foundation import moment
from foundation.text import asked
from foundation.written import address
from products.token_form import TokenForm
from products.token_products import make_narrow_token

READABLE = (
    ("/incidents", (Scope.READ, Scope.INCIDENTS)),
    ("/hotfixes", (Scope.HOTFIXES,)),
    ("/deployments", (Scope.INGEST,)),
    ("/monitors", (Scope.MONITORING, Scope.ADMIN)),
)


@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    own = ApiToken.objects.filter(user=signed_in(request)).prefetch_related("narrowed_to__product")
    context = {"tokens": own.order_by("-created_at", "-pk"), "now": moment.now()}
    return render(request, "accounts/tokens.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
def make_token(request: HttpRequest) -> HttpResponse:
    """The answer to the form shows the token; no other page ever does."""
    user = signed_in(request)
    form = TokenForm(request.POST or None, user=user, initial=wanted(request))
    if request.method == "POST" and form.is_valid():
        try:
            token, text = make_narrow_token(user, by=user, **form.facts())
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            context = {"token": token, "text": text, "api": address("/api/v1"), "try_it": readable(token)}
            return render(request, "accounts/token_made.html", context)
    return render(request, "accounts/make_token.html", {"form": form}, status=422 if form.errors else 200)


def wanted(request: HttpRequest) -> dict[str, object]:
    """What a link to the form has chosen beforehand: `?scope=ingest&product=staff-mobile&name=deploy`."""
    scopes = [scope for scope in request.GET.getlist("scope") if scope in Scope.values]
    found = {
        "name": asked(request, "name", 80),
        "scopes": scopes,
        "products": [asked(request, "product", 80)],
    }
    return {name: value for name, value in found.items() if value not in ("", [], [""])}


def readable(token: ApiToken) -> str:
    """What this token may look at, to try it with; "" where it may only say things."""
    return next((path for path, scopes in READABLE if set(scopes) & set(token.scopes)), "")


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own only, so somebody else's is not found."""
    revoke_token(get_object_or_404(ApiToken, pk=pk, user=signed_in(request)), by=signed_in(request))
    return redirect("tokens")
