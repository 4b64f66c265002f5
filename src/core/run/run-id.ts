import { FanfoldError } from '../errors.ts';

/** A Step Functions execution name, and a name for a folder: no separators, no leading dot. */
const RUN_ID = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}$/;

/** Whether the text can be the id of a run. */
export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}

/** Throws `RunIdInvalid` if the text cannot be the id of a run. */
export function checkRunId(text: string): void {
  if (isRunId(text)) return;
  const shown = text.length > 100 ? `${text.slice(0, 99)}…` : text;
  throw new FanfoldError('RunIdInvalid', `${JSON.stringify(shown)} is not the id of a run.`, {
    fault: 'usage',
    nextStep: 'A run id is 1 to 80 letters, digits, "-", "_" and ".", and does not begin with ".".',
  });
}
