import { spawn } from 'node:child_process';

/**
 * Runs the program and watches its standard input: it is closed when this process ends, whatever ends that, and the
 * program is then ended too. Otherwise it would work on without a fence.
 */
const WATCH = `exec 3<&0
"$@" </dev/null & pid=$!
( cat <&3; kill -TERM $pid; sleep 5; kill -KILL $pid ) >/dev/null 2>&1 & watch=$!
exec 3<&-
wait $pid; code=$?
kill $watch 2>/dev/null
exit $code`;

/** How a watched program ended. */
export interface WatchedEnd {
  readonly code: number;
  readonly wasStopped: boolean;
}

/**
 * Runs a program to its end, together with this process.
 *
 * @param onLine gets each line of its output
 * @param isTimeUp asked twice a second; true ends the program
 */
export function runWatched(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  onLine: (line: string) => void,
  isTimeUp: () => boolean,
): Promise<WatchedEnd> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that Ctrl+C reaches only this process, which then stops at a boundary.
    const child = spawn('/bin/sh', ['-c', WATCH, 'sh', program, ...args], {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    let wasStopped = false;
    const timer = setInterval(() => {
      if (wasStopped || !isTimeUp()) return;
      wasStopped = true;
      child.stdin.end();
    }, 500);
    for (const stream of [child.stdout, child.stderr]) eachLine(stream, onLine);
    child.stdin.on('error', () => {});
    child.once('error', (error) => {
      clearInterval(timer);
      reject(error);
    });
    child.once('close', (code) => {
      clearInterval(timer);
      child.stdin.destroy();
      resolve({ code: code ?? 1, wasStopped });
    });
  });
}

/** The longest line that is kept, in characters. */
const LONGEST_LINE = 10_000;

function eachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
