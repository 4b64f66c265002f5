// A Prisma generator that writes the data model to the file which its `output` names.
// Prisma speaks JSON-RPC to generators: a request a line on stdin, answers a line on stderr.
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'generate') {
    writeFileSync(params.generator.output.value, JSON.stringify(params.dmmf.datamodel));
  }
  const result = method === 'getManifest' ? { manifest: { prettyName: 'data model' } } : null;
  process.stderr.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
});
