// Callback tasks: "Wait for a Callback with Task Token" in the Developer Guide ("Discover service integration patterns"), and
// SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat in the API reference.
import { randomBytes } from 'node:crypto';
import { StatesError } from './errors.mjs';
import { byteLength, MAX_DATA_BYTES } from './limits.mjs';

export const CALLBACK = '.waitForTaskToken';

/** Whether a state waits for its task token. */
export const awaitsToken = (state) =>
  state.Type === 'Task' && String(state.Resource).endsWith(CALLBACK);

// Lengths of the API reference: "taskToken: Minimum length of 1. Maximum length of 2048", "error: 256", "cause: 32768".
const MAX_TOKEN = 2048;
const MAX_ERROR = 256;
const MAX_CAUSE = 32_768;

const refuse = (type, message) => {
  throw new StatesError(type, message);
};
const bounded = (value, name, max) => {
  if (value !== undefined && value !== null && (typeof value !== 'string' || value.length > max))
    refuse('ValidationException', `'${name}' must be a text of at most ${max} characters`);
};

/**
 * The tokens of all executions. Each attempt at a task has its own: "If a Task state using the callback task token times out, a new
 * random token is generated", and a redrive schedules the task again. A token that was used or whose attempt is over stays known as
 * closed: "The task token has either expired or the task associated with the token has already been closed" (TaskTimedOut).
 */
export class TaskTokens {
  #open = new Map();
  #closed = new Set();

  /** A token for one attempt: `result` settles with what is sent, `onBeat` is called at each heartbeat. */
  open() {
    const { promise, resolve, reject } = Promise.withResolvers();
    promise.catch(() => {}); // a failure may be sent when nobody waits any more
    const token = randomBytes(96).toString('base64');
    const close = () => {
      if (this.#open.delete(token)) this.#closed.add(token);
    };
    const task = { token, result: promise, resolve, reject, close, onBeat: () => {} };
    this.#open.set(token, task);
    return task;
  }

  #find(token) {
    if (typeof token !== 'string' || token.length < 1 || token.length > MAX_TOKEN)
      refuse('ValidationException', `'taskToken' must have 1 to ${MAX_TOKEN} characters`);
    const task = this.#open.get(token);
    if (task) return task;
    if (this.#closed.has(token))
      refuse('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    return refuse('InvalidToken', "Invalid Token: 'Invalid token'");
  }

  succeed({ taskToken, output }) {
    const task = this.#find(taskToken);
    let value;
    try {
      value = JSON.parse(output);
    } catch (error) {
      refuse('InvalidOutput', `Invalid Output: '${error.message}'`);
    }
    if (byteLength(output) > MAX_DATA_BYTES)
      refuse('InvalidOutput', `Invalid Output: it is larger than ${MAX_DATA_BYTES} bytes`);
    task.close();
    task.resolve(value);
    return {};
  }

  fail({ taskToken, error, cause }) {
    bounded(error, 'error', MAX_ERROR);
    bounded(cause, 'cause', MAX_CAUSE);
    const task = this.#find(taskToken);
    task.close();
    // A failure without a name is not described by AWS; States.TaskFailed is what a Catch would name.
    task.reject(new StatesError(error || 'States.TaskFailed', cause ?? ''));
    return {};
  }

  /** "This action resets the Heartbeat clock", and makes no event in the history. */
  beat({ taskToken }) {
    this.#find(taskToken).onBeat();
    return {};
  }
}
