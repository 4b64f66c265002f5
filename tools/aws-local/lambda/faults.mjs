// Errors of the Lambda API that Step Functions gets instead of an invocation: those that AWS answers with
// when a function is inactive, its network interface is not ready or its subnet is full ("Invoke", Errors,
// in the Lambda API reference). Nothing here produces them by itself; a test asks for them.
import { StatesError } from '../step-functions/errors.mjs';

export class Faults {
  #pending = new Map();

  /** The next `times` invocations of the function whose name starts with `functionName` fail with `error`. */
  add({ functionName, error, message = '', times = 1 }) {
    if (!functionName || !/^\w+$/.test(error ?? '') || !Number.isInteger(times) || times < 0)
      throw new StatesError(
        'ValidationException',
        'functionName, error and times (a whole number) are needed',
      );
    this.#pending.set(functionName, { error, message, times });
    return {};
  }

  /** The failure that replaces this invocation, or undefined. */
  take(functionArn) {
    const name = functionArn.split(':function:').at(-1);
    for (const [prefix, fault] of this.#pending) {
      if (!name.startsWith(prefix) || fault.times === 0) continue;
      fault.times -= 1;
      return { serviceError: fault.error, message: fault.message };
    }
    return undefined;
  }
}
