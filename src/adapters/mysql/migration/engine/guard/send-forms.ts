import type { FanfoldError } from '../../../../../core/errors.ts';
import type { Try } from '../giving-way/giving-way.ts';
import { type GuardedSending, refusesWay } from './guarded-sending.ts';

/**
 * Sends a guarded statement in one form after the other, until the server accepts one; it refuses the others
 * without an effect. Returns the last packet, in which the error may be that of the guard. Throws if no form may be
 * sent.
 *
 * `online` in the answer: no form keeps the limits, and a program is to carry the change out.
 *
 * @param refused called for each packet whose form was refused and that another one follows
 */
export async function sendForms<Each extends Try>(
  guarded: GuardedSending,
  send: (form: string) => Promise<Each>,
  refused: (packet: Each) => void,
): Promise<Each & { readonly online?: FanfoldError }> {
  const first = await guarded.first();
  if ('fail' in first) throw guarded.refuse(first.fail);
  // Only after a refusal by the server is another way taken.
  if ('online' in first) throw guarded.refuse(first.online);
  let form = first.send;
  for (;;) {
    const sent = await send(form);
    const { answers, before } = sent;
    const isOfPieces = answers.headers.length < before.length;
    if (isOfPieces || !refusesWay(answers.error)) return sent;
    const next = await guarded.next(answers.error);
    if ('fail' in next) return { ...sent, answers: { ...answers, error: next.fail } };
    refused(sent);
    if ('online' in next) return { ...sent, online: next.online };
    form = next.send;
  }
}
