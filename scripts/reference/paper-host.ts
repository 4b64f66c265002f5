import { PassThrough, Writable } from 'node:stream';
import { canonicalInvocation } from '../../src/cli/invocation/invocation.ts';
import type { Host } from '../../src/cli/process/host.ts';

/** A host on which no command runs: commands are only built, to be described. */
export function paperHost(): Host {
  const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  return {
    stdin: new PassThrough().end(),
    stdout: nowhere(),
    stderr: nowhere(),
    pipesOutput: true,
    env: {},
    invocation: canonicalInvocation,
    onSignal: () => () => {},
    onStrayError: () => {},
    refuseExit: () => {},
    onConsole: () => () => {},
    leave: () => {},
  };
}
