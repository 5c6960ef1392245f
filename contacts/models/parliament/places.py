"""Where the seats are: files that an instance admin loads, and what is kept of them to draw and look up."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contacts.models.parliament.seats import FICTIONAL_PREFIX, Constituency


class PlaceKind(models.TextChoices):
    CONSTITUENCIES = "constituencies", "Constituencies"
    SUCCESSIONS = "successions", "Which old constituency went into which new one"
    COUNCILS = "councils", "Councils"
    OVERLAPS = "overlaps", "Which constituency lies in which council"
    WARDS = "wards", "Look-up of wards"
    POSTCODES = "postcodes", "Look-up of postcodes"
    HEXES = "hexes", "Hex map"
    BOUNDARIES = "boundaries", "Boundary map"


# Of these kinds one file is in force, whole; a later one takes its place, and can be undone.
REPLACED_WHOLE = (PlaceKind.WARDS, PlaceKind.POSTCODES, PlaceKind.HEXES, PlaceKind.BOUNDARIES)


class PlaceFileState(models.TextChoices):
    PREVIEWED = "previewed", "Not applied"
    APPLIED = "applied", "Applied"
    REPLACED = "replaced", "Replaced"
    UNDONE = "undone", "Undone"


LOOK_UPS = [PlaceKind.POSTCODES, PlaceKind.WARDS]


class PlaceFileQuerySet(models.QuerySet["PlaceFile"]):
    def applied(self, kind: str) -> PlaceFileQuerySet:
        return self.filter(kind=kind, state=PlaceFileState.APPLIED)

    def replaced(self, kind: str) -> PlaceFileQuerySet:
        return self.filter(kind=kind, state=PlaceFileState.REPLACED)

    def look_ups(self) -> PlaceFileQuerySet:
        """Those in force by which a postcode or a ward is found."""
        return self.filter(kind__in=LOOK_UPS, state=PlaceFileState.APPLIED)


class PlaceFile(models.Model):
    """One file about places: what it said and what it would change, or changed."""

    kind = models.CharField(max_length=20, choices=PlaceKind.choices)
    state = models.CharField(max_length=10, choices=PlaceFileState.choices, default=PlaceFileState.PREVIEWED)
    file_name = models.CharField(max_length=200)
    described = models.CharField("how it was read", max_length=300, blank=True)
    content = models.JSONField(
        default=dict,
        help_text="What was read, so that preview and import agree; once applied, of a map alone, until the "
        "next but one.",
    )
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True)

    objects = PlaceFileQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(state=PlaceFileState.APPLIED, kind__in=REPLACED_WHOLE),
                name="one_look_up_or_map_in_force",
            ),
            models.CheckConstraint(
                condition=Q(state=PlaceFileState.PREVIEWED) ^ Q(applied_at__isnull=False),
                name="place_file_waits_or_was_applied",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.file_name}"

    @property
    def is_kept(self) -> bool:
        """Whether what it said is still here, so that it can be in force again."""
        return bool(self.content) or self.wards.exists() or self.postcodes.exists()


class LookUpQuerySet(models.QuerySet):
    def in_force(self) -> LookUpQuerySet:
        """Of the look-up that was applied last; others are previews."""
        return self.filter(file__state=PlaceFileState.APPLIED)

    def of_today(self) -> LookUpQuerySet:
        """But for seats that have been abolished since: of them the look-up is out of date."""
        return self.filter(constituency__ended_on=None)


class Ward(models.Model):
    """A ward, or the part of one, that lies in a seat, as one look-up says."""

    file = models.ForeignKey(PlaceFile, on_delete=models.CASCADE, related_name="wards")
    code = models.CharField("ONS code", max_length=9)
    name = models.CharField(max_length=150)
    folded = models.CharField(max_length=150, help_text="The name as compared.")
    council = models.CharField("council as named there", max_length=150, blank=True)
    constituency = models.ForeignKey(Constituency, on_delete=models.CASCADE, related_name="+")

    objects = LookUpQuerySet.as_manager()

    class Meta:
        ordering = ["name", "council", "code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "code", "constituency"], name="one_row_per_ward_and_seat"
            ),
        ]
        indexes = [models.Index(fields=["file", "folded"], name="ward_by_name")]

    def __str__(self) -> str:
        return self.name


class PostcodeSeat(models.Model):
    """The seat a postcode lies in, as one look-up says. There may be 2.6 million: two columns, one index."""

    file = models.ForeignKey(PlaceFile, on_delete=models.CASCADE, db_index=False, related_name="postcodes")
    postcode = models.CharField(max_length=7, help_text="Without blanks, in capitals.")
    constituency = models.ForeignKey(Constituency, on_delete=models.CASCADE, db_index=False, related_name="+")

    objects = LookUpQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["file", "postcode"], name="one_seat_per_postcode"),
        ]

    def __str__(self) -> str:
        return f"{self.postcode} in {self.constituency_id}"


class ShapeQuerySet(models.QuerySet):
    def real(self) -> ShapeQuerySet:
        """Those that a map file replaces; the demo's stay."""
        return self.exclude(constituency__ons_code__startswith=FICTIONAL_PREFIX)

    def of_today(self) -> ShapeQuerySet:
        """Those of seats that have not been abolished since the map was loaded."""
        return self.filter(constituency__ended_on=None)


class SeatHex(models.Model):
    """Where a seat stands on the hex map: column and row, every odd row half a hex to the right (odd-r)."""

    constituency = models.OneToOneField(Constituency, on_delete=models.CASCADE, related_name="hex")
    q = models.SmallIntegerField("column")
    r = models.SmallIntegerField("row, upwards")

    objects = ShapeQuerySet.as_manager()

    class Meta:
        ordering = ["-r", "q"]
        verbose_name_plural = "seat hexes"
        constraints = [models.UniqueConstraint(fields=["q", "r"], name="one_seat_per_hex")]

    def __str__(self) -> str:
        return f"{self.constituency_id} at {self.q}, {self.r}"


class SeatBoundary(models.Model):
    """The outline of a seat, simplified; all numbers are ten-thousandths of a degree (WGS 84)."""

    constituency = models.OneToOneField(Constituency, on_delete=models.CASCADE, related_name="boundary")
    west = models.IntegerField()
    south = models.IntegerField()
    east = models.IntegerField()
    north = models.IntegerField()
    rings = models.JSONField(help_text="Each ring as longitude, latitude, longitude, latitude, …")

    objects = ShapeQuerySet.as_manager()

    class Meta:
        ordering = ["-north", "west", "pk"]
        verbose_name_plural = "seat boundaries"
        constraints = [
            models.CheckConstraint(
                condition=Q(west__lt=F("east"), south__lt=F("north")), name="boundary_has_an_extent"
            ),
        ]

    def __str__(self) -> str:
        return f"Boundary of {self.constituency_id}"
