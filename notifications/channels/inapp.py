"""On the open pages of one person, and in the list of their messages. Needs nothing: it is sent as it is written."""

from django.utils.html import format_html

from live import bus


def announce(user: int, subject: str, path: str) -> None:
    """Put a notice on every open page of that person once the present transaction commits."""
    notice = format_html('<div class="notice high came"><p><a href="{}">{}</a></p></div>', path, subject)
    html = f'<hx-partial hx-target="#messages" hx-swap="innerHTML">{notice}</hx-partial>'
    bus.publish(f"user:{user}", html)
