/** The message of an execution's cause, which is JSON from a function and plain text from Step Functions. */
export function causeText(cause: string | undefined): string {
  if (cause === undefined || cause === '') return 'AWS gave no cause.';
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    if (typeof errorMessage === 'string') return errorMessage;
  } catch {
    // Not JSON.
  }
  return cause;
}
