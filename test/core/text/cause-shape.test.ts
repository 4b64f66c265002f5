import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FanfoldError } from '../../../src/core/errors.ts';
import { failureOf } from '../../../src/core/migrate/failure-of.ts';
import { causeShape } from '../../../src/core/text/cause-shape.ts';

/** Values that differ from tenant to tenant, as people put them into messages. */
const value = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.uuid(),
  // With an equals sign in it, it could as well be a named value.
  fc.emailAddress().map((address) => address.replaceAll(/[^\w.@-]/g, 'x')),
  fc.ipV4(),
  fc.webUrl().map((url) => `${url.replaceAll(/[^\w/:.-]/g, '')}x`),
  fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date('2099-12-31') })
    .map((date) => date.toISOString()),
  fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date('2099-12-31') })
    .map((date) => date.toUTCString()),
  fc.constantFrom('/var/data/acme/x.csv', './a/b.js', 'C:\\data\\y.csv', '~/z'),
  fc
    .string({ unit: 'grapheme-ascii', maxLength: 20 })
    .map((text) => `"${text.replaceAll('"', '')}"`),
  fc.json({ depthSize: 'small' }).map((text) => `{"a":${text.replaceAll(/[[\]{}]/g, '')}}`),
  fc.stringMatching(/^0x[0-9a-f]{4,40}$/),
);

/** Templates of messages: what a migration's author wrote. */
const TEMPLATES = [
  (x: string) => `Tenant ${x} has no plan`,
  (x: string) => `Tenant ${x} has no owner`,
  (x: string) => `No plan for ${x}`,
  (x: string) => `Cannot read settings of ${x}: not JSON`,
  (x: string) => `Missing role (id=${x})`,
  (x: string) => `Duplicate entry ${x} for key users.email`,
  (x: string) => `Duplicate entry ${x} for key users.phone`,
];

describe('the shape of a message', () => {
  it('the shape of a message is the same for all values that it contains', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TEMPLATES), value, value, (template, one, other) => {
        expect(causeShape(template(one))).toBe(causeShape(template(other)));
      }),
    );
  });

  it('another message has another shape', () => {
    fc.assert(
      fc.property(value, value, (one, other) => {
        const shapes = TEMPLATES.map((template, index) =>
          causeShape(template(index % 2 ? one : other)),
        );
        expect(new Set(shapes).size).toBe(TEMPLATES.length);
      }),
    );
  });

  it('the shape of a message never fails and stays small, whatever the text and the names are', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 6_000 }),
        fc.array(fc.string()),
        (text, names) => {
          expect(causeShape(text, names).length).toBeLessThanOrEqual(180);
        },
      ),
      { numRuns: 300 },
    );
    // Tenants' names are put into a pattern.
    for (const name of ['a-b.c*d', '(acme', 'xx[y', 'acme\\corp', 'ümlaut-Büro', '𝒜𝒸𝓂𝑒']) {
      expect(causeShape(`Tenant ${name} has no plan`, [name])).toBe('Tenant ? has no plan');
    }
  });

  it.each([
    ["Tenant's plan isn't set for 'O'Brien'", "Tenant's plan isn't set for ?"],
    ['expires Mon Jan 27 2025 12:00:00 GMT+0000', 'expires ?'],
    ['May not be null', 'May not be null'],
    ['bad: a@b.c, d@e.f and 7 more', 'bad: ?'],
    ['bad: a@b.c', 'bad: ?'],
    ['read/write and/or none', 'read/write and/or none'],
    [
      "Cannot read properties of undefined (reading 'plan')",
      'Cannot read properties of undefined (reading plan)',
    ],
    ['amount is $1,234.50 (50%)', 'amount is ? (?)'],
    ['plan=gold; size:large', 'plan=? size:?'],
    ['[WARN] broken [1, 2]', '[WARN] broken ?'],
    ['got undefined', 'got undefined'],
    ['token aBcDeFgHiJkLmNoP was refused', 'token ? was refused'],
    ['createTenantDatabaseUser was refused', 'createTenantDatabaseUser was refused'],
    [`commit ${'ab'.repeat(6)} is gone`, 'commit ? is gone'],
    ['the mean is NaN', 'the mean is ?'],
  ])('causeShape leaves out the values of %s', (text, shape) => {
    expect(causeShape(text)).toBe(shape);
  });

  it('the shape of a message distinguishes long messages that differ at their end', () => {
    const long = 'word '.repeat(60);
    expect(causeShape(`${long}one`)).not.toBe(causeShape(`${long}other`));
  });
});

describe('the cause of a failure', () => {
  const thrown = (said: string) =>
    new FanfoldError('MigrationThrew', said, { fault: 'migration', nextStep: '', said });

  it('the cause of a failure contains no secret', () => {
    const secret = fc.stringMatching(/^[A-Za-z!%+]{4,20}$/);
    fc.assert(
      fc.property(secret, fc.constantFrom(...TEMPLATES), (password, template) => {
        const { fingerprint } = failureOf(thrown(template(password)), [password]);
        const rest = template('').toLowerCase();
        if (!rest.includes(password.toLowerCase())) expect(fingerprint).not.toContain(password);
      }),
    );
  });

  it('tenants that differ in their names have one cause', () => {
    const of = (slug: string) =>
      failureOf(thrown(`Tenant ${slug} (${slug}_db) has no plan`), [], [slug, `${slug}_db`]);
    expect(of('acme-corp').fingerprint).toBe(of('techstart').fingerprint);
  });

  it("the cause of a failure is identified by its code alone if all words are Fanfold's", () => {
    const refused = (host: string) =>
      new FanfoldError('AccessDenied', `${host} refused`, {
        fault: 'tenant',
        nextStep: '',
        ownWords: true,
      });
    expect(failureOf(refused('db1')).fingerprint).toBe('AccessDenied|||');
  });
});
