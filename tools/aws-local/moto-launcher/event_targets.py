"""EventBridge: rules pass events to SNS topics, SQS queues, Lambda functions and state machines, and what cannot be delivered to a dead-letter queue.

"Amazon EventBridge event bus targets", "Input transformation" and "Using dead-letter queues to process undelivered events" in the user guide.
"""

import datetime
import json
import re
import sys
import threading

from moto.events.models import Rule

from addresses import PUBLIC_PORT, client

_send_to_targets = Rule.send_to_targets
OURS = ("sns", "sqs", "lambda", "states")


def time_of(event):
    """RFC 3339 in UTC without milliseconds; moto has seconds since 1970."""
    moment = event["time"]
    if isinstance(moment, str) and not moment.replace(".", "", 1).isdigit():
        return moment
    return datetime.datetime.fromtimestamp(float(moment), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def at(event, path):
    """The value of a path such as $.detail.status."""
    value = event
    for part in path.split(".")[1:]:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def transformed(rule, transformer, event):
    """"Amazon EventBridge input transformation". A variable outside of quotes is JSON, inside of them it is text, and
    "EventBridge does not escape values extracted by JSON path". A path that does not exist leaves nothing.
    """
    variables = {name: at(event, path) for name, path in transformer.get("InputPathsMap", {}).items()}
    variables.update({"aws.events.rule-arn": rule.arn, "aws.events.rule-name": rule.name, "aws.events.event": event, "aws.events.event.json": event})

    def text_of(value, in_quotes):
        if value is None:
            return ""
        return value if in_quotes and isinstance(value, str) else json.dumps(value)

    in_quotes, made = False, []
    for piece in re.split(r'(<[\w.-]+>|\\"|")', transformer["InputTemplate"]):
        if piece == '"':
            in_quotes = not in_quotes
        made.append(text_of(variables.get(piece[1:-1]), in_quotes) if re.fullmatch(r"<[\w.-]+>", piece) else piece)
    return "".join(made)


def input_of(rule, target, event):
    """The text that a target gets: the event, a constant, a part of the event, or what a template makes of it."""
    if target.get("Input") is not None:
        return target["Input"]
    if target.get("InputPath") is not None:
        return json.dumps(at(event, target["InputPath"]))
    if target.get("InputTransformer"):
        return transformed(rule, target["InputTransformer"], event)
    return json.dumps(event)


def queue_url(region, arn):
    return client("sqs", region).get_queue_url(QueueName=arn.split(":")[-1])["QueueUrl"]


def deliver(region, target, text):
    arn = target["Arn"]
    service = arn.split(":")[2]
    if service == "sns":
        client("sns", region).publish(TopicArn=arn, Message=text)
    elif service == "sqs":
        group = target.get("SqsParameters", {}).get("MessageGroupId")
        client("sqs", region).send_message(QueueUrl=queue_url(region, arn), MessageBody=text, **({"MessageGroupId": group} if group else {}))
    elif service == "lambda":
        client("lambda", region).invoke(FunctionName=arn, InvocationType="Event", Payload=text.encode())
    else:
        # executions run in the front
        client("stepfunctions", region, PUBLIC_PORT).start_execution(stateMachineArn=arn, input=text)


def deliver_or_keep(rule, target, event):
    """One attempt: "Errors that cannot be retried" go to the dead-letter queue of the target, or are dropped."""
    region = rule.region_name
    try:
        deliver(region, target, input_of(rule, target, event))
    except Exception as error:
        print(f"aws-local: the rule {rule.arn} could not deliver to {target['Arn']}: {error}", file=sys.stderr, flush=True)
        queue = target.get("DeadLetterConfig", {}).get("Arn")
        if queue:
            code = getattr(error, "response", {}).get("Error", {}).get("Code", "INTERNAL_ERROR")
            attributes = {"ERROR_CODE": code, "ERROR_MESSAGE": str(error), "RULE_ARN": rule.arn, "TARGET_ARN": target["Arn"]}
            client("sqs", region).send_message(
                QueueUrl=queue_url(region, queue),
                MessageBody=json.dumps(event),
                MessageAttributes={key: {"DataType": "String", "StringValue": value} for key, value in attributes.items()},
            )


def send_to_targets(self, original_event, transform_input=True):
    """A disabled rule matches nothing. Delivery is asynchronous: PutEvents has been answered by then."""
    if self.state == "DISABLED":
        return
    mine = [target for target in self.targets if target["Arn"].split(":")[2] in OURS]
    if mine and self.event_pattern.matches_event(original_event):
        event = {key: value for key, value in original_event.items() if key != "ingestion-time"}
        event["time"] = time_of(event)

        def work():
            for target in mine:
                deliver_or_keep(self, target, event)

        threading.Thread(target=work, daemon=True).start()
    others = [target for target in self.targets if target not in mine]
    if others:
        all_targets, self.targets = self.targets, others
        try:
            _send_to_targets(self, original_event, transform_input)
        finally:
            self.targets = all_targets


Rule.send_to_targets = send_to_targets
