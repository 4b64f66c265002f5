import type { RunRequest } from './request.ts';

/** Whether a request takes migrations back, or plans to. */
export function takesBack({
  command,
  rollback,
}: Partial<Pick<RunRequest, 'command' | 'rollback'>>): boolean {
  return command === 'rollback' || (command === 'plan' && rollback === true);
}
