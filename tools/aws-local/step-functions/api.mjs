// The operations of the Step Functions API on executions and map runs. State machines themselves are stored by moto.
import { checkDefinition } from './definition.mjs';
import { StatesError } from './errors.mjs';
import { byteLength, MAX_DATA_BYTES } from './limits.mjs';

const refuse = (type, message) => {
  throw new StatesError(type, message);
};
const seconds = (date) => date && date / 1000;
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u;

/** Pages by position; a token is only valid with the same other parameters, as on AWS. */
function page(items, { maxResults, nextToken }, key, largest = 1000) {
  const from = nextToken ? Number(Buffer.from(nextToken, 'base64url').toString()) : 0;
  if (!Number.isInteger(from)) refuse('InvalidToken', `Invalid token: '${nextToken}'`);
  const to = from + Math.min(maxResults || 100, largest);
  return {
    [key]: items.slice(from, to),
    ...(to < items.length && { nextToken: Buffer.from(String(to)).toString('base64url') }),
  };
}

const withoutData = (event) =>
  Object.fromEntries(
    Object.entries(event).map(([key, value]) => {
      if (!key.endsWith('EventDetails')) return [key, value];
      const { input, output, parameters, assignedVariables, ...rest } = value;
      return [key, rest];
    }),
  );

/** `machines.describe(arn)` -> { definition, roleArn, name } or throws StatesError. */
export function stepFunctionsApi(engine, machines) {
  const execution = (arn) =>
    engine.executions.get(arn) ??
    refuse('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  /** "This API action is not supported by EXPRESS state machines". */
  const standard = (arn) =>
    execution(arn).isExpress
      ? refuse('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: express'`)
      : execution(arn);
  const mapRun = (arn) => {
    for (const { mapRuns } of engine.executions.values())
      for (const run of mapRuns) if (run.arn === arn) return run;
    return refuse('ResourceNotFound', `Map Run Does Not Exist: '${arn}'`);
  };
  const listItem = (e) => ({
    executionArn: e.arn,
    stateMachineArn: e.stateMachineArn,
    name: e.name,
    status: e.status,
    startDate: seconds(e.startDate),
    stopDate: seconds(e.stopDate),
    redriveCount: e.redriveCount,
    redriveDate: seconds(e.redriveDate),
    ...(e.mapRun && { mapRunArn: e.mapRun.arn, itemCount: e.itemCount }),
  });

  return {
    /** Idempotent for a running execution with the same name and input; a name is otherwise used once. */
    async StartExecution({ stateMachineArn, name, input = '{}' }) {
      if (name !== undefined && !NAME.test(name)) refuse('InvalidName', `Invalid Name: '${name}'`);
      if (byteLength(input) > MAX_DATA_BYTES)
        refuse('InvalidExecutionInput', `The input is larger than ${MAX_DATA_BYTES} bytes`);
      let value;
      try {
        value = JSON.parse(input);
      } catch (error) {
        refuse(
          'InvalidExecutionInput',
          `Invalid State Machine Execution Input: '${error.message}'`,
        );
      }
      const machine = await machines.describe(stateMachineArn);
      const old =
        name &&
        engine.executions.get(
          `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`,
        );
      if (old && (old.status !== 'RUNNING' || old.inputText !== input))
        refuse('ExecutionAlreadyExists', `Execution Already Exists: '${old.arn}'`);
      const started =
        old ??
        engine.start({
          name,
          stateMachineArn,
          roleArn: machine.roleArn,
          definition: JSON.parse(machine.definition),
          input: value,
          inputText: input,
        });
      return { executionArn: started.arn, startDate: seconds(started.startDate) };
    },

    DescribeExecution({ executionArn }) {
      const e = execution(executionArn);
      return {
        ...listItem(e),
        input: e.inputText ?? JSON.stringify(e.input),
        inputDetails: { included: true },
        ...(e.status === 'SUCCEEDED' && {
          output: JSON.stringify(e.output),
          outputDetails: { included: true },
        }),
        error: e.error,
        cause: e.cause,
        ...e.redriveInfo(),
      };
    },

    GetExecutionHistory({ executionArn, reverseOrder, includeExecutionData = true, ...paging }) {
      const { events } = standard(executionArn).history;
      const ordered = reverseOrder ? events.toReversed() : events;
      const answer = page(ordered, paging, 'events');
      return includeExecutionData ? answer : { ...answer, events: answer.events.map(withoutData) };
    },

    ListExecutions({ stateMachineArn, mapRunArn, statusFilter, redriveFilter, ...paging }) {
      if (Boolean(stateMachineArn) === Boolean(mapRunArn))
        refuse('ValidationException', 'Exactly one of stateMachineArn and mapRunArn is required');
      if (mapRunArn && mapRun(mapRunArn).children.some((child) => child.isExpress))
        refuse(
          'StateMachineTypeNotSupported',
          'This API action is not supported by EXPRESS state machines',
        );
      const all = mapRunArn
        ? mapRun(mapRunArn).children.filter((child) => child.startDate)
        : [...engine.executions.values()].filter((e) => e.stateMachineArn === stateMachineArn);
      const chosen = all
        .filter((e) => !statusFilter || e.status === statusFilter)
        .filter((e) => !redriveFilter || e.redriveCount > 0 === (redriveFilter === 'REDRIVEN'))
        .toReversed(); // "Results are sorted by time, with the most recent execution first"
      return page(chosen.map(listItem), paging, 'executions');
    },

    async StopExecution({ executionArn, error, cause }) {
      const e = standard(executionArn);
      if (e.status === 'RUNNING') {
        e.stop(error, cause);
        await e.done;
      }
      return { stopDate: seconds(e.stopDate) };
    },

    RedriveExecution({ executionArn, clientToken }) {
      const e = standard(executionArn);
      if (!clientToken || e.redriveToken !== clientToken) engine.redrive(e);
      e.redriveToken = clientToken;
      return { redriveDate: seconds(e.redriveDate) };
    },

    DescribeStateMachineForExecution({ executionArn }) {
      const e = standard(executionArn);
      return {
        stateMachineArn: e.stateMachineArn,
        name: e.stateMachineArn.split(':').at(-1),
        definition: JSON.stringify(e.definition),
        roleArn: e.roleArn,
        updateDate: seconds(e.startDate),
        ...(e.mapRun && { mapRunArn: e.mapRun.arn, label: e.mapRun.label }),
      };
    },

    ListMapRuns({ executionArn, ...paging }) {
      const e = execution(executionArn);
      const runs = e.mapRuns.toReversed().map((run) => ({
        executionArn: e.arn,
        mapRunArn: run.arn,
        stateMachineArn: e.stateMachineArn,
        startDate: seconds(run.startDate),
        stopDate: seconds(run.stopDate),
      }));
      return page(runs, paging, 'mapRuns');
    },

    SendTaskSuccess: (request) => engine.taskTokens.succeed(request),
    SendTaskFailure: (request) => engine.taskTokens.fail(request),
    SendTaskHeartbeat: (request) => engine.taskTokens.beat(request),

    DescribeMapRun: ({ mapRunArn }) => mapRun(mapRunArn).describe(),

    UpdateMapRun({ mapRunArn, ...changes }) {
      const run = mapRun(mapRunArn);
      for (const key of ['maxConcurrency', 'toleratedFailureCount', 'toleratedFailurePercentage'])
        if (changes[key] !== undefined) run[key] = changes[key];
      run.concurrencyChanged?.();
      return {};
    },

    ValidateStateMachineDefinition({ definition, maxResults = 100 }) {
      const found = checkDefinition(definition);
      return {
        result: found.length ? 'FAIL' : 'OK',
        diagnostics: found.slice(0, maxResults || 100),
        truncated: found.length > (maxResults || 100),
      };
    },

    StartSyncExecution: () =>
      refuse('StateMachineTypeNotSupported', 'aws-local runs STANDARD state machines only'),
  };
}
