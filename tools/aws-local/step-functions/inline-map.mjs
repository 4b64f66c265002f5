// Map state in INLINE mode and Parallel: parts of the same execution, each with its own frame, so that a redrive can resume it.
import { Aborted } from './errors.mjs';
import { wholeNumber } from './fields.mjs';
import { newFrame } from './frame.mjs';
import { defaultInput, mapContext, readItems } from './item-reader.mjs';
import { MAX_INLINE_CONCURRENCY } from './limits.mjs';

/** Runs `work(part, index)` for every part; the first failure aborts the others, as a failed branch or iteration does. */
async function runParts(parts, concurrency, outer, work) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (outer.aborted) throw new Aborted();
  outer.addEventListener('abort', abort, { once: true });
  let next = 0;
  let failure;
  const worker = async () => {
    while (next < parts.length && !controller.signal.aborted) {
      const index = next++;
      try {
        await work(parts[index], index, controller.signal);
      } catch (error) {
        failure ??= error;
        abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, parts.length) }, worker));
  outer.removeEventListener('abort', abort);
  if (outer.aborted) throw new Aborted();
  if (failure) throw failure;
  return parts.map((part) => part.output);
}

export async function runInlineMap(run, name, state, frame, fields, scope, runStates) {
  const { execution } = run;
  const processor = state.ItemProcessor ?? state.Iterator;
  const concurrency = Math.min(
    (await wholeNumber(fields, 'MaxConcurrency')) || MAX_INLINE_CONCURRENCY,
    MAX_INLINE_CONCURRENCY,
  );
  if (!frame.parts) {
    frame.items = await readItems(run.engine.ports, fields);
    frame.parts = [];
    for (const [index, item] of frame.items.entries()) {
      const input =
        state.ItemSelector || state.Parameters
          ? await fields.selectItem(item, mapContext(item, index))
          : defaultInput(item);
      frame.parts.push(newFrame(input, structuredClone(frame.variables)));
    }
    execution.history.add('MapStateStarted', { length: frame.parts.length });
  }
  const { history } = execution;
  return runParts(frame.parts, concurrency, run.signal, async (part, index, signal) => {
    if (part.done) return;
    const about = { name, index };
    history.add('MapIterationStarted', about);
    try {
      await runStates({ ...run, signal }, processor, part, {
        queryLanguage: processor.QueryLanguage ?? scope.queryLanguage,
        context: { ...scope.context, Map: mapContext(frame.items[index], index) },
      });
    } catch (error) {
      history.add(error instanceof Aborted ? 'MapIterationAborted' : 'MapIterationFailed', about);
      throw error;
    }
    history.add('MapIterationSucceeded', about);
  });
}

export async function runParallel(run, state, frame, input, scope, runStates) {
  if (!frame.parts) {
    frame.parts = state.Branches.map(() =>
      newFrame(structuredClone(input), structuredClone(frame.variables)),
    );
    run.execution.history.add('ParallelStateStarted');
  }
  return runParts(frame.parts, frame.parts.length, run.signal, async (part, index, signal) => {
    const branch = state.Branches[index];
    if (!part.done)
      await runStates({ ...run, signal }, branch, part, {
        ...scope,
        queryLanguage: branch.QueryLanguage ?? scope.queryLanguage,
      });
  });
}
