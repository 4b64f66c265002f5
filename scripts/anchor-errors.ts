// node scripts/anchor-errors.ts
//
// Gives each row of docs/reference/errors.md the anchors to which reports link, one a code.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './repository.mjs';

const path = join(repository, 'docs/reference/errors.md');
writeFileSync(path, anchored(readFileSync(path, 'utf8')));

/** The page with anchors at the end of the first cells. A code that occurs again is explained at its first place. */
function anchored(page: string): string {
  const known = new Set<string>();
  return page.replaceAll(
    /^\| (`[A-Z]\w+`(?:, `[A-Z]\w+`)*)(?: <a id.*?<\/a>)? \|/gm,
    (_, codes: string) => {
      const fresh = [...codes.matchAll(/`(\w+)`/g)]
        .map(([, code = '']) => code)
        .filter((code) => !known.has(code));
      for (const code of fresh) known.add(code);
      return ['|', codes, fresh.map((code) => `<a id="${code}"></a>`).join(''), '|']
        .filter((part) => part !== '')
        .join(' ');
    },
  );
}
