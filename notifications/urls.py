"""Addresses of channels and deliveries, and of one's own messages."""

from django.urls import path

from notifications.views import channels, held, inbox

urlpatterns = [
    path("settings/channels/", channels.channels, name="channels"),
    path("settings/channels/add/<slug:kind>/", channels.add_channel, name="add_channel"),
    path("settings/channels/<int:pk>/", channels.edit_channel, name="edit_channel"),
    path("settings/channels/<int:pk>/archive/", channels.archive_channel, name="archive_channel"),
    path("settings/channels/<int:pk>/restore/", channels.restore_channel, name="restore_channel"),
    path("settings/channels/test-mail/", channels.test_mail, name="test_mail"),
    path("settings/channels/<int:pk>/test/", channels.test_channel, name="test_channel"),
    path("settings/deliveries/<int:pk>/retry/", channels.retry, name="retry_delivery"),
    path("settings/deliveries/<int:pk>/note/", channels.note, name="note_delivery"),
    path("settings/held/", held.held_messages, name="held"),
    path("settings/held/release/", held.release, name="release_held"),
    path("settings/held/drop/", held.drop, name="drop_held"),
    path("settings/deliveries/<int:pk>/release/", held.release, name="release_delivery"),
    path("settings/deliveries/<int:pk>/drop/", held.drop, name="drop_delivery"),
    path("settings/messages/", inbox.inbox, name="inbox"),
]
