import { styleText } from 'node:util';
import { LINE_WIDTH, wrap } from './wrap.ts';

/** The voice of the demo. The product's own output appears in between, unchanged. */
export interface Narrator {
  /** The first line of all. */
  title(text: string): void;
  /** Begins the next step. */
  step(heading: string): void;
  /** A paragraph, or an item of a list. */
  say(text: string): void;
  /** A command that is about to run, as a person would type it. */
  command(line: string): void;
  /** The last words, if all went well. */
  success(text: string): void;
}

/** A narrator on standard output, in color if that is a terminal. */
export function createNarrator(steps: number): Narrator {
  let step = 0;
  const write = (text: string) => process.stdout.write(`${text}\n`);
  const styled = (style: Parameters<typeof styleText>[0], text: string) =>
    styleText(style, text, { stream: process.stdout });
  return {
    title: (text) => write(styled('bold', text)),
    step(heading) {
      step += 1;
      const rule = `── ${step}/${steps} ${heading} `.padEnd(LINE_WIDTH, '─');
      write(`\n${styled(['bold', 'cyan'], rule)}`);
    },
    say: (text) => write(wrap(text)),
    command: (line) => write(`\n${styled('bold', line)}`),
    success: (text) => write(`\n${styled('green', wrap(text))}`),
  };
}
