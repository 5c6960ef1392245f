"""What people decide in a hand-over: about one enquiry, the plan, the council leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from contacts.models import MP, CouncilLead
from engagements.archiving import lines_of
from engagements.models import Commitment, EngagementPlan, Side
from enquiries.forms import CloseForm, ReplyForm, choice_field, day_field
from enquiries.models import AuthorityShown


class CarryForm(forms.Form):
    """The enquiry goes on under a new MP, whom the constituent has authorised afresh."""

    to_mp = forms.ModelChoiceField(
        MP.objects.none(),
        label="New MP",
        empty_label="Choose the MP",
        error_messages={
            "required": "Choose the MP.",
            "invalid_choice": "Choose the MP from the list.",
        },
    )
    authority_shown = choice_field(
        "What shows that they may act for the constituent",
        [("", "Choose"), *AuthorityShown.choices],
        required="Choose what shows that the new MP may act.",
    )
    authority_seen_on = day_field(
        "Seen on", required="Enter the date you saw it.", help_text="Empty where none is needed."
    )

    def __init__(self, *args: Any, candidates: Iterable[MP], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        mps = [mp.pk for mp in candidates]
        self.fields["to_mp"].queryset = MP.objects.filter(pk__in=mps)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Where no authority is needed, nothing was seen on any day: today stands for it."""
        data = super().clean() or {}
        is_needed = data.get("authority_shown") != AuthorityShown.NONE_NEEDED
        if not is_needed and not self.data.get("authority_seen_on"):
            self.errors.pop("authority_seen_on", None)
            data["authority_seen_on"] = self.on
        return data


class AnswerForm(ReplyForm):
    """The constituent is answered direct."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = self.fields["text"]
        text.label = "Reply to the constituent"
        text.help_text = "As sent. It does not go to the former MP."
        text.widget.attrs["rows"] = 6


class CloseLeftForm(CloseForm):
    """Nothing is owed any more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        reason.help_text = "Such as: settled; no answer wanted; it was the former MP’s own question."


class PlanItemsForm(forms.Form):
    """The items of a former MP’s plan, each to be carried or left."""

    objectives = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    key_messages = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, plan: EngagementPlan, to_mp: MP | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("objectives", "key_messages"):
            lines = list(dict.fromkeys(lines_of(getattr(plan, name)))) if to_mp else []
            if lines:
                self.fields[name].choices = [(line, line) for line in lines]  # type: ignore[attr-defined]
            else:
                del self.fields[name]

    def chosen(self, name: str) -> list[str]:
        return list(self.cleaned_data.get(name, []))


class CommitmentsForm(forms.Form):
    """For each open ask or commitment about the former MP: on with the new one, or with nobody."""

    def __init__(
        self, *args: Any, commitments: Iterable[Commitment], to_mp: MP | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.commitments = {f"commitment-{each.pk}": each for each in commitments}
        for name, each in self.commitments.items():
            becomes = "We ask" if each.side == Side.THEIRS else "Carry on with"
            choices = [("carry", f"{becomes} {to_mp}")] if to_mp else []
            self.fields[name] = forms.ChoiceField(
                label=f"{each.get_side_display()}: {each.words}",
                choices=[*choices, ("leave", "No longer needed"), ("later", "Decide later")],
                initial="later",
                widget=forms.RadioSelect,
                error_messages={"required": "Choose what becomes of it."},
            )

    def decided(self, decision: str) -> list[Commitment]:
        return [each for name, each in self.commitments.items() if self.cleaned_data[name] == decision]


class LeadsForm(forms.Form):
    """For each who leads on the former MP: on to the new one, or on neither."""

    def __init__(
        self,
        *args: Any,
        leads: Iterable[CouncilLead],
        to_mp: MP | None,
        there: Mapping[str, CouncilLead],
        **kwargs: Any,
    ) -> None:
        """`there` says who leads on the new MP already, by role."""
        super().__init__(*args, **kwargs)
        self.leads = {f"lead-{lead.pk}": lead for lead in leads}
        for name, lead in self.leads.items():
            has_place = to_mp is not None and lead.role not in there
            choices = [("carry", f"Leads on {to_mp} from now on")] if has_place else []
            choices += [("end", "Leads on neither"), ("later", "Decide later")]
            self.fields[name] = forms.ChoiceField(
                label=f"{lead}, {lead.part.lower()}",
                choices=choices,
                initial="carry" if has_place else "end" if to_mp else "later",
                help_text=f"{there[lead.role]} leads on {to_mp} already." if lead.role in there else "",
                widget=forms.RadioSelect,
                error_messages={"required": "Choose what becomes of this lead."},
            )

    def decided(self, decision: str) -> list[CouncilLead]:
        return [lead for name, lead in self.leads.items() if self.cleaned_data[name] == decision]


class FinishForm(forms.Form):
    """The seat is handed over, be it without what is still to do and `may_be_left`."""

    leaves = forms.BooleanField(required=False)

    def __init__(self, *args: Any, may_be_left: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_be_left:
            self.fields["leaves"].label = f"Leave what is still to do: {', '.join(may_be_left)}"
        else:
            del self.fields["leaves"]
