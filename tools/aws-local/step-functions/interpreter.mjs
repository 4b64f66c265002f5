// Runs sequences of states (Amazon States Language specification; differences between query languages are in fields.mjs).
import { runDistributedMap } from './distributed-map.mjs';
import { Aborted, asStatesError, StatesError, untilAborted } from './errors.mjs';
import { JsonataFields, JsonPathFields } from './fields.mjs';
import { forgetVisit } from './frame.mjs';
import { runInlineMap, runParallel } from './inline-map.mjs';
import { checkSize } from './limits.mjs';
import { errorMatches, RetryBudget } from './retry.mjs';
import { awaitsToken } from './task-tokens.mjs';
import { runTask } from './tasks.mjs';
import { after } from './timers.mjs';

const ABORTABLE = ['Task', 'Wait', 'Map', 'Parallel'];
const isDistributed = (state) =>
  (state.ItemProcessor ?? state.Iterator)?.ProcessorConfig?.Mode === 'DISTRIBUTED';

// "Redrive behavior of individual states": after States.DataLimitExceeded a Parallel or Map is run again as a whole;
// "A new Map Run is started and the existing Map Run isn't redriven" after that or a States.Runtime (JSONata: evaluation) error.
const RERUN_PARTS = ['States.DataLimitExceeded'];
const RERUN_MAP = ['States.DataLimitExceeded', 'States.Runtime', 'States.QueryEvaluationError'];

/** Runs `program` from the state of `frame` to its end, and returns its output. `run` is { engine, execution, signal }. */
export async function runStates(run, program, frame, scope) {
  const { history } = run.execution;
  let resumed = frame.state !== undefined; // a redriven state was entered before: it gets no second StateEntered event
  if (resumed && (frame.mapRun ? RERUN_MAP : RERUN_PARTS).includes(frame.failure))
    forgetVisit(frame);
  frame.failure = null;
  frame.state ??= program.StartAt;
  for (;;) {
    if (run.signal.aborted) throw new Aborted();
    const name = frame.state;
    const state = program.States[name];
    if (!resumed)
      history.add(`${state.Type}StateEntered`, {
        name,
        input: JSON.stringify(frame.input),
        inputDetails: { truncated: false },
      });
    resumed = false;
    const { output, assign, next } = await runState(run, name, state, frame, scope);
    history.add(`${state.Type}StateExited`, {
      name,
      output: JSON.stringify(output),
      outputDetails: { truncated: false },
      ...(assign && {
        assignedVariables: Object.fromEntries(
          Object.entries(assign).map(([key, value]) => [key, JSON.stringify(value)]),
        ),
      }),
    });
    Object.assign(frame.variables, assign);
    forgetVisit(frame);
    if (next === undefined) {
      frame.done = true;
      frame.output = output;
      return output;
    }
    frame.state = next;
    frame.input = output;
  }
}

async function runState(run, name, state, frame, scope) {
  const { engine, execution, signal } = run;
  const { history } = execution;
  const queryLanguage = state.QueryLanguage ?? scope.queryLanguage;
  const Fields = queryLanguage === 'JSONata' ? JsonataFields : JsonPathFields;
  const budget = new RetryBudget(state, engine.random); // also after a redrive: "the retry attempt count is reset to 0"
  const enteredTime = new Date().toISOString();
  for (;;) {
    const task = awaitsToken(state) ? engine.taskTokens.open() : undefined;
    const context = {
      ...scope.context,
      State: { EnteredTime: enteredTime, Name: name, RetryCount: budget.total },
      ...(task && { Task: { Token: task.token } }),
    };
    let fields;
    try {
      fields = new Fields(name, state, frame.input, context, frame.variables);
      const done = await perform(run, name, state, frame, fields, {
        ...scope,
        context,
        queryLanguage,
        task,
      });
      checkSize(done.output, name);
      return { next: state.Next, ...done };
    } catch (thrown) {
      if (thrown instanceof Aborted) {
        if (ABORTABLE.includes(state.Type)) history.add(`${state.Type}StateAborted`);
        throw thrown;
      }
      const failure = asStatesError(thrown);
      if (failure.error === 'States.QueryEvaluationError' || failure.error === 'States.Runtime')
        failure.cause = withPlace(failure.cause, name, history);
      if (failure.error === 'States.QueryEvaluationError')
        history.add('EvaluationFailed', {
          error: failure.error,
          cause: failure.cause,
          state: name,
        });
      if (state.Type === 'Map' || state.Type === 'Parallel')
        history.add(`${state.Type}StateFailed`, { error: failure.error, cause: failure.cause });
      const delay = budget.next(failure);
      if (delay !== undefined) {
        forgetVisit(frame); // a retried Parallel or Map starts over; a Distributed Map starts a new Map Run
        await pause(delay, engine, signal);
        continue;
      }
      const catcher = (state.Catch ?? []).find(({ ErrorEquals }) =>
        errorMatches(ErrorEquals, failure, state.Type),
      );
      if (!catcher) {
        frame.failure = failure.error;
        throw failure;
      }
      const caught = await fields.caught(catcher, { Error: failure.error, Cause: failure.cause });
      checkSize(caught.output, name);
      return { next: catcher.Next, ...caught }; // from here on the state counts as exited: a redrive does not come back to it
    } finally {
      task?.close(); // the token of an attempt that is over is not valid any more
    }
  }
}

const withPlace = (cause, name, history) =>
  cause.startsWith('An error occurred while executing')
    ? cause
    : `An error occurred while executing the state '${name}' (entered at the event id #${history.lastEntered(name)}). ${cause}`;

async function perform(run, name, state, frame, fields, scope) {
  switch (state.Type) {
    case 'Pass':
      return fields.finish(await fields.passResult());
    case 'Succeed':
      return { ...(await fields.passOn()), next: undefined };
    case 'Fail': {
      const { error, cause } = await fields.failure();
      throw new StatesError(error ?? '', cause ?? '');
    }
    case 'Wait':
      await pause(await secondsToWait(fields), run.engine, run.signal);
      return fields.passOn();
    case 'Choice':
      return fields.choose();
    case 'Task':
      return fields.finish(
        await runTask(
          run,
          name,
          state,
          await fields.arguments(),
          {
            timeoutSeconds: await fields.value('TimeoutSeconds'),
            heartbeatSeconds: await fields.value('HeartbeatSeconds'),
          },
          scope.task,
        ),
      );
    case 'Parallel': {
      const result = await runParallel(
        run,
        state,
        frame,
        frame.parts ? null : await fields.arguments(),
        scope,
        runStates,
      );
      run.execution.history.add('ParallelStateSucceeded');
      return fields.finish(checkSize(result, name));
    }
    case 'Map': {
      const result = isDistributed(state)
        ? await runDistributedMap(run, name, state, frame, fields, scope.queryLanguage)
        : await runInlineMap(run, name, state, frame, fields, scope, runStates);
      run.execution.history.add('MapStateSucceeded');
      return fields.finish(checkSize(result, name));
    }
  }
}

async function secondsToWait(fields) {
  const timestamp = await fields.value('Timestamp');
  if (timestamp !== undefined) {
    const at = Date.parse(timestamp);
    if (Number.isNaN(at))
      throw fields.invalid(
        `The Timestamp of the state '${fields.name}' is not a timestamp: ${JSON.stringify(timestamp)}.`,
      );
    return Math.max(0, (at - Date.now()) / 1000);
  }
  const seconds = await fields.value('Seconds');
  if (typeof seconds !== 'number' || seconds < 0 || seconds > 99_999_999)
    throw fields.invalid(
      `The Seconds of the state '${fields.name}' must be a number from 0 to 99999999, but is ${JSON.stringify(seconds)}.`,
    );
  return seconds;
}

/** Wait states and retry delays, shortened by AWS_LOCAL_TIME_SCALE. */
async function pause(seconds, engine, signal) {
  let cancel;
  const waited = new Promise((resolve) => {
    cancel = after(seconds * engine.timeScale, resolve);
  });
  try {
    await untilAborted(waited, signal);
  } finally {
    cancel();
  }
}
