import { commandSpan } from '../../core/wording/command-span.ts';

/** A command to type about a run on a stack, as a code span. */
export function remoteCommand(
  command:
    | 'follow'
    | 'stop'
    | 'throttle'
    | 'pause'
    | 'resume'
    | 'approve'
    | 'reject'
    | 'migrate:retry'
    | 'tenant:provision'
    | 'migrate:rollback-run',
  runId: string,
  stack: string,
  ...flags: readonly string[]
): string {
  return commandSpan(command, runId, '--aws', stack, ...flags);
}
