"""Elastic Beanstalk: the options an environment was given, which moto takes no notice of."""

from __future__ import annotations

import weakref

from moto.core.responses import ActionResult
from moto.elasticbeanstalk.models import Environment
from moto.elasticbeanstalk.responses import EBResponse

from awstui.demo.extensions import Refused, operation
from awstui.demo.extensions.elasticbeanstalk import environment_of, shown_of

VARIABLES = "aws:elasticbeanstalk:application:environment"
"""The namespace whose options the instances get as environment variables."""

Options = dict[tuple[str, str], str]
"""From namespace and name to value."""

options: weakref.WeakKeyDictionary[Environment, Options] = weakref.WeakKeyDictionary()


@operation(EBResponse)
def update_environment(self: EBResponse) -> ActionResult:
    """UpdateEnvironment, of its options."""
    environment = environment_of(self)
    held = options.setdefault(environment, {})
    for option in self._get_param("OptionSettings", []):
        held[option["Namespace"], option["OptionName"]] = str(option.get("Value", ""))
    return ActionResult(shown_of(environment))


@operation(EBResponse)
def describe_configuration_settings(self: EBResponse) -> ActionResult:
    """DescribeConfigurationSettings of an environment."""
    environment = environment_of(self)
    if self._get_param("ApplicationName") != environment.application_name:
        raise Refused("InvalidParameterValue", "No such environment in that application.")
    settings = [
        {"Namespace": namespace, "OptionName": name, "Value": value}
        for (namespace, name), value in sorted(options.get(environment, {}).items())
    ]
    shown = {
        "ApplicationName": environment.application_name,
        "EnvironmentName": environment.environment_name,
        "DeploymentStatus": "deployed",
        "OptionSettings": settings,
    }
    return ActionResult({"ConfigurationSettings": [shown]})
