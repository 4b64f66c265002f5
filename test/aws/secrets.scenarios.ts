import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { deployedStack } from './support/scenario.ts';

const { executions, keys, object, provisionings } = deployedStack();
const { folder, localFolder } = inject('aws');

/** Every form in which a secret might turn up. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const forms = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
  return [...new Set(forms)];
}

describe('no password and no key', () => {
  it('no password and no key is in the executions, the run store or the logs of any scenario', async () => {
    const lines = (await readFile(join(folder, 'secrets.jsonl'), 'utf8')).trimEnd().split('\n');
    const secrets = [...new Set(lines.map((line): string => JSON.parse(line)))];
    // A key ring is several keys.
    const parts = secrets.flatMap((text) =>
      text.startsWith('{') ? Object.values<string>(JSON.parse(text).keys) : [text],
    );
    const forms = [...new Set([...secrets, ...parts])].flatMap(formsOf);
    expect(forms.length).toBeGreaterThan(20);
    const found: string[] = [];
    let searched = 0;
    const search = (place: string, text: string) => {
      searched += 1;
      if (forms.some((form) => text.includes(form))) found.push(place);
    };
    for (const arn of await executions.list()) {
      search(arn, JSON.stringify(await executions.history(arn)));
      // EXPRESS children have no history to read; what they return is in the run store.
      for (const mapRun of await executions.mapRuns(arn)) {
        // Of a large Map a part will do: its children are alike.
        for (const child of (await executions.children(mapRun)).slice(0, 50)) {
          search(child.arn, JSON.stringify(await executions.history(child.arn)));
        }
      }
    }
    for (const arn of await provisionings.list()) {
      search(arn, JSON.stringify(await provisionings.history(arn)));
    }
    for (const key of await keys('')) search(key, await object(key));
    if (localFolder !== undefined) {
      const logs = join(localFolder, 'log');
      for (const name of await readdir(logs))
        search(name, await readFile(join(logs, name), 'utf8'));
    }
    expect(searched).toBeGreaterThan(300);
    expect(found).toEqual([]);
  });
});
