"""Posts that MPs hold: in government and opposition, on committees, in all-party groups."""

from __future__ import annotations

from copy import copy
from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q


class PostKind(models.TextChoices):
    GOVERNMENT = "government", "Government"
    OPPOSITION = "opposition", "Opposition"
    SPOKESPERSON = "spokesperson", "Party spokesperson"
    PPS = "pps", "Parliamentary private secretary"
    WHIP = "whip", "Whip"
    SPEAKER = "speaker", "Speaker or deputy"
    COMMITTEE = "committee", "Select committee"
    BILL_COMMITTEE = "bill-committee", "Public bill committee"
    GROUP = "group", "All-party group"
    OTHER = "other", "Other post in Parliament"


# Their members are named by the body alone.
OF_BODIES = (PostKind.COMMITTEE, PostKind.BILL_COMMITTEE, PostKind.GROUP)
# Only those who sit hold these; who was a minister may stay one.
OF_MPS = (*OF_BODIES, PostKind.PPS, PostKind.SPEAKER)


class PostWords(models.Model):
    """What a post is called, and how it is held: what its source may say otherwise of the same post."""

    kind = models.CharField(max_length=15, choices=PostKind.choices)
    title = models.CharField(max_length=300, help_text="Such as Minister of State, Chair, Member.")
    body = models.CharField(
        max_length=200, blank=True, help_text="The department, committee or group, where it has one."
    )
    is_in_government = models.BooleanField(default=False)
    is_chair = models.BooleanField("chairs it, alone or with others", default=False)
    is_acting = models.BooleanField("stands in for somebody", default=False)
    is_on_leave = models.BooleanField(default=False)

    class Meta:
        abstract = True

    @property
    def is_office(self) -> bool:
        """Whether it is said beside the MP's name: a post in government, in opposition or in the chair of the
        House or of a select committee."""
        of_itself = self.kind in (PostKind.GOVERNMENT, PostKind.OPPOSITION, PostKind.SPEAKER)
        return of_itself or self.is_in_government or (self.kind == PostKind.COMMITTEE and self.is_chair)

    @property
    def in_full(self) -> str:
        """Its title and body, and how it is held."""
        how = f"{' (acting)' if self.is_acting else ''}{' (on leave)' if self.is_on_leave else ''}"
        return f"{self}{how}"

    def __str__(self) -> str:
        return f"{self.title}, {self.body}" if self.body and self.body not in self.title else self.title


# The names of its fields.
WORDS = tuple(each.name for each in PostWords._meta.local_fields)


class PostQuerySet(models.QuerySet["Post"]):
    def current(self, on: date) -> PostQuerySet:
        """Posts held on this day. One whose start is not known counts from its source's day on."""
        begun = Q(started_on__lte=on) | Q(started_on=None, seen_on__lte=on)
        return self.filter(begun).filter(Q(ended_on=None) | Q(ended_on__gte=on))

    def of_ministers(self) -> PostQuerySet:
        """Ministers of the Crown, the government's whips among them."""
        return self.filter(is_in_government=True)

    def as_called(self, on: date) -> list[Post]:
        """These posts in the words that they had on this day, to be read and never saved; each with what it
        was called `formerly`, the latest first, and as it is `now`, if otherwise. A post that is over has
        those of its last day. In two queries."""
        found = []
        for post in self.prefetch_related("wordings"):
            day = min(on, post.ended_on or on)
            wordings = list(post.wordings.all())
            gone = [each for each in wordings if each.ended_on < day]
            then = [each for each in wordings if each.ended_on >= day]
            called = post.in_words(then[-1]) if then else post
            # A name that was put right may be that of before again.
            after = [called, *gone]
            called.formerly = [a for a, b in zip(gone, after, strict=False) if a.in_full != b.in_full]
            found.append(called)
        return found


class Post(PostWords):
    """An MP holds a post from a day to a day. Several at once are usual.

    Its words are those of now, or of its last day; `PostWording` has those before.
    """

    mp = models.ForeignKey("contacts.MP", on_delete=models.PROTECT, related_name="posts")
    started_on = models.DateField(null=True, blank=True, help_text="Empty where the source does not say.")
    ended_on = models.DateField(null=True, blank=True, help_text="The last day; empty while it lasts.")
    source = models.CharField(max_length=200, help_text="Where this was read.")
    end_source = models.CharField(max_length=200, blank=True, help_text="Where its end was read.")
    source_id = models.CharField(max_length=120, blank=True, help_text="The source's own id of the post.")
    seen_on = models.DateField(help_text="The day the source was for, when it first said so.")

    # Set by `as_called`.
    formerly: list[PostWording]
    now: Post | None = None

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "kind", "title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mp", "source_id"], condition=~Q(source_id=""), name="one_post_per_source_id"
            ),
            models.UniqueConstraint(
                fields=["mp", "kind", "title", "body"],
                condition=Q(ended_on=None),
                name="one_open_post_of_a_title",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(started_on=None) | Q(ended_on__gte=F("started_on")),
                name="post_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=False) | Q(end_source=""),
                name="post_has_ended_if_its_end_was_read",
            ),
        ]
        indexes = [models.Index(fields=["mp", "-started_on"], name="post_by_mp")]

    @property
    def called_otherwise_until(self) -> date | None:
        """The last day on which it had other words than it has; None if it never had."""
        latest = next(iter(self.wordings.all()), None)
        return latest.ended_on if latest else None

    @property
    def worded_on(self) -> date:
        """The day for which its source first called it what it does."""
        until = self.called_otherwise_until
        return until + timedelta(days=1) if until else self.seen_on

    def in_words(self, words: PostWords) -> Post:
        """The same in other words, to be read and never saved; as it is `now` beside it."""
        other = copy(self)
        other.now = self
        for name in WORDS:
            setattr(other, name, getattr(words, name))
        return other

    def as_before(self) -> list[Post]:
        """The same in each of the words that it had before."""
        return [self.in_words(each) for each in self.wordings.all()]

    def is_current(self, on: date) -> bool:
        """As `PostQuerySet.current`: whether the post is known to be held on this day."""
        return (self.started_on or self.seen_on) <= on and not self.has_ended(on)

    def has_ended(self, on: date) -> bool:
        """Whether its last day was before this one."""
        return self.ended_on is not None and self.ended_on < on


class PostWording(PostWords):
    """What a post was called until a day, and its source calls otherwise since: its department had another
    name, or its holder was on leave."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="wordings")
    ended_on = models.DateField(help_text="The last day on which it was called so.")
    end_source = models.CharField(max_length=200, help_text="Where it was first called otherwise.")

    class Meta:
        ordering = ["-ended_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["post", "ended_on"], name="one_wording_of_a_post_per_day"),
        ]
