import { askOnTerminal } from '../ask/ask-on-terminal.ts';
import type { Host } from '../process/host.ts';

/** Asks a person at a terminal. Each method throws `Declined` if nobody answers. */
export interface Questions {
  /** Offers choices; the cursor is on the first one. */
  choose<Value>(question: string, choices: readonly Choice<Value>[]): Promise<Value>;
  /** Asks for a yes or no; Enter means yes. */
  agree(question: string): Promise<boolean>;
}

export interface Choice<Value> {
  readonly name: string;
  readonly value: Value;
}

/** The questions of `fanfold init`; `undefined` if input or output is not a terminal. */
export function questionsOn(host: Host): Questions | undefined {
  if (host.stdin.isTTY !== true || host.stderr.isTTY !== true) return undefined;
  return {
    async choose(question, choices) {
      const { default: select } = await import('@inquirer/select');
      return askOnTerminal(host, (context) =>
        select({ message: question, choices: [...choices] }, context),
      );
    },
    async agree(question) {
      const { default: confirm } = await import('@inquirer/confirm');
      return askOnTerminal(host, (context) =>
        confirm({ message: question, default: true }, context),
      );
    },
  };
}
