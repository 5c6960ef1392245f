"""Who may sign in to the demo: fictional people, one per role, with a password that is no secret."""

from __future__ import annotations

from typing import NamedTuple

PASSWORD = "northmoor-demo"  # noqa: S105  the demo's own, shown on its sign-in page


class SignIn(NamedTuple):
    email: str
    name: str
    role: str
    does: str


SIGN_INS = (
    SignIn("priya.nair@northmoor.example", "Priya Nair", "Officer", "logs, allocates and answers enquiries"),
    SignIn("tom.askew@northmoor.example", "Tom Askew", "Service contact", "answers what Highways is asked"),
    SignIn(
        "helen.marsh@northmoor.example",
        "Helen Marsh",
        "Political affairs lead",
        "sets the policy, plans the engagement; also works for Tarnside",
    ),
    SignIn("david.okafor@northmoor.example", "David Okafor", "Executive", "sees the dashboard and MP pages"),
    SignIn(
        "sam.whitlock@northmoor.example", "Sam Whitlock", "Admin", "people, settings, importing lists of MPs"
    ),
)
