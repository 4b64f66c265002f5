// Results of a Map Run (Developer Guide: "ResultWriter (Map)").
import { StatesError } from './errors.mjs';
import { byteLength } from './limits.mjs';
import { UNSUCCESSFUL } from './map-run.mjs';

/** Transformation NONE: the child's output with its metadata. Children that failed are always written like this. */
const withMetadata = (child) => ({
  ExecutionArn: child.arn,
  Input: JSON.stringify(child.input),
  InputDetails: { Included: true },
  Name: child.name,
  ...(child.status === 'SUCCEEDED' && {
    Output: JSON.stringify(child.output),
    OutputDetails: { Included: true },
  }),
  ...(UNSUCCESSFUL.includes(child.status) && { Error: child.error, Cause: child.cause }),
  RedriveCount: child.redriveCount,
  ...child.redriveInfo('Redrive'),
  ...(child.startDate && { StartDate: child.startDate.toISOString() }),
  StateMachineArn: child.stateMachineArn,
  Status: child.status,
  ...(child.stopDate && { StopDate: child.stopDate.toISOString() }),
});

function rowsOf(child, transformation) {
  if (child.status !== 'SUCCEEDED' || transformation === 'NONE') return [withMetadata(child)];
  return transformation === 'FLATTEN' && Array.isArray(child.output)
    ? child.output
    : [child.output];
}

/** Splits rows into files of at most `maxBytes` (AWS: 5 GB), as SUCCEEDED_0, SUCCEEDED_1 ... */
function files(rows, outputType, maxBytes) {
  const lines = rows.map((row) => JSON.stringify(row));
  const groups = [];
  let group = [];
  let bytes = 0;
  for (const line of lines) {
    const size = byteLength(line) + 1;
    if (group.length && bytes + size > maxBytes) {
      groups.push(group);
      group = [];
      bytes = 0;
    }
    group.push(line);
    bytes += size;
  }
  if (group.length) groups.push(group);
  return groups.map((part) => (outputType === 'JSONL' ? part.join('\n') : `[${part.join(',')}]`));
}

const STATUSES = {
  FAILED: UNSUCCESSFUL,
  PENDING: ['PENDING', 'PENDING_REDRIVE'],
  SUCCEEDED: ['SUCCEEDED'],
};

/**
 * The state's result: an array of results, or, exported, `{ MapRunArn, ResultWriterDetails }`.
 * Files: `<prefix>/<map run id>/manifest.json` and beside it `<STATUS>_<n>.json|jsonl`; a redriven Map Run writes to
 * `<prefix>/<map run id>/Redrive-<n>/`.
 */
export async function writeResults(
  { ports, resultFileBytes, redriveResults },
  mapRun,
  writer,
  location,
) {
  const { Transformation, OutputType = 'JSON' } = writer?.WriterConfig ?? {};
  if (!location)
    return mapRun.children
      .filter((child) => child.stopDate)
      .flatMap((child) => rowsOf(child, Transformation ?? 'COMPACT'));
  const { Bucket, Prefix = '' } = location;
  const redrive = mapRun.redriveCount ? `Redrive-${mapRun.redriveCount}/` : '';
  const base = `${Prefix.replace(/\/?$/, Prefix ? '/' : '')}${mapRun.id}/${redrive}`;
  const children =
    redriveResults === 'redriven'
      ? mapRun.children.filter((child) => child.ranInRedrive === mapRun.redriveCount)
      : mapRun.children;
  const ResultFiles = { FAILED: [], PENDING: [], SUCCEEDED: [] };
  try {
    for (const [status, members] of Object.entries(STATUSES)) {
      const chosen = children.filter((child) => members.includes(child.status));
      const rows = chosen.flatMap((child) => rowsOf(child, Transformation ?? 'NONE'));
      for (const [n, body] of files(rows, OutputType, resultFileBytes).entries()) {
        const Key = `${base}${status}_${n}.${OutputType.toLowerCase()}`;
        await ports.s3.putText(Bucket, Key, body);
        ResultFiles[status].push({ Key, Size: byteLength(body) });
      }
      for (const child of chosen) mapRun.resultsWritten.add(child);
    }
    const manifest = { DestinationBucket: Bucket, MapRunArn: mapRun.arn, ResultFiles };
    await ports.s3.putText(Bucket, `${base}manifest.json`, JSON.stringify(manifest));
  } catch (error) {
    throw new StatesError(
      'States.ResultWriterFailed',
      `Failed to write results to ${Bucket}/${base}: ${error.message}`,
    );
  }
  return { MapRunArn: mapRun.arn, ResultWriterDetails: { Bucket, Key: `${base}manifest.json` } };
}
