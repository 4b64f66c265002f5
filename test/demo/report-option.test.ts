import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reportOption } from '../../demo/aws/report-option.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';

describe('reportOption', () => {
  it('finds no file if none is named', () => {
    expect(reportOption([], {})).toBeUndefined();
  });

  it('takes a relative path from the folder in which npm was called', async () => {
    const folder = await fixtureFolder();
    const environment = { INIT_CWD: folder };
    expect(reportOption(['--report', 'report.html'], environment)).toBe(
      join(folder, 'report.html'),
    );
    expect(reportOption([`--report=${join(folder, 'a.html')}`], {})).toBe(join(folder, 'a.html'));
  });

  it('refuses a folder that does not exist before the demo begins', () => {
    expect(() => reportOption(['--report', '/nowhere/at/all.html'], {})).toThrow(
      '--report names /nowhere/at/all.html, but there is no folder /nowhere/at. Make it, or name a file elsewhere.',
    );
  });

  it.each([
    [['--reports', 'a.html'], /'--reports'.* The one option is --report <file>/],
    [['a.html'], /'a\.html'.* The one option is --report <file>/],
    [['--report'], /--report.* argument missing\. The one option is --report <file>/],
  ])('refuses the options %s and names the one that there is', (args, message) => {
    expect(() => reportOption(args, {})).toThrow(message);
  });
});
