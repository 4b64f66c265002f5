/** The error that a function of AWS Lambda has thrown, of the payload of its answer; nothing if that is another text. */
export function parseThrown(payload: string): {
  readonly errorType?: string;
  readonly errorMessage?: string;
} {
  try {
    const value: unknown = JSON.parse(payload);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
