"""Which column is what: the headings of real lists, and what the cells below them look like.

A heading is compared without case, accents, blanks, punctuation and a date at its end: "PCON24CD", "Member
ID", "latestParty.name" and "display_name_2024_07_09" become "pcon24cd", "memberid", "latestpartyname" and
"displayname".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from contacts.imports.seats import without_accents

# One meaning, and the headings that have it: the first that a file has wins.
Meanings = Mapping[str, tuple[str, ...]]

WHOSE = r"(candidate|winner|winning|elected|sitting|current|mps?|members?|person|parliamentary|parliament)*"
SEAT = r"(uk|mps?|members?|parliamentary|parliament|westminster|current)*(constituency|seat|pcon(\d\d)?)"

MPS: Meanings = {
    "seat code": (
        r"pcon24(cd|code)",
        r"pcon(\d\d)?(cd|code|id)",
        rf"{SEAT}(geographic|gss|ons|area)?(code|id|identifier|cd)",
        r"(constituency)?(ons|gss)(const)?(code|id)(constituency)?",
        r"(area|geography|geographic|gss)(code|id)?",
        r"code",
    ),
    "seat name": (
        r"pcon24(nm|name)",
        r"pcon(\d\d)?(nm|name)",
        rf"{SEAT}(name|nm|title)?(en|english)?",
        rf"{SEAT}(ies|s)?",
        r"latesthousemembershipmembershipfrom",
        r"(membership|member|mp)?(from|for)",
        r"(area|division)(name)?",
    ),
    "region": (r"(english|uk|ons)?region(name)?", r"rgn(\d\d)?nm", r"reg(nation)?name"),
    "Parliament id": (
        rf"{WHOSE}(mnis|datadotparl|dataparliament|dataparliamentuk|membersapi|parlid)(member|mp|person)?(id|identifier|number|no|code)?",
        r"(uk)?parliament(ary)?(member|mp|person)?(id|identifier|number|no)",
        rf"{WHOSE}(id|identifier|idnumber)",
    ),
    "TheyWorkForYou id": (
        r"(mps?)?(twfy|theyworkforyou|publicwhip)(mp|person|member)?(id|identifier)",
        r"personid",
        r"(mps?)?(twfy|theyworkforyou|publicwhip)(mp|person)?(uri|url|link|page)?",
    ),
    "name": (
        r"(latest)?(name)?displayas",
        rf"{WHOSE}displayname",
        rf"{WHOSE}(name|fullname|names)(displayed)?",
        r"(current|sitting|elected|winning|local)?(mps?|member|memberofparliament|winner|winningcandidate)",
        r"(name|nameof)(the)?(mp|member|memberofparliament|sittingmp|currentmp)s?",
        r"nicename",
        r"canonname",
    ),
    "first name": (rf"{WHOSE}(first|fore|given|christian)names?s?",),
    "surname": (rf"{WHOSE}(sur|last|family|second)names?s?",),
    "name, surname first": (r"(name)?listas", r"(namelist|sort(ed)?name|surnamefirst)"),
    "full title": (r"(name)?fulltitle", rf"{WHOSE}(titleandname|nameandtitle|fullnameandtitle)"),
    "title": (rf"{WHOSE}(title|honorific|honorificprefix|prefix)",),
    "party": (
        r"(main|latest|current|mps?|members?|political|winning)*party(name|text)",
        r"partymembersapi",
        r"(main|latest|current|mps?|members?|political|winning)*party",
        r"(political)?party(elected|affiliation|description|ofmp|group)",
        r"affiliation",
        r"(first|winning)party",
        r"(main|latest|current|mps?|members?|political|winning)*party(abbreviation|abbrev|abbr|code|short|shortname|slug)",
    ),
    "second party": (
        r"adjunctparty(name)?",
        r"subparty",
        r"(ec|electoralcommission)adjunctparty(id)?",
        r"adjunctparty(abbreviation|id)",
    ),
    "start date": (
        r"(latesthousemembership)?(membership|holding|seat|mp|member)?start(date|ed|edon)",
        r"(date|day)(elected|started|ofelection|from)",
        r"(elected|election|memberfrom|mpsince|from|started|since)(date|on)?",
        r"(by)?electionpollingdate",
        r"generalelectionpollingdate",
    ),
    "status start date": (r"(latesthousemembershipmembershipstatus|membershipstatus)?statusstartdate",),
    "end date": (
        r"(latesthousemembership)?(membership|holding|seat|mp|member)?end(date|ed|edon)",
        r"(date|day)(left|ended|to|until)",
        r"left(on|date|house)",
    ),
    "start reason": (r"(membership|holding|seat|mp|member)?(start|entered|entry)reason",),
    "end reason": (
        r"(latesthousemembership)?(membership|holding|seat|mp|member)?(end|left|leaving|exit)reason",
        r"reason(left|forleaving|ended)",
    ),
    "status": (r"(latesthousemembershipmembershipstatus|membershipstatus)?statusdescription", r"status"),
    "status notes": (r"(latesthousemembershipmembershipstatus|membershipstatus)?statusnotes?",),
    "status is active": (r"(latesthousemembershipmembershipstatus|membershipstatus)?(status)?isactive",),
    "house": (r"(latesthousemembership)?house", r"chamber"),
    "is a peer": (r"ispeer", r"islord"),
    "is an MP": (r"ismp",),
    "is current": (r"iscurrent(mp|member)?",),
}


CONSTITUENCIES: Meanings = {
    "seat code": MPS["seat code"],
    "seat name": (*MPS["seat name"], r"name"),
    "name in Welsh": (r"pcon(\d\d)?nmw", rf"{SEAT}?name(in)?(welsh|cymraeg|cy)"),
    "region": MPS["region"],
}

COUNCILS: Meanings = {
    "council code": (r"(gss|ons)(code)?", r"(lad|la|ua|cty|cauth|council|localauthority)?(\d\d)?(cd|code)"),
    "council name": (
        r"officialname",
        r"(lad|la|ua|cty|cauth|council|localauthority|authority)?(\d\d)?(nm|name)",
        r"nicename",
    ),
    "own code": (r"localauthoritycode", r"registrycode"),
    "county": (r"county(la|code|council)?", r"cty(\d\d)?cd"),
    "combined authority": (r"combinedauthority(code)?", r"cauth(\d\d)?cd"),
    "is current": (r"(is)?current(authority)?",),
    "end date": (r"enddate",),
}

OVERLAPS: Meanings = {
    "seat code": (*MPS["seat code"], r"parl\d\d", r"inner"),
    "seat name": MPS["seat name"],
    "council code": (
        r"(lad|district)(\d\d)?(cd|code)?",
        r"(council|localauthority|la)(\d\d)?(cd|code)",
        r"outer",
    ),
    "council name": (r"(lad|district)(\d\d)?(nm|name)", r"(council|localauthority)(\d\d)?(nm|name)?"),
    "county code": (r"(newla|utla|upperla|cty|county)(\d\d)?(cd|code)",),
    "county name": (r"(la|newla|utla|upperla|cty|county)(\d\d)?(nm|name)",),
    "share": (r"percentageoverlappop(ulation)?", r"(population|pop)?(share|percentage|percent|pct)(ofseat)?"),
    "people": (r"overlappop(ulation)?",),
    "people in the seat": (r"originalpop(ulation)?",),
    "area share": (r"percentageoverlaparea", r"area(share|percentage|percent|pct)(ofseat)?"),
    "area": (r"overlaparea",),
    "area of the seat": (r"originalarea",),
}

# A ward's own columns; "wd24cd" is the ONS's.
WARDS: Meanings = {
    "ward code": (r"(wd|ward)(\d\d)?(cd|code)", r"electoral(ward|division)code"),
    "ward name": (r"(wd|ward)(\d\d)?(nm|name)?", r"electoral(ward|division)(name)?"),
    "seat code": MPS["seat code"],
    "council name": (
        *OVERLAPS["council name"],
        r"(utla|la)(\d\d)?(nm|name)",
        r"(district|unitary|authority)(name)?",
    ),
}

POSTCODES: Meanings = {
    "postcode": (r"pcds?", r"pcd[278]", r"(unit)?postcode(s|fixed|nospace|unit)?"),
    "seat code": (*MPS["seat code"], r"pcon(\d\d)?"),
}

POSTS: Meanings = {
    "Parliament id": MPS["Parliament id"],
    "TheyWorkForYou id": MPS["TheyWorkForYou id"],
    "name": (r"canonname", r"personname", *MPS["name"]),
    "post": (
        r"postdisplayname",
        r"(post|officer|office)?(role|title)",
        r"(post|position|office|job)(name|held)?",
    ),
    "department": (r"department(name)?", r"(ministry|organi[sz]ation)(name)?", r"organi[sz]ationid"),
    "committee": (r"(select)?committee(name)?",),
    "group": (r"(appg|group|allparty(parliamentary)?group)(name|title)?",),
    "kind": (r"(post)?(type|kind)", r"source"),
    "rank": (r"rank(equivalence)?",),
    "start date": (r"(post)?start(date|ed|edon)", r"(from|since|appointed)(date|on)?"),
    "end date": (r"(post)?end(date|ed|edon)", r"(to|until|left|removed)(date|on)?"),
    "is acting": (r"(is)?acting",),
    "is on leave": (r"(is)?onleave",),
    "source id": (r"(post)?(id|uuid)",),
    "house": MPS["house"],
}


def squash(heading: str) -> str:
    plain = re.sub(r"[^a-z0-9]", "", without_accents(heading).casefold().replace("(s)", "s"))
    return re.sub(r"(?:19|20)\d{6}$", "", plain) or plain


def find(header: Sequence[str], meanings: Meanings) -> dict[str, list[int]]:
    """For each meaning, the columns whose heading has it, the likeliest first."""
    squashed = [squash(heading) for heading in header]
    found: dict[str, list[int]] = {}
    for meaning, patterns in meanings.items():
        positions = [
            position
            for is_meant in (re.compile(pattern).fullmatch for pattern in patterns)
            for position, heading in enumerate(squashed)
            if heading and is_meant(heading)
        ]
        if positions:
            found[meaning] = list(dict.fromkeys(positions))
    return found


def score(header: Sequence[str], meanings: Meanings = MPS) -> int:
    """How many meanings a row of headings has."""
    return len(find(header, meanings))
