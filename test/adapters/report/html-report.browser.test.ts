import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtmlReport } from '../../../src/adapters/report/html-report.ts';
import { findChromium, startChromium } from '../../support/browser.ts';
import { failedOutcome, failureNamed } from '../../support/fleet.ts';
import { failedRun, plannedRun, sampleOf } from './support/sample-run.ts';

const executable = findChromium();

/** The screens that an on-call engineer has: a laptop's and a phone's. */
const SCREENS = [
  { width: 1280, height: 800 },
  { width: 400, height: 800 },
] as const;

describe.skipIf(executable === undefined)(
  'the report in a browser (skipped without Chromium: apt-get install chromium)',
  () => {
    const { summary, run } = failedRun();
    let browser: Browser;
    /** The console messages of a page, which include violations of its policy. */
    const messages: string[] = [];

    beforeAll(async () => {
      browser = await startChromium(executable ?? '');
    }, 60_000);
    afterAll(() => browser?.close());

    async function opened(
      html: string,
      options: Parameters<Browser['newPage']>[0] = { viewport: SCREENS[0] },
    ): Promise<Page> {
      const page = await browser.newPage(options);
      page.on('console', (message) => messages.push(message.text()));
      page.on('pageerror', (error) => messages.push(String(error)));
      page.on('request', (request) => messages.push(`request: ${request.url()}`));
      await page.setContent(html);
      return page;
    }

    it.each(SCREENS)(
      'the report shows causes, counts and next steps on the first screen: $width wide',
      async (viewport) => {
        const page = await opened(renderHtmlReport(summary, run), { viewport });
        const isSeen = async (text: string) => {
          const box = await page.locator(`:text("${text}"):visible`).first().boundingBox();
          return box !== null && box.y + box.height <= viewport.height;
        };
        for (const text of ['Failed', '460 of 500 tenants', 'AccessDenied', 'HalfApplied']) {
          expect([text, await isSeen(text)]).toEqual([text, true]);
        }
        expect(await isSeen(`fanfold tenant:password --of ${run.record.id} --cause 1`)).toBe(true);
        expect(await isSeen('MigrationThrew')).toBe(true);
        expect(await isSeen(`fanfold migrate:retry ${run.record.id}`)).toBe(true);
        const width = await page.evaluate('document.documentElement.scrollWidth');
        expect(width).toBeLessThanOrEqual(viewport.width);
        await page.close();
      },
    );

    it('the report links each cause of the index to its card, and the card to the page of the error', async () => {
      const page = await opened(renderHtmlReport(summary, run));
      await page.click('.causes li:nth-child(4) a.count');
      await expect
        .poll(() =>
          page
            .locator('#cause-4')
            .boundingBox()
            .then((box) => box?.y),
        )
        .toBeLessThan(400);
      expect(await page.locator('#cause-4 h3').innerText()).toContain('HalfApplied');
      const links = await page
        .locator('h3 a.page')
        .evaluateAll((all) => all.map((link) => (link as { href?: string }).href));
      expect(links).toHaveLength(6);
      expect(links[3]).toMatch(/^https:\/\/\S+errors\.md#HalfApplied$/);
      await page.close();
    });

    it('the report finds a failed tenant by any word of its row, even in a collapsed list', async () => {
      const page = await opened(renderHtmlReport(summary, run));
      const rows = page.locator('[data-find]:visible');
      const last = run.details?.failed.find(({ tenants }) => tenants.length === 17)?.tenants[16];
      const slug = last?.tenant.slug ?? '';
      expect(await page.locator(`[data-find]:visible:has-text("${slug}")`).count()).toBe(0);
      await page.fill('#search', slug.toUpperCase());
      expect(await rows.allInnerTexts()).toEqual([expect.stringContaining(slug)]);
      expect(await page.locator('output').innerText()).toBe('1 of 40 in 1 cause');
      expect(await page.locator('article.failure:visible').count()).toBe(1);
      await page.fill('#search', 'db3.eu duplicatedata');
      for (const text of await rows.allInnerTexts()) expect(text).toContain('db3.eu');
      expect(await page.locator('article.failure:visible h3').innerText()).toContain(
        'DuplicateData',
      );
      await page.fill('#search', 'no such tenant');
      expect(await page.locator('#nothing-found').isVisible()).toBe(true);
      await page.press('#search', 'Escape');
      expect(await page.locator('article.failure:visible').count()).toBe(6);
      expect(await page.locator(`[data-find]:visible:has-text("${slug}")`).count()).toBe(0);
      await page.close();
    });

    it('the report collapses and expands lists and tables', async () => {
      const page = await opened(renderHtmlReport(summary, run));
      const rows = page.locator('#cause-1 [data-find]:visible');
      expect(await rows.count()).toBe(10);
      await page.click('#cause-1 summary:has-text("7 more tenants")');
      expect(await rows.count()).toBe(17);
      expect(await page.locator('#cause-4 table.statements tbody tr').count()).toBe(4);
      expect(await page.locator('#cause-4 tr.stopped').innerText()).toContain('not known');
      await page.close();
    });

    it('the report works without scripts, except for its search', async () => {
      const page = await opened(renderHtmlReport(summary, run), { javaScriptEnabled: false });
      expect(await page.locator('#search').isVisible()).toBe(false);
      await page.click('#cause-1 summary:has-text("7 more tenants")');
      expect(await page.locator('#cause-1 [data-find]:visible').count()).toBe(17);
      await page.close();
    });

    it.each(['light', 'dark'] as const)(
      'the report is readable in %s colors',
      async (colorScheme) => {
        const page = await opened(renderHtmlReport(summary, run), { colorScheme });
        const contrasts = (await page.evaluate(CONTRASTS)) as readonly { readonly ratio: number }[];
        expect(contrasts.length).toBeGreaterThan(20);
        expect(contrasts.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
        await page.close();
      },
    );

    it('the report shows the migrations of a plan, and the tenants that are exceptions', async () => {
      const plan = plannedRun();
      const page = await opened(renderHtmlReport(plan.summary, plan.run));
      const groups = await page.locator('article.plan').allInnerTexts();
      expect(groups[0]).toMatch(
        /^\d+ tenants would run 3 migrations\s+20261102091500_create_invoice_batches/,
      );
      expect(groups[1]).toMatch(/^5 tenants would run 2 migrations.*\w+-\d+, \w+-\d+/s);
      await page.close();
    });

    it('the report shows hostile and very long names unchanged, within the width of a phone', async () => {
      const names = [
        '<img src=x onerror=alert(1)>',
        'عميل طويل الاسم جدا',
        '👩‍👩‍👧‍👦'.repeat(60),
        'x'.repeat(3_000),
        '</script></style>',
      ];
      const outcomes = names.map((name, position) =>
        failedOutcome(position, {
          tenant: { id: name, slug: name, name, database: name, host: name },
          applied: [{ name: `${name}.js`, durationMs: 3 }],
          failure: { ...failureNamed(name), message: name, nextStep: name, migration: name },
        }),
      );
      const state = { ...run.state, waves: [{ size: names.length, canary: false }] };
      const hostile = sampleOf(outcomes, { record: { ...run.record, id: 'x'.repeat(99) }, state });
      const page = await opened(renderHtmlReport(hostile.summary, hostile.run), {
        viewport: SCREENS[1],
      });
      for (const name of names) {
        expect(await page.getByText(name, { exact: true }).first().isVisible()).toBe(true);
      }
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(SCREENS[1].width);
      await page.fill('#search', 'ONERROR');
      expect(await page.locator('[data-find]:visible').count()).toBe(1);
      await page.close();
    });

    it('the report loads nothing, violates no policy and raises no error', () => {
      expect(messages).toEqual([]);
    });
  },
);

/** The contrast of each text with its background color (WCAG 2), as computed by the browser. */
const CONTRASTS = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return rgba(getComputedStyle(document.body).backgroundColor);
  };
  const found = new Map();
  for (const element of document.querySelectorAll('main *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!own || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(rgba(element.closest('svg') ? style.fill : style.color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const key = element.tagName + '.' + element.className + ' ' + Math.round(ratio * 10);
    if (!found.has(key)) found.set(key, { element: key, text: element.textContent.slice(0, 40), ratio });
  }
  return [...found.values()];
})()`;
