// Starts, stops and redrives executions.
import { Aborted, asStatesError, StatesError } from './errors.mjs';
import { Execution } from './execution.mjs';
import { runStates } from './interpreter.mjs';
import { UNSUCCESSFUL } from './map-run.mjs';
import { TaskTokens } from './task-tokens.mjs';
import { after } from './timers.mjs';

const EXPRESS_SECONDS = 300; // "Express Workflows can run for up to five minutes"

export class Engine {
  executions = new Map();
  taskTokens = new TaskTokens();

  /**
   * `ports`: invoke(functionArn, payloadJson) -> { payload, functionError } or { serviceError, message };
   * s3: getText(bucket, key), putText(bucket, key, text), list(bucket, prefix);
   * send(service, operation, request) -> the answer of an AWS API; statusChanged(execution), if anybody listens.
   */
  constructor(ports, options = {}) {
    this.ports = ports;
    this.region = options.region ?? 'eu-west-1';
    this.random = options.random ?? Math.random;
    this.timeScale = options.timeScale ?? 1;
    this.callbackTimeScale = options.callbackTimeScale ?? 1;
    this.expressSeconds = options.expressSeconds ?? EXPRESS_SECONDS;
    this.expressRuns = options.expressRuns ?? 1;
    this.maxChildren = options.maxChildren ?? 40;
    this.resultFileBytes = options.resultFileBytes ?? 5 * 1024 ** 3;
    this.redriveResults = options.redriveResults ?? 'all';
  }

  start({ name, stateMachineArn, roleArn, definition, input, inputText }) {
    const execution = new Execution({ name, stateMachineArn, roleArn, definition, input });
    execution.inputText = inputText;
    this.#begin(execution);
    execution.done = this.#run(execution);
    return execution;
  }

  #begin(execution) {
    execution.startDate = new Date();
    execution.status = 'RUNNING';
    this.executions.set(execution.arn, execution);
    this.#tell(execution);
    execution.history.add('ExecutionStarted', {
      input: execution.inputText ?? JSON.stringify(execution.input),
      inputDetails: { truncated: false },
      roleArn: execution.roleArn,
    });
  }

  async #run(execution) {
    const controller = new AbortController();
    execution.controller = controller;
    execution.stopRequest = undefined;
    const { definition, history } = execution;
    const seconds =
      definition.TimeoutSeconds ?? (execution.isExpress ? this.expressSeconds : undefined);
    let timedOut = false;
    const cancel =
      seconds &&
      after(seconds, () => {
        timedOut = true;
        controller.abort();
      });
    const end = (status, type, details) => {
      history.add(type, details);
      Object.assign(execution, {
        stopDate: new Date(),
        error: details?.error,
        cause: details?.cause,
        status,
      });
    };
    try {
      const run = { engine: this, execution, signal: controller.signal };
      const scope = { context: execution.context(), queryLanguage: execution.queryLanguage };
      execution.output = await runStates(run, definition, execution.frame, scope);
      end('SUCCEEDED', 'ExecutionSucceeded', {
        output: JSON.stringify(execution.output),
        outputDetails: { truncated: false },
      });
    } catch (error) {
      if (!(error instanceof Aborted)) {
        const { error: name, cause } = asStatesError(error);
        end('FAILED', 'ExecutionFailed', { error: name, cause });
      } else if (timedOut)
        end('TIMED_OUT', 'ExecutionTimedOut', {
          error: 'States.Timeout',
          cause: `The execution timed out after ${seconds} seconds.`,
        });
      else end('ABORTED', 'ExecutionAborted', execution.stopRequest ?? {});
    } finally {
      cancel?.();
    }
    this.#tell(execution);
    return execution;
  }

  /** "Status changes in state machine executions are sent to EventBridge automatically", of standard workflows. */
  #tell(execution) {
    if (!execution.isExpress && !execution.mapRun) this.ports.statusChanged?.(execution);
  }

  /**
   * RedriveExecution: "continues the failed execution from the unsuccessful step and uses the same input", with the definition that
   * the execution was started with. Timeouts and retry counts start again.
   */
  redrive(execution) {
    if (execution.mapRun)
      throw new StatesError(
        'ExecutionNotRedrivable',
        'A child of a Map Run is redriven with its parent execution',
      );
    if (!UNSUCCESSFUL.includes(execution.status))
      throw new StatesError(
        'ExecutionNotRedrivable',
        `Execution is ${execution.status} and cannot be redriven`,
      );
    this.#markRedriven(execution);
    execution.done = this.#run(execution);
    return execution;
  }

  #markRedriven(execution) {
    execution.redriveCount++;
    execution.redriveDate = new Date();
    execution.status = 'RUNNING';
    execution.stopDate = execution.error = execution.cause = undefined;
    this.#tell(execution);
    execution.history.add('ExecutionRedriven', { redriveCount: execution.redriveCount });
  }

  childExecution(mapRun, processor, { input, itemCount, queryLanguage }) {
    const { execution: parent, childMachineArn } = mapRun;
    const child = new Execution({
      stateMachineArn: childMachineArn,
      roleArn: parent.roleArn,
      definition: processor,
      queryLanguage,
      input,
      itemCount,
      mapRun,
    });
    child.status = 'PENDING';
    return child;
  }

  /**
   * Starts a pending child, or redrives one that failed. "When you redrive a Map Run, the Express child workflows are rerun using the
   * StartExecution API action" (RedriveExecution): a new execution with the same input, from its first state.
   */
  runChild(child, mapRun) {
    child.ranInRedrive = mapRun.redriveCount;
    if (child.status === 'PENDING') this.#begin(child);
    else if (child.isExpress) {
      child.renew();
      this.#begin(child);
    } else this.#markRedriven(child);
    child.done = this.#run(child);
    if (child.isExpress) this.#repeat(child);
    return child.done;
  }

  /** "At-least-once workflow execution" (Standard and Express workflows): runs of the same child whose results nobody sees. */
  #repeat(child) {
    for (let run = 1; run < this.expressRuns; run++) {
      const twin = child.twin();
      twin.startDate = new Date();
      void this.#run(twin);
    }
  }
}
