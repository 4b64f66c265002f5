// Fires a schedule of EventBridge Scheduler by hand: moto stores schedules but never fires them.
import { randomUUID } from 'node:crypto';
import { StatesError } from './step-functions/errors.mjs';

const START_EXECUTION = /^arn:[^:]+:scheduler:::aws-sdk:sfn:startExecution$/;
const STATE_MACHINE = /^arn:[^:]+:states:[^:]+:\d+:stateMachine:/;

/** The StartExecution request of a target: a state machine, or the universal target aws-sdk:sfn:startExecution. */
function requestOf({ Arn, Input }) {
  if (STATE_MACHINE.test(Arn)) return { stateMachineArn: Arn, input: Input ?? '{}' };
  if (!START_EXECUTION.test(Arn))
    throw new StatesError('UnsupportedTarget', `The target ${Arn} is not states:startExecution`);
  const { StateMachineArn, Input: input, Name } = JSON.parse(Input);
  return { stateMachineArn: StateMachineArn, name: Name, input };
}

export async function fireSchedule({ motoPort, region, api }, { name, group = 'default' }) {
  const url = `http://127.0.0.1:${motoPort}/schedules/${encodeURIComponent(name)}?groupName=${encodeURIComponent(group)}`;
  const answer = await fetch(url, {
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=aws-local/20260101/${region}/scheduler/aws4_request`,
    },
  });
  const schedule = await answer.json();
  if (!answer.ok)
    throw new StatesError(
      'ResourceNotFoundException',
      `No schedule '${name}' in the group '${group}': ${JSON.stringify(schedule)}`,
    );
  // "Adding context attributes in EventBridge Scheduler"
  const attributes = {
    'schedule-arn': schedule.Arn,
    'scheduled-time': `${new Date().toISOString().slice(0, 19)}Z`,
    'execution-id': randomUUID(),
    'attempt-number': '1',
  };
  const Input = schedule.Target.Input?.replace(
    /<aws\.scheduler\.([a-z-]+)>/g,
    (whole, key) => attributes[key] ?? whole,
  );
  return {
    state: schedule.State,
    ...(await api.StartExecution(requestOf({ ...schedule.Target, Input }))),
  };
}
