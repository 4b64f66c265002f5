// Runs Task states: a Lambda function by its ARN, or a service integration, which may wait for a task token.
import { StatesError, untilAborted } from './errors.mjs';
import { INTEGRATIONS, lambdaResult } from './integrations.mjs';
import { checkSize } from './limits.mjs';
import { CALLBACK } from './task-tokens.mjs';
import { after } from './timers.mjs';

const LAMBDA_ARN = /^arn:[^:]+:lambda:[^.]+$/;
const INTEGRATION = /^arn:[^:]+:states:::([\w:-]+)(\.waitForTaskToken)?$/;

export const supportedIntegrations = Object.entries(INTEGRATIONS).map(([name, { callback }]) =>
  callback ? `${name}[${CALLBACK}]` : name,
);

export function isSupportedResource(resource) {
  if (LAMBDA_ARN.test(resource)) return true;
  const [, name = '', waits] = resource.match(INTEGRATION) ?? [];
  return Object.hasOwn(INTEGRATIONS, name) && (!waits || INTEGRATIONS[name].callback === true);
}

/** The task's work under its names in the history. */
function planOf(run, name, state, input) {
  const { engine, execution } = run;
  if (LAMBDA_ARN.test(state.Resource))
    return {
      event: 'LambdaFunction',
      about: {},
      scheduled: { resource: state.Resource, input: JSON.stringify(input) },
      work: async () =>
        lambdaResult(await engine.ports.invoke(state.Resource, JSON.stringify(input ?? {})), name),
    };
  const [, integration, waits = ''] = state.Resource.match(INTEGRATION);
  const parts = integration.split(':');
  const about = {
    resourceType: parts.slice(0, -1).join(':'),
    resource: `${parts.at(-1)}${waits}`,
  };
  return {
    event: 'Task',
    about,
    started: about,
    scheduled: { ...about, region: engine.region, parameters: JSON.stringify(input) },
    work: async () =>
      INTEGRATIONS[integration].run(engine.ports, input ?? {}, { state: name, execution }),
  };
}

/**
 * Waits for what is sent with the token. The call's own result only shows that the task was submitted, and its failure is the task's.
 * Whatever comes first counts, so a function may send the token that it was invoked with.
 */
function callbackWork(submit, task, onSubmitted) {
  const submitted = submit().then((result) => {
    onSubmitted(result);
    return task.result;
  });
  submitted.catch(() => {}); // a call that is still running when the token comes may fail later
  return Promise.race([task.result, submitted]);
}

/**
 * Rejects when the task takes too long. "The Timeout of a task is its maximum allowed duration, regardless of the number of
 * SendTaskHeartbeat requests received". A missed heartbeat fails "with a States.Timeout error name", and States.HeartbeatTimeout is
 * "available inside the Catch and Retry fields", so both names match it.
 */
function deadlines({ timeoutSeconds, heartbeatSeconds, task, scale }) {
  const cancels = new Set();
  const failed = new Promise((_, reject) => {
    if (timeoutSeconds !== undefined)
      cancels.add(after(timeoutSeconds * scale, () => reject(new StatesError('States.Timeout'))));
    if (heartbeatSeconds === undefined || !task) return;
    let cancel;
    task.onBeat = () => {
      if (cancel) {
        cancel();
        cancels.delete(cancel);
      }
      cancel = after(heartbeatSeconds * scale, () =>
        reject(new StatesError('States.Timeout', '', 'States.HeartbeatTimeout')),
      );
      cancels.add(cancel);
    };
    task.onBeat();
  });
  return {
    failed,
    cancel: () => {
      if (task) task.onBeat = () => {};
      for (const cancel of cancels) cancel();
    },
  };
}

/**
 * Runs one attempt of a Task. `limits` are its TimeoutSeconds and HeartbeatSeconds, `task` its token if it waits for one. A timeout or
 * an abort leaves the Lambda function running, as on AWS.
 */
export async function runTask(run, name, state, input, limits, task) {
  checkSize(input, name);
  const { history } = run.execution;
  const { event, about, started, scheduled, work } = planOf(run, name, state, input);
  const { timeoutSeconds, heartbeatSeconds } = limits;
  history.add(`${event}Scheduled`, {
    ...scheduled,
    ...(timeoutSeconds !== undefined && { timeoutInSeconds: timeoutSeconds }),
    ...(heartbeatSeconds !== undefined && { heartbeatInSeconds: heartbeatSeconds }),
  });
  history.add(`${event}Started`, started);
  let isOver = false;
  const attempt = task
    ? callbackWork(work, task, (result) => {
        if (!isOver) history.add('TaskSubmitted', { ...about, output: JSON.stringify(result) });
      })
    : work();
  const { failed, cancel } = deadlines({
    ...limits,
    task,
    // Only waiting for somebody else is shortened; a function takes the time that it takes.
    scale: task ? run.engine.callbackTimeScale : 1,
  });
  try {
    const result = checkSize(await untilAborted(Promise.race([attempt, failed]), run.signal), name);
    history.add(`${event}Succeeded`, { ...about, output: JSON.stringify(result) });
    return result;
  } catch (error) {
    if (error instanceof StatesError)
      history.add(error.error === 'States.Timeout' ? `${event}TimedOut` : `${event}Failed`, {
        ...about,
        error: error.error,
        cause: error.cause,
      });
    throw error;
  } finally {
    isOver = true;
    cancel();
    attempt.catch(() => {}); // an abandoned attempt may still fail later
  }
}
