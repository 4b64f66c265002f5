import { randomUUID } from 'node:crypto';
import { newFrame } from './frame.mjs';
import { History } from './history.mjs';
import { UNSUCCESSFUL } from './map-run.mjs';

/** One execution of a state machine, or one child of a Map Run. Lives in memory until aws-local is stopped. */
export class Execution {
  status = 'RUNNING';
  redriveCount = 0;
  history = new History();
  mapRuns = [];

  constructor({
    name = randomUUID(),
    stateMachineArn,
    roleArn,
    definition,
    queryLanguage,
    input,
    itemCount,
    mapRun,
  }) {
    Object.assign(this, { stateMachineArn, roleArn, definition, input, itemCount, mapRun });
    this.queryLanguage = queryLanguage ?? definition.QueryLanguage ?? 'JSONPath';
    this.#call(name);
    this.frame = newFrame(structuredClone(input));
  }

  /** EXPRESS executions have ARNs of their own: `express:machine:name:id` ("Resource types defined by AWS Step Functions"). */
  #call(name) {
    this.name = name;
    this.arn = this.isExpress
      ? `${this.stateMachineArn.replace(':stateMachine:', ':express:')}:${name}:${randomUUID()}`
      : `${this.stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  }

  /** Makes this a new execution with the same input. */
  renew() {
    this.#call(randomUUID());
    this.history = new History();
    this.frame = newFrame(structuredClone(this.input));
    this.stopDate = this.error = this.cause = this.output = undefined;
  }

  /** A second execution of the same input, which belongs to no Map Run's counts. */
  twin() {
    const { stateMachineArn, roleArn, definition, queryLanguage, input, itemCount, mapRun } = this;
    return new Execution({
      stateMachineArn,
      roleArn,
      definition,
      queryLanguage,
      input,
      itemCount,
      mapRun,
    });
  }

  stop(error, cause) {
    this.stopRequest = { error, cause };
    this.controller?.abort();
  }

  /** The context object (Developer Guide: "Accessing execution data from the Context object"). */
  context() {
    return {
      Execution: {
        Id: this.arn,
        Input: this.input,
        Name: this.name,
        RoleArn: this.roleArn,
        StartTime: this.startDate.toISOString(),
        RedriveCount: this.redriveCount,
        ...(this.redriveDate && { RedriveTime: this.redriveDate.toISOString() }),
      },
      StateMachine: { Id: this.stateMachineArn, Name: this.stateMachineArn.split(':').at(-1) },
    };
  }

  get isExpress() {
    return this.definition.ProcessorConfig?.ExecutionType === 'EXPRESS';
  }

  /** redriveStatus and its reason, under keys with the given prefix. */
  redriveInfo(prefix = 'redrive') {
    if (!UNSUCCESSFUL.includes(this.status))
      return {
        [`${prefix}Status`]: 'NOT_REDRIVABLE',
        [`${prefix}StatusReason`]: `Execution is ${this.status} and cannot be redriven`,
      };
    return { [`${prefix}Status`]: this.mapRun ? 'REDRIVABLE_BY_MAP_RUN' : 'REDRIVABLE' };
  }
}
