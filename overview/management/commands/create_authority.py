"""manage.py create_authority: the first step on an empty installation, and each new authority after it."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.joining import join_path
from accounts.models import Nation
from accounts.services import AlreadyExists, create_authority
from contacts.notes import create_default_policy_areas
from enquiries.services import create_default_policies, create_default_topics

# What to ask for each argument.
QUESTIONS = {
    "name": "Name of the authority, such as Northmoor Council",
    "slug": "Its first word in addresses",
    "ons_code": "Its ONS code, such as E06000057",
    "nation": f"Nation ({', '.join(Nation.values)})",
    "prefix": "What its enquiry references begin with, 2 to 6 capital letters",
    "admin_email": "E-mail address of its first admin",
    "admin_name": "Full name of its first admin",
}
NATION_OF_CODE = {
    "E": Nation.ENGLAND,
    "W": Nation.WALES,
    "S": Nation.SCOTLAND,
    "N": Nation.NORTHERN_IRELAND,
}
ONS_CODE = re.compile(r"^[A-Z]\d{8}$")


class Command(BaseCommand):
    help = (
        "Make an authority with its default response policy and its first admin, who gets a link to choose a "
        "password. On an empty installation that person also looks after the facts all authorities share. "
        "What is not given is asked for, if there is a terminal."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for argument, question in QUESTIONS.items():
            parser.add_argument(f"--{argument.replace('_', '-')}", help=question)

    def handle(self, *args: Any, **options: Any) -> None:
        answers = self._answers(options)
        try:
            membership = self._create(answers)
        except AlreadyExists as error:
            taken = answers[error.field]
            raise CommandError(f"There is an authority with {taken} already. Nothing was changed.") from None
        except ValidationError as error:
            reasons = " ".join(f"{field}: {' '.join(said)}" for field, said in error.message_dict.items())
            raise CommandError(f"{reasons} Nothing was changed.") from None

        user = membership.user
        self.stdout.write(f"{membership.authority} is at {settings.BASE_URL}/{membership.authority.slug}/")
        if user.is_instance_admin:
            self.stdout.write(f"{user.email} imports the lists of MPs that all authorities share.")
        if user.has_joined:
            self.stdout.write(f"{user.email} has a password already and can sign in at once.")
        else:
            link = settings.BASE_URL + join_path(user, now=timezone.now())
            self.stdout.write(
                f"Give {user.email} this link. It works once, for {settings.INVITATION_DAYS} days:\n{link}"
            )

    def _answers(self, options: dict[str, Any]) -> dict[str, str]:
        """Every argument, asked for where it is missing; a proposal is taken when there is no terminal."""
        answers: dict[str, str] = {}
        for argument, question in QUESTIONS.items():
            given = (options[argument] or "").strip()
            proposal = self._proposal(argument, answers)
            if not given and sys.stdin.isatty():
                given = input(f"{question}{f' [{proposal}]' if proposal else ''}: ").strip()
            answers[argument] = given or proposal
        missing = [f"--{argument.replace('_', '-')}" for argument in QUESTIONS if not answers[argument]]
        if missing:
            raise CommandError(f"Also give {', '.join(missing)}.")
        return answers

    def _proposal(self, argument: str, answers: dict[str, str]) -> str:
        if argument == "slug":
            return re.sub(r"-(council|combined-authority)$", "", slugify(answers["name"]))
        if argument == "nation":
            return NATION_OF_CODE.get(answers["ons_code"][:1].upper(), "")
        return ""

    def _create(self, answers: dict[str, str]) -> Any:
        code = answers["ons_code"] = answers["ons_code"].upper()
        if not ONS_CODE.match(code):
            raise ValidationError({"ons_code": [f"{code} is no ONS code: a letter and eight digits."]})
        if not answers["admin_name"].strip():
            raise ValidationError({"admin_name": ["Give the first admin's name."]})
        try:
            validate_email(answers["admin_email"])
        except ValidationError:
            raise ValidationError(
                {"admin_email": [f"{answers['admin_email']} is no e-mail address."]}
            ) from None
        with transaction.atomic():
            membership = create_authority(
                name=answers["name"],
                slug=answers["slug"],
                ons_code=code,
                nation=answers["nation"],
                reference_prefix=answers["prefix"],
                admin_email=answers["admin_email"],
                admin_name=answers["admin_name"],
                now=timezone.now(),
            )
            create_default_policies(authority=membership.authority)
            create_default_topics(authority=membership.authority)
            create_default_policy_areas(authority=membership.authority)
        return membership
