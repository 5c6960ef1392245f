"""Pages of the instance: facts that every authority shares."""

from django.urls import path

from contacts.views.parliament import dissolutions, imports, places, syncs

app_name = "instance"

urlpatterns = [
    path("imports/", imports.import_list, name="import_list"),
    path("imports/upload/", imports.import_upload, name="import_upload"),
    path("imports/posts/upload/", imports.post_upload, name="post_upload"),
    path("imports/<int:pk>/", imports.import_preview, name="import_preview"),
    path("imports/<int:pk>/apply/", imports.import_apply, name="import_apply"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("places/", places.place_list, name="place_list"),
    path("places/load/", places.place_upload, name="place_upload"),
    path("places/<int:pk>/", places.place_preview, name="place_preview"),
    path("places/<int:pk>/apply/", places.place_apply, name="place_apply"),
    path("places/<int:pk>/discard/", places.place_discard, name="place_discard"),
    path("places/<int:pk>/undo/", places.place_undo, name="place_undo"),
    path("parliament/", syncs.sync_list, name="sync_list"),
    path("parliament/ask/", syncs.sync_ask, name="sync_ask"),
    path("parliament/<int:pk>/", syncs.sync_detail, name="sync_detail"),
    path("parliament/<int:pk>/allow/", syncs.sync_allow, name="sync_allow"),
    path("dissolutions/new/", dissolutions.dissolution_enter, name="dissolution_enter"),
    path("dissolutions/confirm/", dissolutions.dissolution_confirm, name="dissolution_confirm"),
    path("dissolutions/<int:pk>/cancel/", dissolutions.dissolution_cancel, name="dissolution_cancel"),
]
