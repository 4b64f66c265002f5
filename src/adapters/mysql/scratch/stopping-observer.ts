import { setTimeout as sleep } from 'node:timers/promises';
import type { Stop } from '../../../core/safety/rehearsal/stop.ts';
import type { SqlStatement } from '../journal/sql-statement.ts';
import type { PacketAnswers } from '../migration/engine/send-packet.ts';
import type { StatementObserver } from '../migration/engine/statement-observer.ts';
import type { KillSwitch } from './kill-switch.ts';

/** Long enough for the server to have read a packet; what takes longer is under way then. */
const UNDER_WAY_MS = 2;

/** Ends an attempt at one statement as if its process was killed. */
export class StoppingObserver implements StatementObserver {
  readonly #stop: Stop;
  readonly #switch: KillSwitch;
  #migration = '';

  constructor(stop: Stop, killSwitch: KillSwitch) {
    this.#stop = stop;
    this.#switch = killSwitch;
  }

  started(migration: string): void {
    this.#migration = migration;
  }

  async send(
    { number }: SqlStatement,
    text: string,
    send: (text: string) => Promise<PacketAnswers>,
  ): Promise<PacketAnswers> {
    const { migration, statement, moment } = this.#stop;
    const isMeant = this.#migration === migration && number === statement;
    if (!isMeant || this.#switch.isKilled) return send(text);
    if (moment === 'after') await send(text);
    if (moment === 'within') {
      void send(text);
      await sleep(UNDER_WAY_MS);
    }
    this.#switch.kill();
    return { headers: [], error: await this.#switch.revived };
  }

  streamed(): void {}
}
