"""The addresses as they are in demo mode."""

from django.urls import path

from motcua.config.urls import *  # noqa: F403
from motcua.config.urls import urlpatterns as whole
from motcua.interfaces.signing_in.views import demo_sign_in

urlpatterns = [*whole, path("sign-in/demo/", demo_sign_in, name="demo_sign_in")]
