import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { type FakeHost, type FakeHostOptions, fakeHost } from './fake-host.ts';

/** Standard input that is a terminal: a test presses its keys. */
export interface Keyboard extends PassThrough {
  readonly isTTY: true;
  isRaw: boolean;
}

export interface HostWithKeyboard extends FakeHost {
  readonly stdin: Keyboard;
}

/** A host on a terminal of 80 columns with a keyboard. */
export function hostWithKeyboard(options: FakeHostOptions = {}): HostWithKeyboard {
  const keyboard = Object.assign(new PassThrough(), {
    isTTY: true as const,
    isRaw: false,
    setRawMode(mode: boolean) {
      keyboard.isRaw = mode;
    },
  });
  // Its getters read what has been written so far, so it must not be copied.
  return Object.assign(fakeHost({ columns: 80, ...options }), { stdin: keyboard });
}

/** Waits until a question is on the screen. */
export async function untilAsked(host: FakeHost, question: RegExp): Promise<void> {
  while (!question.test(stripVTControlCharacters(host.out + host.err))) await delay(5);
}
