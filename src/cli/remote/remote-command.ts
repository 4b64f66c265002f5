/** A command to type about a run on a stack. */
export function remoteCommand(
  command:
    | 'follow'
    | 'stop'
    | 'throttle'
    | 'migrate:retry'
    | 'tenant:provision'
    | 'migrate:rollback-run'
    | 'migrate:rollback-run',
  runId: string,
  stack: string,
  ...flags: readonly string[]
): string {
  return ['npm run', command, runId, '-- --aws', stack, ...flags].join(' ');
}
