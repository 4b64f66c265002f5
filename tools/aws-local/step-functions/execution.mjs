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
    Object.assign(this, { name, stateMachineArn, roleArn, definition, input, itemCount, mapRun });
    this.queryLanguage = queryLanguage ?? definition.QueryLanguage ?? 'JSONPath';
    this.arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    this.frame = newFrame(structuredClone(input));
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
