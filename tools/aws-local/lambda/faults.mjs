// Errors of the Lambda API that a caller gets instead of an invocation: those that AWS answers with
// when a function is inactive, its network interface is not ready or its subnet is full ("Invoke", Errors,
// in the Lambda API reference). They occur only if a test requests them.
import { StatesError } from '../step-functions/errors.mjs';

// HTTP status codes of the same page. Most of what it lists, and what it does not list, is 502: the fault is not the caller's.
const STATUS = [
  [400, /^InvalidParameterValue|^InvalidRequestContent/],
  [404, /^ResourceNotFound/],
  [409, /^ResourceConflict|^SnapStartNotReady/],
  [413, /^RequestTooLarge/],
  [429, /^TooManyRequests/],
  [500, /^ServiceException/],
];

/** The name of the function whose invocation a request to the API asks for. */
export const invokedFunction = ({ method, url }) =>
  method === 'POST' ? url.match(/^\/2015-03-31\/functions\/([^/?]+)\/invocations/)?.[1] : undefined;

/** Answers an invocation with a fault, in the JSON protocol of the Lambda API. */
export function answerFault(response, { serviceError, message }) {
  const status = STATUS.find(([, pattern]) => pattern.test(serviceError))?.[0] ?? 502;
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-amzn-errortype': serviceError,
  });
  response.end(JSON.stringify({ Type: status < 500 ? 'User' : 'Service', message }));
}

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
    const name = decodeURIComponent(functionArn).split(':function:').at(-1);
    for (const [prefix, fault] of this.#pending) {
      if (!name.startsWith(prefix) || fault.times === 0) continue;
      fault.times -= 1;
      return { serviceError: fault.error, message: fault.message };
    }
    return undefined;
  }
}
