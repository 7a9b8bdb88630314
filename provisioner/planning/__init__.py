"""Desired state against live state: the plan. Pure: no I/O, no clock, no environment."""

from provisioner.planning.plan import Action, AttributeChange, Change, Plan, Step, Verb
from provisioner.planning.planner import make_plan

__all__ = ["Action", "AttributeChange", "Change", "Plan", "Step", "Verb", "make_plan"]
