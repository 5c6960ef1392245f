"""What MPs' offices write to Northmoor Council, and what it answers. All of it is fictional.

`{who}` is the constituent, `{street}` and `{place}` where they live; subjects name neither.
"""

from __future__ import annotations

from typing import NamedTuple


class Letter(NamedTuple):
    service: str
    topic: str
    subject: str
    question: str
    reply: str
    enquiry_type: str = "enquiry"
    is_casework: bool = True


HIGHWAYS, HOUSING, CHILDREN, ADULTS = "Highways and transport", "Housing", "Children’s services", "Adult care"
PLANNING, ENVIRONMENT, REVENUES = "Planning and building", "Environment and waste", "Revenues and benefits"
COMMUNITIES = "Communities and leisure"

ROADS, HOMES, SEND = "Highways and transport", "Housing and homelessness", "Special educational needs"
SCHOOLS, FAMILIES, CARE = "Education and schools", "Children and families", "Adult social care"
BUILDING, WASTE, TAX = "Planning and building", "Environment and waste", "Council tax and benefits"
PARKS, HEALTH, LICENSING = "Parks and leisure", "Public health", "Licensing and trading standards"

LETTERS = (
    Letter(
        HIGHWAYS,
        ROADS,
        "Potholes on a bus route",
        "{who} of {street}, {place}, tells me that the surface has broken up for the third winter running "
        "and that the number 14 bus now swerves into the other lane. When was the road last inspected, "
        "and is it in the resurfacing programme for next year?",
        "The road was inspected on foot after your letter. Two defects met our repair standard and were "
        "filled within five working days. The length between the school and the bus depot is in next "
        "year’s resurfacing programme, which the cabinet is due to agree in February.",
    ),
    Letter(
        HIGHWAYS,
        ROADS,
        "Speeding past a primary school",
        "Parents at the school near {street} have asked me to press for a 20 mph limit. {who} counted "
        "eleven near misses this term. What would the council need to see before it considers one?",
        "We set speed counters outside the school for a week. The average was 24 mph and one driver in "
        "seven went faster than 30. That meets our threshold for a 20 mph zone, and we will consult "
        "residents on one in the spring. Meanwhile the crossing patrol has been extended to the end of "
        "the school day.",
    ),
    Letter(
        HIGHWAYS,
        ROADS,
        "Street light out since the summer",
        "The light outside the home of {who} in {street}, {place}, has been out for months and two "
        "reports on the website were closed without a repair. An older neighbour no longer goes out after "
        "dark.",
        "I am sorry that both reports were closed. The fault is in the supply cable, which belongs to the "
        "electricity network, and our system recorded that as finished. The network has dated the repair, "
        "and we have fitted a battery lamp until then.",
        "service-request",
    ),
    Letter(
        HIGHWAYS,
        ROADS,
        "Residents’ parking scheme",
        "{who} is one of thirty residents of {street} who signed a petition for a parking scheme a year "
        "ago. They have heard nothing since the acknowledgement.",
        "The petition was received and the street is ninth on a list of fourteen requests; we survey four "
        "each year. I have asked the team to write to the lead petitioner each quarter with the position, "
        "which should have happened before.",
    ),
    Letter(
        HIGHWAYS,
        ROADS,
        "Withdrawal of the 27 bus",
        "The operator proposes to withdraw the 27 from January. {who} uses it to reach dialysis three "
        "times a week. Will the council support the service, and has it met the operator?",
        "We met the operator twice and have agreed to fund four journeys each weekday until the end of "
        "March, including the ones that serve the hospital. Your constituent can also use the patient "
        "transport service, and I enclose how to apply.",
    ),
    Letter(
        HIGHWAYS,
        ROADS,
        "Flooding after heavy rain",
        "The gullies in {street} overflowed again in last week’s storm and water came within an inch of "
        "the door of {who}. When are they cleaned, and who is responsible for the culvert behind the "
        "houses?",
        "The gullies were cleaned in the week after the storm and found to be blocked by silt. We have "
        "put them on the six-monthly list. The culvert belongs to the adjoining landowner, to whom we "
        "have written under our powers as lead local flood authority.",
    ),
    Letter(
        HIGHWAYS,
        ROADS,
        "Blue Badge refused",
        "{who} cannot walk to the end of {street} without stopping and has been refused a Blue Badge "
        "without being seen by anyone. Can the decision be looked at again?",
        "The decision was made on the form alone, and the form did not mention the lung condition. An "
        "occupational therapist has now seen your constituent and a badge for three years is on its way.",
    ),
    Letter(
        HOUSING,
        HOMES,
        "Damp and mould in a council flat",
        "{who} lives with two small children in a council flat in {street}, {place}. The younger child "
        "has been in hospital with her chest. The council has been to look three times and painted over "
        "the mould once.",
        "A surveyor visited within two days of your letter. The cause is a failed cavity tray, not "
        "condensation, and I am sorry that three visits missed it. The family moved to a flat in the same "
        "street on Monday while the work is done, which will take four weeks.",
    ),
    Letter(
        HOUSING,
        HOMES,
        "Overcrowding: a family of six in two bedrooms",
        "{who} has been on the register for four years. The family shares two bedrooms in {street} and "
        "the oldest is revising for exams in the kitchen. What are the prospects?",
        "The family is in band B and eleventh for a four-bedroom home; three became free last year. We "
        "have explained mutual exchange, which is usually quicker, and the school has offered a place to "
        "study until six each evening.",
    ),
    Letter(
        HOUSING,
        HOMES,
        "Notice to leave a private tenancy",
        "{who} has had notice to leave a private tenancy in {street}, {place}, and was told to come back "
        "when the bailiffs have a date. That cannot be right. What help is due now?",
        "You are right, and I apologise for the advice. A prevention duty is owed from the day of the "
        "notice. A housing officer has met your constituent, written to the landlord and agreed a "
        "personal housing plan.",
    ),
    Letter(
        HOUSING,
        HOMES,
        "Temporary accommodation fifty miles away",
        "{who} and her son have been placed in a hotel two hours from his school. How long will it last, "
        "and what is the council doing about travel meanwhile?",
        "They return to Northmoor on Friday, to a self-contained flat. We have paid for travel to school "
        "since the placement began. The placement was made on a night when nothing nearer was free, and "
        "the review that should have followed within three days was late.",
    ),
    Letter(
        HOUSING,
        HOMES,
        "Lift out of order in a tower block",
        "The lift at the block in {street} has failed nine times since Easter. {who}, who uses a "
        "wheelchair on the seventh floor, has missed two hospital appointments.",
        "The lift will be replaced, not repaired again: the order is placed and the work begins in eight "
        "weeks. Until then an engineer is on call within the hour, and we have offered your constituent a "
        "flat on the ground floor for the duration.",
    ),
    Letter(
        HOUSING,
        HOMES,
        "Repairs after a leak",
        "Water came through the ceiling of {who} in {street} eight weeks ago. The leak was stopped; the "
        "ceiling is still open and the electrician has missed three appointments.",
        "The ceiling and the light were finished on Thursday. The appointments were booked with a "
        "contractor who no longer works for us, which is our mistake and not the electrician’s. We have "
        "paid the compensation that our policy sets for missed visits.",
        "complaint",
    ),
    Letter(
        CHILDREN,
        SEND,
        "Education, health and care assessment overdue",
        "{who} asked for an assessment of her son in the spring. The law gives twenty weeks; it has been "
        "thirty-one, and he has been out of school for nine of them.",
        "I am sorry. The delay was the wait for an educational psychologist, of whom we have four for "
        "seven posts. The assessment was completed last week, a draft plan is with the family, and ten "
        "hours of tuition a week began on Monday.",
    ),
    Letter(
        CHILDREN,
        SEND,
        "Provision in a plan not delivered",
        "The plan of the son of {who} names weekly speech therapy. He has had three sessions since "
        "September. The school says the council must provide it; the council says the school must.",
        "The duty is the council’s, and it should not have been put to the family as anybody else’s. The "
        "missed sessions will be made up from January, twice a week, and I have asked for a check of the "
        "other plans that name this provider.",
    ),
    Letter(
        CHILDREN,
        SEND,
        "Home to school transport refused",
        "{who} has been refused transport to the special school that the council itself named, because it "
        "is 2.8 miles away by a footpath along the river. The child is seven and has epilepsy.",
        "The refusal measured distance and did not consider whether the child could walk it. On review, a "
        "place in a shared taxi with an escort has been agreed for the rest of this key stage.",
    ),
    Letter(
        CHILDREN,
        SCHOOLS,
        "No school place in the area",
        "{who} moved to {street}, {place}, in the summer. Her daughter has been offered a place five "
        "miles away, past two full schools. Is the council going to add places?",
        "Two families have since given up places in the nearer schools and your constituent is now second "
        "on the list for one. We open a new class of thirty in September, which the schools forum has "
        "agreed.",
    ),
    Letter(
        CHILDREN,
        SCHOOLS,
        "School crossing patrol unfilled",
        "The crossing outside the infants’ school has had no patrol since half term. {who} has "
        "volunteered and been told that it takes sixteen weeks to be cleared.",
        "Clearance takes three weeks; the sixteen included waiting for the advertisement to close. We "
        "have taken up your constituent’s offer and a mobile patrol covers the crossing until she starts.",
    ),
    Letter(
        CHILDREN,
        FAMILIES,
        "Kinship carer without support",
        "{who} took in two grandchildren overnight and has been told that because it was a family "
        "arrangement no allowance is due. A social worker asked her to do it.",
        "Because a social worker arranged it, this is a placement and the allowance is due from the first "
        "day. It has been paid, with arrears, and a support worker has been named.",
    ),
    Letter(
        CHILDREN,
        FAMILIES,
        "Closure of a family hub",
        "Families in {place} have heard that their hub is to close. Has a decision been made, and when "
        "will they be asked?",
        "No decision has been made. The cabinet will be asked next month to consult on moving three hubs "
        "into libraries. The consultation would last eight weeks, and I will send you the papers on the "
        "day they are published, before they appear on our website.",
        "policy",
        False,
    ),
    Letter(
        ADULTS,
        CARE,
        "Discharge from hospital delayed",
        "The father of {who} has been fit to leave hospital for three weeks and waits for a package of "
        "care. Every day the family is told that it is with the council.",
        "He went home on Wednesday with four visits a day. Two agencies had declined the package because "
        "of the distance, and it should have been passed to our own reablement team after the first "
        "refusal, not the second.",
    ),
    Letter(
        ADULTS,
        CARE,
        "Charges for home care",
        "{who} was told that her mother’s care would cost £41 a week. The first bill is for £212. Which "
        "is right, and why did nobody explain?",
        "The assessed charge is £41. The bill was produced before the disability expenses were entered. "
        "It has been cancelled and a right one issued, and I have asked that no first bill goes out until "
        "the assessment is signed.",
    ),
    Letter(
        ADULTS,
        CARE,
        "Waiting for an occupational therapist",
        "{who} came home to {street} after a stroke and cannot use the bath or the stairs. The waiting "
        "list is nine months. What can be done meanwhile?",
        "A therapist visited last week; the wait for those at risk of falling is three weeks and the "
        "referral had been put in the wrong list. Rails and a bath board are fitted, and a stair lift has "
        "been ordered.",
    ),
    Letter(
        ADULTS,
        CARE,
        "Respite for a full-time carer",
        "{who} has cared for his wife for eleven years and has had four days’ respite in the last two. He "
        "tells me that he is at the end of his strength.",
        "A carer’s assessment took place on Tuesday. It provides for one week in eight at the home in "
        "Harrow Lane, and a sitting service for six hours a week. The first week is booked for the end of "
        "the month.",
    ),
    Letter(
        ADULTS,
        CARE,
        "A care home placed in special measures",
        "Families of residents at a home in {place} learned from the newspaper that it is in special "
        "measures. What does the council know, and what have the families been told?",
        "We suspended new placements on the day of the report and have two officers in the home each day. "
        "Every family has now had a call from a named social worker. We should have made those calls "
        "before the report was published and not after.",
        "policy",
        False,
    ),
    Letter(
        PLANNING,
        BUILDING,
        "Application for 340 homes on the edge of town",
        "I have had 86 letters about the application at Stokeholt Lane, most of them about the junction "
        "and the surgery. When does it go to committee, and how may residents speak?",
        "It goes to committee on the second Thursday of next month. Residents may speak for three minutes "
        "if they register two working days before. The highways assessment is published today and asks "
        "for a roundabout before the fiftieth home is occupied.",
        "policy",
        False,
    ),
    Letter(
        PLANNING,
        BUILDING,
        "Enforcement: an extension without permission",
        "{who} of {street} reported a two-storey extension in the spring. It has since been finished and "
        "let. Has anybody visited?",
        "An officer visited in May and again last week. An application has been made to keep the "
        "extension, and it will be judged as if it had not been built. We should have told your "
        "constituent of the first visit, and have now written.",
    ),
    Letter(
        PLANNING,
        BUILDING,
        "Trees felled in a conservation area",
        "Four mature limes were felled in {street} last weekend. {who} cannot find any notice on the "
        "website.",
        "No notice was given. We have taken statements and photographs of the stumps and are considering "
        "prosecution. The owner must replant in any case, and we have served notice to that effect.",
    ),
    Letter(
        PLANNING,
        BUILDING,
        "Listed building at risk",
        "The old corn exchange in {place} has lost its roof. What powers has the council, and will it use "
        "them before the winter?",
        "We served an urgent works notice on Monday. If the owner does not begin within two weeks we will "
        "cover the building ourselves and recover the cost.",
        "enquiry",
        False,
    ),
    Letter(
        ENVIRONMENT,
        WASTE,
        "Missed bin collections",
        "The bins in {street}, {place}, have been missed on four Fridays out of six. {who} reports each "
        "one and each time is told that the crew could not get past parked cars. There are no cars: it is "
        "a cul-de-sac.",
        "The crew was reading the wrong street of the same name. The round sheet has been corrected and a "
        "supervisor went with the crew on Friday, when every bin was emptied.",
    ),
    Letter(
        ENVIRONMENT,
        WASTE,
        "Fly-tipping on a bridleway",
        "The bridleway behind {street} is used as a tip. {who} has photographs of a van. Does the council "
        "want them?",
        "Yes, and thank you: the number plate led to a trader who has been given a fixed penalty of "
        "£1,000. The bridleway was cleared the next day and a camera has been in place since.",
    ),
    Letter(
        ENVIRONMENT,
        WASTE,
        "Charge for garden waste",
        "Constituents ask me why they pay £55 for a garden bin when those across the river pay nothing. "
        "Has the council considered an exemption for people on low incomes?",
        "The charge pays for a service that councils need not provide, and 61 per cent of households have "
        "taken it up. The cabinet will consider a half charge for people who receive council tax "
        "reduction in its budget in February.",
        "policy",
        False,
    ),
    Letter(
        ENVIRONMENT,
        WASTE,
        "Noise from a loading yard",
        "Lorries reverse into the yard behind {street} from half past four in the morning. {who} has kept "
        "a diary for eight weeks, which I enclose.",
        "Our officers measured the noise on three nights and agree that it is a statutory nuisance. The "
        "operator has accepted white-noise alarms and a start at six. If that is not kept to, we will "
        "serve notice.",
    ),
    Letter(
        ENVIRONMENT,
        WASTE,
        "Air quality beside the ring road",
        "{who}, whose children have asthma, asks for the readings at the ring road monitor. The website "
        "stops at the spring.",
        "The readings are published to last month again; the monitor had been moved and its feed was not. "
        "The annual average is 34 micrograms per cubic metre against a limit of 40. I attach the monthly "
        "figures.",
        "foi",
    ),
    Letter(
        REVENUES,
        TAX,
        "Council tax arrears and enforcement agents",
        "{who} lost her job in the summer, missed two instalments and now has an enforcement agent at the "
        "door. She was never told that she could apply for a reduction.",
        "We have called the account back from the agents and cancelled their fees. A reduction has been "
        "awarded from the day that universal credit began, and the rest will be paid at £10 a month.",
    ),
    Letter(
        REVENUES,
        TAX,
        "Single person discount removed",
        "The discount of {who} was removed because a data match showed another adult in {street}. The "
        "other adult was a lodger who left two years ago.",
        "The discount has been restored from the day that it was removed. The match used a credit record "
        "that had not been updated, and the review letter went to the lodger.",
    ),
    Letter(
        REVENUES,
        TAX,
        "Business rates relief for a village shop",
        "The shop in {place} is the last within six miles. {who}, who keeps it, has been told that rural "
        "relief stopped when the valuation went up by £100. Can the council help?",
        "The shop no longer qualifies for mandatory relief. We have awarded discretionary relief at the "
        "same rate for this year and the next, which the council has power to do.",
    ),
    Letter(
        REVENUES,
        TAX,
        "Housing benefit overpayment",
        "{who} is being asked to repay £1,940 that the council paid after she had told it of her new job. "
        "She has the e-mail. Is it right that she should pay for the council’s mistake?",
        "It is not. She told us on the third of the month and the overpayment is an official error that "
        "she could not have noticed. It has been written off and what she had repaid has been returned.",
        "complaint",
    ),
    Letter(
        COMMUNITIES,
        PARKS,
        "Library opening hours",
        "The library in {place} now closes at one on Saturdays. {who} runs a homework club that met there "
        "in the afternoon. Could volunteers keep it open?",
        "They can: the friends’ group has been trained and holds a key from the first of next month. The "
        "club can book the meeting room without charge.",
    ),
    Letter(
        COMMUNITIES,
        PARKS,
        "Play area closed for safety",
        "The play area off {street} has been fenced off since the summer. {who} asks when it will reopen, "
        "and why the other three were done first.",
        "The surface failed its inspection and the replacement is made to order. Work begins on the 14th "
        "and takes ten days. The order of work followed the inspection scores, which are on our website.",
        "service-request",
    ),
    Letter(
        COMMUNITIES,
        HEALTH,
        "Waiting list for a stop-smoking course",
        "{who} has been waiting since June for a place. The leaflet says two weeks.",
        "A place has been offered for Thursday. The provider lost two advisers; a second course now runs "
        "in the evening, and the leaflet has been corrected.",
    ),
    Letter(
        COMMUNITIES,
        LICENSING,
        "A licence for drinks until three in the morning",
        "Residents of {street} have until Friday to object to a late licence and say the notice was "
        "posted behind a bin. {who} asks whether the time can be extended.",
        "The time cannot be extended by law, but the notice was not displayed as it must be, so the "
        "application has to be advertised again. Residents will have a further 28 days.",
    ),
    Letter(
        COMMUNITIES,
        PARKS,
        "Grant for a community centre",
        "The centre in {place} has been told that its grant ends in March. Who decides, and may the "
        "trustees make their case?",
        "No grant has been ended. All grants are bid for afresh in January, and trustees may speak to the "
        "panel. I enclose the timetable and the name of the officer who will help with the form.",
        "enquiry",
        False,
    ),
)

NOTES = (
    "Rang the MP’s caseworker to say who has this and when to expect the answer.",
    "Asked the service for a first draft by the end of the week.",
    "Site visit booked; photographs to follow.",
    "The contractor’s report is in. It does not quite answer the question, so I have asked again.",
    "Draft is with the head of service to check the figures.",
    "Same street as an enquiry in the spring: check what we promised then.",
    "Caseworker rang to ask how it goes. Told her the visit was yesterday and the letter is being drafted.",
    "The constituent rang us too. Asked the service to answer once, through the MP’s office.",
    "Legal have looked at the paragraph about powers and are content.",
)

CLOSED_WITHOUT_REPLY = (
    "The MP’s office withdrew it: the constituent’s problem was solved the same day.",
    "Duplicate of an enquiry logged the day before.",
    "Not ours: passed to the hospital trust with the MP’s office’s agreement.",
    "The matter is before a tribunal, and the MP’s office agrees to wait for it.",
)

STREETS = (
    "Harrow Lane",
    "Mill Race",
    "Corporation Road",
    "St Osyth’s Terrace",
    "Quarry Bank",
    "Tollgate Rise",
    "Weavers’ Row",
    "Larkspur Close",
    "Old Station Road",
    "Priory Gardens",
    "Chandlers’ Yard",
    "Beacon Hill",
    "Saltmarsh Avenue",
    "Foundry Street",
    "Orchard Way",
    "Nightingale Crescent",
)
PLACES = (
    "Harrowdale",
    "Stokeholt",
    "Aldermere",
    "Wexmere",
    "Saltby",
    "Northmoor Cross",
    "Eastgate",
    "Thrupton",
    "Kelder Bridge",
    "Marsh End",
)
TITLES = ("Mr", "Mrs", "Ms", "Miss", "Dr")
SURNAMES = (
    "Abara",
    "Ainsley",
    "Bellweather",
    "Brockhurst",
    "Chaudry",
    "Coverdale",
    "Dunmore",
    "Eastlake",
    "Ferrier",
    "Gathercole",
    "Hollinshead",
    "Iqbal",
    "Jessop",
    "Kowalczyk",
    "Lightfoot",
    "Mbeki-Lowe",
    "Nuttall",
    "Osgood",
    "Pemberthy",
    "Quayle",
    "Rowntree-Hale",
    "Sandiford",
    "Thackray",
    "Underhay",
    "Vantongeren",
    "Wetherell",
    "Yardley",
    "Zielinska",
)
