"""The spec: YAML files in, a DesiredState out; offline, and nothing of the account is asked."""

from provisioner.spec.loading import load_spec
from provisioner.spec.parameters import Inputs
from provisioner.spec.written_schema import spec_schema

__all__ = ["Inputs", "load_spec", "spec_schema"]
