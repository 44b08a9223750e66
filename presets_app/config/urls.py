"""The root of the URL map."""

from django.urls import include, path

urlpatterns = [path("", include("presets_app.web.urls"))]
handler404 = "presets_app.web.errors.not_found"
handler403 = "presets_app.web.errors.forbidden"
handler400 = "presets_app.web.errors.bad_request"
handler500 = "presets_app.web.errors.failed"
