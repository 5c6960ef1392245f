"""Parties under the names Parliament gives them, and the spellings met in lists.

Labour and Labour (Co-op) are two parties here, as they are for Parliament, which gives both the id 15: a list
that names Labour beside "Co-operative Party" (or its Electoral Commission id, PP119) means Labour (Co-op),
and a list that only says "Lab" does not tell the two apart. A party that is not in the table is taken as the
list spells it, since new ones appear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from contacts.imports.seats import without_accents

CO_OPERATIVE = "Labour (Co-op)"


@dataclass(frozen=True)
class Known:
    name: str
    abbreviation: str
    colour: str
    spellings: tuple[str, ...] = ()


# Names, abbreviations and colours: Members API; spellings: TheyWorkForYou, the Electoral Commission, election
# results.
KNOWN = (
    Known("Alba Party", "Alba", "#005eb8", ("alba",)),
    Known("Alliance", "APNI", "#cdaf2d", ("alliance party", "alliance party of northern ireland", "all")),
    Known(
        "Conservative",
        "Con",
        "#0063ba",
        ("conservatives", "conservative party", "conservative and unionist party", "cons", "tory"),
    ),
    Known(
        "Democratic Unionist Party",
        "DUP",
        "#d46a4c",
        ("democratic unionist", "dup democratic unionist party"),
    ),
    Known(
        "Green Party",
        "Green",
        "#78b82a",
        ("greens", "green party of england and wales", "the green party", "grn", "gpew", "gp"),
    ),
    Known(
        "Independent",
        "Ind",
        "#909090",
        ("independents", "independent mp", "indep", "no party", "non affiliated"),
    ),
    Known("Labour", "Lab", "#d50000", ("labour party", "the labour party")),
    Known(
        CO_OPERATIVE,
        "Lab",
        "#d50000",
        (
            "labour co op",
            "labourco operative",
            "labour co operative",
            "labour and co operative",
            "labour and co operative party",
            "labour co operative party",
            "labour cooperative",
            "labour and cooperative",
            "lab co op",
            "labco op",
            "lab coop",
            "labcoop",
        ),
    ),
    Known(
        "Liberal Democrat",
        "LD",
        "#faa01a",
        ("liberal democrats", "lib dem", "lib dems", "libdem", "ldem", "ldp", "liberal democrat party"),
    ),
    Known(
        "Plaid Cymru",
        "PC",
        "#348837",
        ("plaid", "plaid cymru the party of wales", "plaid cymru party of wales"),
    ),
    Known("Reform UK", "RUK", "#12b6cf", ("reform", "reform uk party", "ref", "ruk reform")),
    Known("Restore Britain", "RB", "#4d4d4d"),
    Known(
        "Scottish National Party",
        "SNP",
        "#fff685",
        ("scottish national party snp", "scottish nationalist party"),
    ),
    Known("Sinn Féin", "SF", "#02665f", ("sinn fein",)),
    Known(
        "Social Democratic & Labour Party",
        "SDLP",
        "#4ea268",
        ("sdlp social democratic and labour party",),
    ),
    Known(
        "Speaker",
        "Spk",
        "",
        ("the speaker", "speaker of the house of commons", "speaker seeking re election"),
    ),
    Known("Traditional Unionist Voice", "TUV", "#0c3a6a", ("tuv traditional unionist voice",)),
    Known("Ulster Unionist Party", "UUP", "#a1cdf0", ("ulster unionist",)),
    Known("Workers Party of Britain", "WPB", "#780021", ("workers party", "workers party gb")),
    Known("Your Party", "YP", "#909090"),
)
BY_NAME = {party.name: party for party in KNOWN}


def fold(spelling: str) -> str:
    plain = without_accents(spelling).casefold().replace("&", " and ")
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain).split())


SPELLED = {fold(spelling): party.name for party in KNOWN for spelling in (party.name, *party.spellings)}
ABBREVIATED: dict[str, str] = {}
for _party in KNOWN:
    ABBREVIATED.setdefault(fold(_party.abbreviation), _party.name)

# Electoral Commission ids and words by which a list adds "and Co-operative" in a second column.
ADJUNCTS = frozenset({"pp119", "co operative party", "co op", "coop", "cooperative party", "co operative"})


@dataclass(frozen=True)
class Statement:
    """What a row says of an MP's party: its name, and whether it only gave an abbreviation."""

    name: str
    is_abbreviated: bool = False

    def allows(self, party: str | None) -> bool:
        """Whether an MP of this party fits the statement: "Lab" fits both kinds of Labour."""
        if party is None or party == self.name:
            return party == self.name
        known, stated = BY_NAME.get(party), BY_NAME.get(self.name)
        return (
            self.is_abbreviated
            and known is not None
            and stated is not None
            and known.abbreviation == stated.abbreviation
        )


def is_known(spelling: str) -> bool:
    return fold(spelling) in SPELLED or fold(spelling) in ABBREVIATED


def understand(spelling: str, adjunct: str = "") -> Statement | None:
    """The party a row means, under Parliament's name for it; None if the row says nothing."""
    folded = fold(spelling)
    if not folded:
        return None
    if folded in SPELLED:
        statement = Statement(SPELLED[folded])
    elif folded in ABBREVIATED:
        statement = Statement(ABBREVIATED[folded], is_abbreviated=True)
    else:
        statement = Statement(" ".join(spelling.split()))
    if statement.name == "Labour" and fold(adjunct) in ADJUNCTS:
        return Statement(CO_OPERATIVE)
    return statement
