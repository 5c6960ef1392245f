"""What has changed about MPs and seats, in words."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import Authority
from contacts.models.parliament.seats import Constituency


class NewsKind(models.TextChoices):
    NEW_MP = "new-mp", "New MP"
    RE_ELECTED = "re-elected", "Elected again"
    LEFT = "left", "No longer an MP"
    VACANT = "vacant", "Seat vacant"
    PARTY = "party", "Changed party"
    PARTY_NAME = "party-name", "Name of party"
    WHIP_LOST = "whip-lost", "Whip lost or given up"
    WHIP_RESTORED = "whip-restored", "Whip restored"
    NAME = "name", "Name"
    STATUS = "status", "Status"
    POST_BEGUN = "post-begun", "New post"
    POST_CHANGED = "post-changed", "Post changed"
    POST_ENDED = "post-ended", "Post ended"
    OFFICE = "office", "Office contact"


# Who sits for a seat, and what posts are held: in any other way than before.
OF_SEATS = frozenset({NewsKind.NEW_MP, NewsKind.RE_ELECTED, NewsKind.LEFT})
OF_POSTS = frozenset({NewsKind.POST_BEGUN, NewsKind.POST_CHANGED, NewsKind.POST_ENDED})


class MPNewsQuerySet(models.QuerySet["MPNews"]):
    def of(self, authority: Authority) -> MPNewsQuerySet:
        """News of the authority's seats: of those who held them when it happened, and of vacancies."""
        return self.filter(constituency__in=Constituency.objects.of(authority))

    def for_list(self) -> MPNewsQuerySet:
        """Newest first, with MP and seat."""
        return self.select_related("mp", "constituency").order_by("-happened_on", "-pk")


class MPNews(models.Model):
    """Something has changed about an MP, or (without an MP) about a seat that nobody holds.

    `fact` tells the change from every other, so that it is never told twice; it is the same for the same
    change when an import is undone and applied again, and stays so when its day is put right.
    """

    fact = models.CharField(max_length=120, unique=True)
    mp = models.ForeignKey(
        "contacts.MP", on_delete=models.CASCADE, null=True, blank=True, related_name="news"
    )
    constituency = models.ForeignKey(
        Constituency,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="news",
        help_text="The seat that the MP held when it happened, or had held last.",
    )
    post = models.ForeignKey(
        "contacts.Post", on_delete=models.CASCADE, null=True, blank=True, related_name="news"
    )
    kind = models.CharField(max_length=15, choices=NewsKind.choices)
    words = models.CharField(max_length=400, help_text="What is said of the MP: lost the Labour whip.")
    happened_on = models.DateField()
    known_at = models.DateTimeField()
    source = models.CharField(max_length=250, help_text="Where this was read.")
    made_by = models.ForeignKey(
        "contacts.MPListImport", on_delete=models.CASCADE, null=True, blank=True, related_name="news"
    )

    objects = MPNewsQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-pk"]
        verbose_name = "change"
        constraints = [
            models.CheckConstraint(
                condition=Q(mp__isnull=False) | Q(constituency__isnull=False),
                name="news_is_of_an_mp_or_a_seat",
            ),
        ]
        indexes = [
            models.Index(fields=["constituency", "-happened_on", "-id"], name="news_by_seat"),
            models.Index(fields=["mp", "-happened_on", "-id"], name="news_by_mp"),
        ]

    def __str__(self) -> str:
        return f"{self.mp or self.constituency}: {self.words}"
