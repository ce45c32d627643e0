"""The sign-in page and, in demo mode alone, the personas."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from motcua.foundation.errors import NotFound
from motcua.interfaces.middleware import CONTENT_SECURITY_POLICY
from motcua.interfaces.signing_in import personas, sessions


class SignInView(LoginView):  # type: ignore[misc]  # allauth ships no types
    """Password, passkey, OpenID Connect; the personas in demo mode."""

    template_name = "signing_in/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the personas and the OpenID Connect providers."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["personas"] = personas.present() if settings.DEMO else []
        context["openid_providers"] = settings.OPENID_PROVIDERS
        context["self_registration"] = settings.SELF_REGISTRATION
        context["next"] = self.request.GET.get("next") or self.request.POST.get("next") or ""
        return context

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Lets the form lead to the OpenID Connect servers that the settings name."""
        response: HttpResponse = super().render_to_response(context, **kwargs)
        origins = " ".join(sorted({_origin(each["server_url"]) for each in settings.OPENID_PROVIDERS}))
        if origins:
            response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
                "form-action 'self'", f"form-action 'self' {origins}"
            )
        return response


_sign_in = SignInView.as_view()


def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page. In demo mode also for who is signed in: one changes from person to person there."""
    if settings.DEMO and request.user.is_authenticated and request.method == "GET":
        context = {"personas": personas.present(), "next": request.GET.get("next", "")}
        return render(request, "signing_in/sign_in.html", context)
    response: HttpResponse = _sign_in(request)
    return response


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Signs in as a persona. The address exists in demo mode only; the check here stands for itself too."""
    if not settings.DEMO:
        raise Http404
    wanted = request.POST.get("persona", "")
    chosen = next((pair for pair in personas.present() if pair[0].key == wanted), None)
    if chosen is None:
        raise NotFound("There is no such person in the demonstration.")
    persona, user = chosen
    logout(request)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session[sessions.PERSONA] = persona.key
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return HttpResponseRedirect(target)
    try:
        return HttpResponseRedirect(reverse(persona.lands))
    except NoReverseMatch:  # the portal may be switched off
        return HttpResponseRedirect("/")
