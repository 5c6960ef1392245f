"""Handing a seat over from a former MP to the new one: a flow through enquiries, plan, leads and to-dos.

Each app does its own part, and undoes it, in its services; here they are joined, and each step is recorded
(`contacts.HandoverStep`), so that the flow can be left, taken up by a colleague, and undone per seat.
"""
