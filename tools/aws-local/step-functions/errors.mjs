// Error names that Step Functions reports: "Handling errors in Step Functions workflows" in its Developer Guide.

/** A failure as a state machine sees it: a name to match in Retry and Catch, maybe a second one, and a cause for people. */
export class StatesError extends Error {
  constructor(error, cause = '', alias = undefined) {
    super(`${error}: ${cause}`);
    this.error = error;
    this.cause = cause;
    this.alias = alias;
  }
}

/** The execution was stopped from outside (StopExecution, a sibling's failure, a threshold). Never caught by a state. */
export class Aborted extends Error {}

export const runtimeError = (cause) => new StatesError('States.Runtime', cause);

export const asStatesError = (error) =>
  error instanceof StatesError ? error : runtimeError(`aws-local: ${error?.stack ?? error}`);

/** Settles like `promise`, or rejects with Aborted as soon as `signal` fires. The started work continues in the background. */
export const untilAborted = (promise, signal) =>
  new Promise((resolve, reject) => {
    const abort = () => reject(new Aborted());
    if (signal.aborted) {
      promise.catch(() => {});
      return abort();
    }
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
