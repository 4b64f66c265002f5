"""CloudWatch alarms: their states as the API reference describes them, and what a change of state tells others.

Nothing evaluates metrics here: SetAlarmState is the only way to another state.
"""

import json
import sys

from moto.cloudwatch.exceptions import ResourceNotFound
from moto.cloudwatch.models import CloudWatchBackend
from moto.core.utils import utcnow

from addresses import client

_put = CloudWatchBackend.put_metric_alarm
_set = CloudWatchBackend.set_alarm_state

ACTIONS = {"ALARM": "alarm_actions", "OK": "ok_actions", "INSUFFICIENT_DATA": "insufficient_data_actions"}


def put_metric_alarm(self, *args, **kwargs):
    """PutMetricAlarm: a new alarm's state "is immediately set to INSUFFICIENT_DATA"; an update leaves it unchanged."""
    name = kwargs["name"] if "name" in kwargs else args[0]
    before = self.alarms.get(name)
    alarm = _put(self, *args, **kwargs)
    state = before.state_value if before else "INSUFFICIENT_DATA"
    alarm.state_value = state
    if before:
        alarm.state_reason, alarm.state_updated_timestamp = before.state_reason, before.state_updated_timestamp
    return alarm


def set_alarm_state(self, alarm_name, reason, reason_data, state_value):
    """SetAlarmState. "If you use this to change the state, the actions of the new state are performed"; topics are told here."""
    if alarm_name not in self.alarms:
        raise ResourceNotFound
    alarm = self.alarms[alarm_name]
    old = alarm.state_value
    _set(self, alarm_name, reason, reason_data, state_value)
    if old == state_value or not alarm.actions_enabled:
        return
    for arn in getattr(alarm, ACTIONS[state_value], None) or []:
        if ":sns:" in arn:
            tell(self.region_name, arn, alarm, old)


def tell(region, topic, alarm, old):
    """The message of an alarm to a topic ("Notifying users on alarm changes"), its main fields."""
    message = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": "123456789012",
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": utcnow().isoformat() + "+0000",
        "Region": region,
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": old,
    }
    try:
        client("sns", region).publish(TopicArn=topic, Subject=f'{alarm.state_value}: "{alarm.name}"'[:100], Message=json.dumps(message))
    except Exception as error:
        print(f"aws-local: the alarm {alarm.name} could not tell {topic}: {error}", file=sys.stderr, flush=True)


CloudWatchBackend.put_metric_alarm = put_metric_alarm
CloudWatchBackend.set_alarm_state = set_alarm_state
