import { FanfoldError } from '../src/core/errors.ts';
import { INTERRUPTED_EXIT_CODE, Interrupted, listenForInterruption } from './interruption.ts';
import { NotAsDescribed } from './not-as-described.ts';
import { wrap } from './wrap.ts';

/** Runs a demo to its end, and prints the reason if it failed. */
export async function runMain(demo: (signal: AbortSignal) => Promise<void>): Promise<void> {
  try {
    await demo(listenForInterruption());
  } catch (error) {
    if (error instanceof Interrupted) {
      process.exitCode = INTERRUPTED_EXIT_CODE;
      console.log(`${error.message} Nothing is left behind.`);
    } else {
      process.exitCode = 1;
      console.error(`\n${wrap(explain(error))}`);
    }
  }
}

function explain(error: unknown): string {
  if (error instanceof NotAsDescribed) {
    return [error.message, ...error.differences.map((line) => `- ${line}`)].join('\n');
  }
  if (error instanceof FanfoldError) return `Error: ${error.message}\n\n${error.nextStep}`;
  if (error instanceof AggregateError) return [...new Set(error.errors.map(explain))].join('\n\n');
  return `Error: ${error instanceof Error ? error.message : error}`;
}
