"""manage.py instance_admin: who looks after the facts that all authorities share."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services import LastInstanceAdmin, WorksNowhere, change_instance_admin


class Command(BaseCommand):
    help = "Make somebody who works here an instance admin, or, with --remove, an instance admin no longer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="their e-mail address")
        parser.add_argument("--remove", action="store_true", help="they are an instance admin no longer")

    def handle(self, *args: Any, **options: Any) -> None:
        email, is_removed = options["email"].strip(), options["remove"]
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"Nobody here has the address {email}. Nothing was changed.")
        try:
            change_instance_admin(user=user, is_instance_admin=not is_removed)
        except WorksNowhere:
            raise CommandError(
                f"{user.email} works for no authority here. Invite them to one first. Nothing was changed."
            ) from None
        except LastInstanceAdmin:
            raise CommandError(
                "Nobody else who can sign in is an instance admin: make somebody one first. "
                "Nothing was changed."
            ) from None
        is_one = "is no longer" if is_removed else "is now"
        self.stdout.write(f"{user.email} {is_one} an instance admin.")
