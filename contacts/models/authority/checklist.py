"""The chief executive's checklist: six questions about each MP, after the toolkit "Engaging with MPs" of the
Local Government Association (2024), in our own words."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import AuthorityOwned, Membership
from contacts.models.authority.notes import NoteKind, NoteQuerySet, Withdrawable
from contacts.models.parliament.mps import MP
from contacts.models.parliament.news import OF_POSTS, OF_SEATS, MPNews
from contacts.models.parliament.posts import Post, PostKind
from contacts.models.parliament.seats import SeatHolding

# Six answers of this length, with their evidence, fit on one printed page.
LONGEST_ANSWER = 600
# These come and go with every bill and every month, and change nothing about who an MP is to a council.
PASSING_POSTS = frozenset({PostKind.GROUP, PostKind.BILL_COMMITTEE})


class Question(models.TextChoices):
    """In the order of the printed page."""

    BACKGROUND = "background", "Who is this MP, and have they worked in or for local government?"
    CAMPAIGN = "campaign", "What did they stand on, and what do they care about here?"
    PORTFOLIO = "portfolio", "What posts do they hold, and do these match our priorities?"
    RELATIONSHIPS = "relationships", "Who of us knows them already, and how well?"
    CONTACT = "contact", "Who will be in contact with them, how, when and why?"
    RISKS = "risks", "What could go wrong between us, and what would we do then?"

    @property
    def short(self) -> str:
        return {
            Question.BACKGROUND: "Background",
            Question.CAMPAIGN: "What they stood on",
            Question.PORTFOLIO: "Posts and our priorities",
            Question.RELATIONSHIPS: "Who knows them",
            Question.CONTACT: "Contact",
            Question.RISKS: "Risks",
        }[self]


class ChecklistAnswerQuerySet(NoteQuerySet):
    def kept(self) -> Self:
        """Without what was withdrawn."""
        return self.filter(withdrawn_at=None)

    def standing(self) -> Self:
        """What stands for each question of an MP: nothing that was withdrawn, or answered again since."""
        later = ChecklistAnswer.objects.kept().filter(
            authority=OuterRef("authority"),
            mp=OuterRef("mp"),
            question=OuterRef("question"),
            pk__gt=OuterRef("pk"),
        )
        return self.kept().filter(~Exists(later))

    def given(self) -> Self:
        """Without the rows that say a question is open again."""
        return self.exclude(text="")

    def with_staleness(self, on: date, *, days: int) -> Self:
        """The only definition of when an answer is out of date, as annotations as at `on`:

        - `is_old`: given more than `days` days before;
        - `has_new_posts`: since then the MP gained or lost a post, of those that do not come and go, or one
          changed, or a source first told of any of it;
        - `has_new_seat`: since then they won a seat, or left theirs, or a source first told of it;
        - `is_stale`: any of these.
        """
        news = MPNews.objects.filter(
            mp=OuterRef("mp"), known_at__gt=OuterRef("answered_at"), happened_on__lte=on
        )
        told_of_posts = news.filter(kind__in=OF_POSTS).exclude(post__kind__in=PASSING_POSTS)
        posts = Post.objects.filter(mp=OuterRef("mp")).exclude(kind__in=PASSING_POSTS)
        gained = Q(started_on__gt=OuterRef("answered_on")) | Q(seen_on__gt=OuterRef("answered_on"))
        lost = Q(ended_on__gte=OuterRef("answered_on"), ended_on__lt=on)
        holdings = SeatHolding.objects.filter(mp=OuterRef("mp"))
        won = Q(started_on__gt=OuterRef("answered_on"), started_on__lte=on)
        return self.annotate(
            is_old=Q(answered_on__lt=on - timedelta(days=days)),
            has_new_posts=Exists(posts.current(on).filter(gained))
            | Exists(posts.filter(lost))
            | Exists(told_of_posts),
            has_new_seat=Exists(holdings.filter(won | lost)) | Exists(news.filter(kind__in=OF_SEATS)),
        ).annotate(is_stale=Q(is_old=True) | Q(has_new_posts=True) | Q(has_new_seat=True))


class ChecklistAnswer(Withdrawable, AuthorityOwned):
    """What somebody answered. Never changed but to be withdrawn: answering again adds a row, and the newest
    one stands. An empty text says that the question is open again."""

    mp = models.ForeignKey(MP, on_delete=models.PROTECT, related_name="checklist_answers", verbose_name="MP")
    question = models.CharField(max_length=15, choices=Question.choices)
    text = models.TextField("answer", max_length=LONGEST_ANSWER, blank=True)
    evidence = models.CharField(max_length=200, blank=True)
    kind = models.CharField("this is", max_length=12, choices=NoteKind.choices, blank=True)
    answered_on = models.DateField()
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    found_stale_at = models.DateTimeField(
        null=True, blank=True, help_text="When somebody was asked to look at it again."
    )

    # Set by `with_staleness`.
    is_old: bool
    has_new_posts: bool
    has_new_seat: bool
    is_stale: bool

    objects = ChecklistAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            *Withdrawable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(text="", evidence="", kind="") | (~Q(text="") & ~Q(kind="")),
                name="an_answer_says_what_it_is",
            ),
        ]
        indexes = [
            models.Index(fields=["authority", "mp", "question", "-id"], name="checklist_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.question} of {self.mp_id}, {self.answered_on:%-d %B %Y}"

    @property
    def evidence_url(self) -> str:
        """The evidence, where it is nothing but the address of a page."""
        return self.evidence if re.fullmatch(r"https?://\S+", self.evidence) else ""
