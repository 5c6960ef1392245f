"""Reminding whoever looks after an MP that contact is due, or has lapsed."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Case, CharField, DateTimeField, Exists, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils import timezone

from accounts.models import Authority, Membership, Role
from contacts.models import MP, CouncilLead, Dissolution
from engagements.models import READERS, WRITERS, EngagementPlan, Reminder
from engagements.models.plan import EngagementPlanQuerySet
from notifications.services import Message, notify

DUE = Reminder.Kind.CONTACT_DUE
LAPSED = Reminder.Kind.CONTACT_LAPSED


def sweep(*, now: datetime) -> dict[str, int]:
    """Record every reminder due by now and tell whoever looks after the MP, once; give how many were new.

    Contact is due from the day after the ideal interval and lapsed from the day after the longest one: the
    days on which the contact cadence turns amber and red. A plan that passed both unnoticed is reminded of
    the later only. Plans for MPs who no longer hold one of the authority's seats are left alone. While
    Parliament is dissolved nobody is reminded: it is the pre-election period, and there are no MPs. What fell
    due meanwhile is made good afterwards, for those who were elected again.
    """
    on = timezone.localdate(now)
    authorities = Authority.objects.filter(pk__in=_owed(on).values("authority")).order_by("pk")
    return {"reminders": sum(_remind(authority, on=on, now=now) for authority in authorities)}


def _owed(on: date) -> EngagementPlanQuerySet:
    """Plans whose interval has passed, with the kind of reminder they have `reached`, unless that or a later
    kind is recorded for the same due date; none in a dissolution."""
    plans = EngagementPlan.objects.in_force().with_cadence(on)
    plans = plans.filter(contact_due_on__lt=on)  # type: ignore[misc]
    plans = plans.annotate(
        reached=Case(
            When(contact_lapses_on__lt=on, then=Value(LAPSED.value)),
            default=Value(DUE.value),
            output_field=CharField(),
        )
    )
    recorded = Reminder.objects.filter(
        Q(kind=OuterRef("reached")) | Q(kind=LAPSED), plan=OuterRef("pk"), due_on=OuterRef("contact_due_on")
    )
    return plans.filter(~Exists(recorded), ~Exists(Dissolution.objects.without_mps(on)))


@transaction.atomic
def _remind(authority: Authority, *, on: date, now: datetime) -> int:
    colleagues = list(Membership.objects.for_authority(authority).active().in_role(*WRITERS).order_by("pk"))
    if not colleagues:
        return 0  # Nothing is recorded while nobody can act, so that it is made good when somebody can.
    otherwise = [each for each in colleagues if each.role == Role.POLITICAL_AFFAIRS] or colleagues

    kinds = _record(_owed(on).filter(authority=authority, mp__in=MP.objects.of(authority)), now=now)
    plans = EngagementPlan.objects.with_cadence(on).filter(pk__in=kinds).select_related("mp").order_by("pk")
    leads = CouncilLead.objects.filter(authority=authority).who_can_act(on, roles=READERS)
    notify(
        (
            _message(plan, kinds[plan.pk], recipient, authority=authority)
            for plan in plans
            for lead in [leads.get((authority.pk, plan.mp_id))]
            for recipient in ([lead] if lead else otherwise)
        ),
        now=now,
    )
    return len(kinds)


def _record(owed: EngagementPlanQuerySet, *, now: datetime) -> dict[int, str]:
    """Insert the reminders owed; give plan and kind of those that were new, whoever else runs beside us."""
    rows = owed.order_by().annotate(recorded_at=Value(now, output_field=DateTimeField()))
    select, parameters = (
        rows.values_list("authority_id", "pk", "reached", "contact_due_on", "recorded_at")
        .query.get_compiler(connection=connection)
        .as_sql()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Reminder._meta.db_table} (authority_id, plan_id, kind, due_on, recorded_at) "
            f"{select} ON CONFLICT DO NOTHING RETURNING plan_id, kind",
            parameters,
        )
        return dict(cursor.fetchall())


def _message(plan: EngagementPlan, kind: str, recipient: Membership, *, authority: Authority) -> Message:
    if plan.last_contact_on:
        last = (
            f"The last two-way contact was on {plan.last_contact_on:%-d %B %Y}, {plan.days_since} days ago."
        )
    else:
        last = f"There has been no two-way contact since the plan began on {plan.started_on:%-d %B %Y}."
    page = "touchpoint_record" if recipient.role in WRITERS else "plan_detail"
    return Message(
        kind=kind,
        subject=f"plan:{plan.pk}",
        recipient=recipient,
        due_on=plan.contact_due_on,
        title=f"Contact with {plan.mp} {'has lapsed' if kind == LAPSED else 'is due'}",
        body=(
            f"{last} The plan is to be in contact every {plan.ideal_days} days, "
            f"and no less often than every {plan.maximum_days}. "
            "Arrange a meeting, call or visit, then record the touchpoint."
        ),
        path=reverse(f"engagements:{page}", args=[authority.slug, plan.mp_id]),
    )
