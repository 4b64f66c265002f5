// Replaces a function's module and runs its handler twice on every event, as Step Functions may if an
// answer is lost. The second result is the answer; both are written to a file.
import { appendFileSync } from 'node:fs';

const original = await import(decodeURIComponent(new URL(import.meta.url).search.slice(1)));

export async function handler(event, context) {
  const first = await settled(event, context);
  const second = await settled(event, context);
  const line = { function: process.env.AWS_LAMBDA_FUNCTION_NAME, event, first, second };
  appendFileSync(process.env.FANFOLD_TEST_TWICE, `${JSON.stringify(line)}\n`);
  if ('error' in second) throw second.thrown;
  return second.result;
}

async function settled(event, context) {
  try {
    return { result: await original.handler(structuredClone(event), context) };
  } catch (thrown) {
    const settled = { error: thrown.name, message: thrown.message };
    return Object.defineProperty(settled, 'thrown', { value: thrown, enumerable: false });
  }
}
