/** The words of an execution's cause: a function's come as JSON, those of Step Functions as they are. */
export function causeText(cause: string | undefined): string {
  if (cause === undefined || cause === '') return 'AWS gave no cause.';
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    if (typeof errorMessage === 'string') return errorMessage;
  } catch {
    // No JSON.
  }
  return cause;
}
