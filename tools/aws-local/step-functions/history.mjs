// The event history of one execution, in the shape of GetExecutionHistory's HistoryEvent.
import { runtimeError } from './errors.mjs';
import { MAX_HISTORY_EVENTS } from './limits.mjs';

const DETAILS = [
  [/StateEntered$/, 'stateEnteredEventDetails'],
  [/StateExited$/, 'stateExitedEventDetails'],
];

const detailsKey = (type) =>
  DETAILS.find(([pattern]) => pattern.test(type))?.[1] ??
  `${type[0].toLowerCase()}${type.slice(1)}EventDetails`;

const ENDS = /^(Execution|Map|Parallel).*(Failed|Aborted|TimedOut|Succeeded|Redriven)$/;

export class History {
  events = [];

  /** `details` is undefined for event types without details (TaskStateAborted, MapRunSucceeded ...). */
  add(type, details) {
    // "25,000 events in a single execution history": the execution fails. Events that close it still fit.
    if (this.events.length >= MAX_HISTORY_EVENTS && !ENDS.test(type))
      throw runtimeError(
        `The execution reached the maximum number of history events (${MAX_HISTORY_EVENTS}).`,
      );
    const id = this.events.length + 1;
    this.events.push({
      timestamp: Date.now() / 1000,
      type,
      id,
      previousEventId: id - 1, // AWS points parallel work at its own branch; here it is the event before
      ...(details && { [detailsKey(type)]: details }),
    });
    return id;
  }

  /** Id of the latest entry into a state, for "entered at the event id #n" in causes. */
  lastEntered(name) {
    return this.events.findLast((event) => event.stateEnteredEventDetails?.name === name)?.id ?? 0;
  }
}
