// Map state in DISTRIBUTED mode: each item, or batch of items, is its own child execution.
import { Aborted, StatesError } from './errors.mjs';
import { wholeNumber } from './fields.mjs';
import { batchInputs } from './item-batcher.mjs';
import { defaultInput, mapContext, readItems } from './item-reader.mjs';
import { MapRun, UNSUCCESSFUL } from './map-run.mjs';
import { writeResults } from './result-writer.mjs';

async function startMapRun({ engine, execution }, name, state, fields, queryLanguage) {
  const maxConcurrency = (await wholeNumber(fields, 'MaxConcurrency')) ?? 0; // 0: as many as possible
  const toleratedFailureCount = await wholeNumber(fields, 'ToleratedFailureCount');
  const toleratedFailurePercentage = await fields.value('ToleratedFailurePercentage');
  if (
    toleratedFailurePercentage !== undefined &&
    !(toleratedFailurePercentage >= 0 && toleratedFailurePercentage <= 100)
  )
    throw fields.invalid(
      `ToleratedFailurePercentage of the state '${name}' must be from 0 to 100, but is ${JSON.stringify(toleratedFailurePercentage)}.`,
    );
  const location = state.ResultWriter?.Resource
    ? await fields.objectArguments(state.ResultWriter)
    : undefined;
  const items = await readItems(engine.ports, fields);
  const inputs = [];
  for (const [index, item] of items.entries())
    inputs.push(
      state.ItemSelector || state.Parameters
        ? await fields.selectItem(item, mapContext(item, index))
        : defaultInput(item),
    );
  const mapRun = new MapRun({
    execution,
    label: state.Label,
    stateName: name,
    maxConcurrency,
    toleratedFailureCount,
    toleratedFailurePercentage,
  });
  const processor = state.ItemProcessor ?? state.Iterator;
  mapRun.resultLocation = location;
  mapRun.childExecutions = (await batchInputs(fields, inputs)).map(({ input, itemCount }) =>
    engine.childExecution(mapRun, processor, {
      input,
      itemCount,
      queryLanguage: processor.QueryLanguage ?? queryLanguage,
    }),
  );
  execution.mapRuns.push(mapRun);
  execution.history.add('MapRunStarted', { mapRunArn: mapRun.arn });
  return mapRun;
}

/** "Child workflow execution redrive behavior": failed children are redriven, pending ones started, succeeded ones kept. */
function redriveMapRun({ history }, mapRun) {
  mapRun.redriveCount++;
  mapRun.redriveDate = new Date();
  mapRun.status = 'RUNNING';
  delete mapRun.stopDate;
  for (const child of mapRun.children)
    if (UNSUCCESSFUL.includes(child.status)) {
      child.statusBeforeRedrive = child.status;
      child.status = 'PENDING_REDRIVE';
    }
  history.add('MapRunRedriven', { mapRunArn: mapRun.arn, redriveCount: mapRun.redriveCount });
}

export async function runDistributedMap(run, name, state, frame, fields, queryLanguage) {
  const { engine, execution, signal } = run;
  const { history } = execution;
  if (frame.mapRun) redriveMapRun(execution, frame.mapRun);
  else frame.mapRun = await startMapRun(run, name, state, fields, queryLanguage);
  const { mapRun } = frame;
  const waiting = mapRun.children.filter(
    (child) => child.status === 'PENDING' || child.status === 'PENDING_REDRIVE',
  );
  await mapRun.run(waiting, (child) => engine.runChild(child, mapRun), engine.maxChildren, signal);
  if (signal.aborted) {
    mapRun.close('ABORTED');
    history.add('MapRunAborted');
    throw new Aborted();
  }
  const exceeded = mapRun.thresholdExceeded;
  try {
    const result = await writeResults(engine, mapRun, state.ResultWriter, mapRun.resultLocation);
    if (exceeded)
      throw new StatesError(
        'States.ExceedToleratedFailureThreshold',
        'The specified tolerated failure threshold was exceeded',
      );
    mapRun.close('SUCCEEDED');
    history.add('MapRunSucceeded');
    return result;
  } catch (error) {
    mapRun.close('FAILED');
    history.add('MapRunFailed', { error: error.error, cause: error.cause });
    throw error;
  }
}
