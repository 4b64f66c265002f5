// The events that Step Functions sends to EventBridge: "AWS Step Functions events" in the Events Reference.

/**
 * A function that sends a status change to the default bus, one after the other. Input and output are left out, which
 * stands for an event without data ("inputDetails": {"included": false}), as for a machine with a key of its own.
 */
export function statusEvents(send) {
  let last = Promise.resolve();
  return (execution) => {
    const entry = {
      Source: 'aws.states',
      DetailType: 'Step Functions Execution Status Change',
      Resources: [execution.arn],
      Detail: JSON.stringify(detailOf(execution)),
    };
    // "Delivery type: Best effort"
    last = last
      .then(() => send('eventbridge', 'PutEvents', { Entries: [entry] }))
      .catch((error) => console.error(`aws-local: an event was not sent: ${error}`));
  };
}

function detailOf({ arn, stateMachineArn, name, status, startDate, stopDate }) {
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: startDate.getTime(),
    stopDate: stopDate ? stopDate.getTime() : null,
    input: null,
    inputDetails: { included: false },
    output: null,
    outputDetails: null,
  };
}
